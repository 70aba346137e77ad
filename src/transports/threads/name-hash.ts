/** Seeds of three hashes that have nothing to do with each other. */
const SEEDS = [0x811c_9dc5, 0x9747_b28c, 0x3c6e_f372] as const;

/**
 * A name as 96 bits, in three words (MurmurHash3's mixing, three times). Two names of one process that have the same are
 * not to be expected: with 10,000 names, one in 10^21 processes would see it.
 */
export function hashOf(name: string): number[] {
  return SEEDS.map((seed) => hash(name, seed));
}

function hash(name: string, seed: number): number {
  let state = seed;
  for (let at = 0; at < name.length; at++) {
    let block = Math.imul(name.charCodeAt(at), 0xcc9e_2d51);
    block = Math.imul((block << 15) | (block >>> 17), 0x1b87_3593);
    state ^= block;
    state = (Math.imul((state << 13) | (state >>> 19), 5) + 0xe654_6b64) | 0;
  }
  state ^= name.length;
  state = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35);
  return state ^ (state >>> 16);
}
