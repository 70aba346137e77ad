import { short } from "./table.mjs";

const OURS = "zeromq-ts";
const THEIRS = "libzmq";

/** All curves of all axes, with what their axes say of them. Of memory, what no longer shows the process itself. */
export function curvesOf({ axes }) {
  return axes.flatMap(({ name, linear, settled, curves }) =>
    curves.map(({ points, ...curve }) => ({
      ...curve,
      axis: name,
      linear,
      points: points.filter(({ at }) => !curve.lower || at >= settled),
    })),
  );
}

/** How much more one costs, at worst, than an earlier one on the way; and what the last figure is. */
export function growthTable(curves) {
  const rows = curves.map((curve) => {
    const cells = [OURS, THEIRS].flatMap((peer) => [short(lastOf(curve, peer)), times(worst(curve, peer))]);
    return [
      curve.title,
      `${curve.points[0].label} to ${curve.points.at(-1).label} ${curve.axis}`,
      curve.unit,
      ...cells,
    ];
  });
  const head = ["", "along", "unit", "zeromq-ts, last", "grows by", "libzmq, last", "grows by"];
  const rule = head.map((_, column) => (column < 3 ? "---" : "--:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The most that one message (topic, peer …) costs, over what one cost at any point before. */
export function worst(curve, peer) {
  const costs = costsOf(curve, peer);
  let least = Infinity;
  let most = 0;
  for (const cost of costs) {
    least = Math.min(least, cost);
    most = Math.max(most, cost / least);
  }
  return costs.length === 0 ? undefined : most;
}

/**
 * What one costs at each point. A message's bytes have their price: where the axis is `linear`, the cost is the time over
 * that of an empty message and of its bytes at the best rate of all.
 */
function costsOf({ points, lower, linear, starts }, peer) {
  const drawn = points.map(({ at, medians }) => ({ at, value: medians[peer] })).filter(({ value }) => value > 0);
  if (drawn.length === 0) return [];
  if (lower) return drawn.map(({ value }) => value);
  // What happens once takes a millisecond by itself, whether for one topic or for a thousand.
  if (!linear) return drawn.filter(({ at }) => !starts || at >= 10_000).map(({ value }) => 1 / value);
  const first = 1 / drawn[0].value;
  const perByte = Math.min(...drawn.map(({ at, value }) => 1 / (value * at)));
  return [1, ...drawn.map(({ at, value }) => 1 / value / (first + perByte * at))];
}

function lastOf({ points }, peer) {
  return points.at(-1).medians[peer];
}

function times(value) {
  return value === undefined ? "–" : `${value.toFixed(2)} ×`;
}
