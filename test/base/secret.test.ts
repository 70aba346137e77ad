import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalSecrets } from "../../src/base/secret.ts";

test("secrets are equal when their bytes are", () => {
  const bytes = fc.uint8Array({ maxLength: 40 });
  fc.assert(fc.property(bytes, bytes, (a, b) => assert.equal(equalSecrets(a, b), Buffer.compare(a, b) === 0)));
  fc.assert(fc.property(bytes, (a) => assert.equal(equalSecrets(a, Uint8Array.from(a)), true)));
});

for (const [given, known] of [
  ["", "a"],
  ["a", ""],
  ["ab", "a"],
  ["a", "ab"],
  ["aaaa", "aa"],
  ["a\0", "a"],
] as const) {
  test(`${JSON.stringify(given)} is not ${JSON.stringify(known)}`, () => {
    assert.equal(equalSecrets(Buffer.from(given), Buffer.from(known)), false);
  });
}

/** The octets that are read of a secret, in order. */
function reads(secret: Uint8Array, log: string[], name: string): Uint8Array {
  return new Proxy(secret, {
    get(bytes, property) {
      if (typeof property === "string" && /^\d+$/.test(property)) log.push(`${name}${property}`);
      return Reflect.get(bytes, property, bytes) as unknown;
    },
  });
}

test("which octets are read, and in which order, does not depend on where the secrets differ", () => {
  const looks = (given: string, known: string): string[] => {
    const log: string[] = [];
    equalSecrets(reads(Buffer.from(given), log, "given "), reads(Buffer.from(known), log, "known "));
    return log;
  };
  const all = looks("open sesame", "open sesame");
  assert.equal(all.length, 2 * 11);
  for (const given of ["Open sesame", "open Sesame", "open sesamE", "xxxxxxxxxxx"]) {
    assert.deepEqual(looks(given, "open sesame"), all);
  }
  assert.deepEqual(
    looks("open sesame", "open").filter((look) => look.startsWith("given")),
    all.filter((look) => look.startsWith("given")),
    "nor on how long the known one is",
  );
});
