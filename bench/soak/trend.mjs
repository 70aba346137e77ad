const MIB = 1_048_576;

/**
 * How much the later half of a soak may be above the earlier one. What is really kept for each peer or message grows by
 * far more: a round has hundreds of the one, and ten thousands of the other.
 */
export const BOUNDS = { heap: MIB, external: MIB, resident: 24 * MIB, descriptors: 0, handles: 0, peers: 0 };

export const MEASURES = Object.keys(BOUNDS);

/**
 * What trends upwards: the least of the later half is above even the most usual of the earlier one by more than its bound.
 * The least, because one busy moment is no leak and a leak never gives anything back.
 *
 * @param {readonly Record<string, number>[]} samples
 */
export function grown(samples) {
  const middle = samples.length >> 1;
  return MEASURES.flatMap((name) => {
    const values = samples.map((sample) => sample[name]);
    const by = Math.min(...values.slice(middle)) - median(values.slice(0, middle));
    return by > BOUNDS[name] ? [{ name, by }] : [];
  });
}

function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}
