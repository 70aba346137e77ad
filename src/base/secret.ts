/**
 * Whether two secrets are the same, in a time that does not tell where they differ: it depends on the length of `given`
 * alone, which whoever gave it knows.
 */
export function equalSecrets(given: Uint8Array, known: Uint8Array): boolean {
  let different = given.length ^ known.length;
  for (let at = 0; at < given.length; at++) different |= (given[at] ?? 0) ^ (known[at % known.length] ?? 0);
  return different === 0;
}
