import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeZ85, encodeZ85 } from "../../src/base/z85.ts";

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

for (const [hex, text] of [
  ["", ""],
  ["864fd26fb559f75b", "HelloWorld"],
  ["8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"],
  ["bb88471d65e2659b30c55a5321cebb5aab2b70a398645c26dca2b2fcb43fc518", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"],
  ["00000000", "00000"],
  ["ffffffff", "%nSc0"],
] as const) {
  test(`test_base85/*__valid__success: RFC 32: ${hex === "" ? "nothing" : hex.slice(0, 8)} is ${JSON.stringify(text)}, both ways`, () => {
    assert.equal(encodeZ85(octets(hex)), text);
    assert.deepEqual([...decodeZ85(text)], [...octets(hex)]);
  });
}

test("test_base85/*roundtrip*: what is encoded decodes to itself", () => {
  const bytes = fc.uint8Array({ maxLength: 64 }).map((all) => all.subarray(0, all.length - (all.length % 4)));
  fc.assert(fc.property(bytes, (all) => assert.deepEqual([...decodeZ85(encodeZ85(all))], [...all])));
});

test("test_base85/test__zmq_z85_encode__invalid__failure_*: bytes that are no multiple of four are EINVAL", () => {
  for (const size of [1, 2, 3, 5, 33, 42]) assert.throws(() => encodeZ85(new Uint8Array(size)), { code: "EINVAL" });
});

for (const [text, why] of [
  ["0", "indivisble_by_5_one_char"],
  ["1234", "indivisble_by_5_multiple_chars"],
  ["0123456789abc", "indivisble_by_5_multiple_chars"],
  ["#####", "max: a group far above 2^32"],
  ["%nSc1", "above_limit: a group of 2^32"],
  ["12~45", "char_within: a character between digits that is none"],
  ["####\x20", "char_adjacent_below: the one before the first digit"],
  ["####\x7f", "char_adjacent_above: the one behind the last digit"],
  ['1234"', "char_within: a quote"],
  ["123é5", "char_adjacent_above: one beyond ASCII"],
] as const) {
  test(`test_base85/test__zmq_z85_decode__invalid__failure_${why}: ${JSON.stringify(text)} is no Z85`, () => {
    assert.throws(() => decodeZ85(text), { code: "EINVAL" });
  });
}

test("test_z85_decode_fuzzer: any text is decoded to what encodes to it, or EINVAL", () => {
  const digits = fc.string({ unit: fc.constantFrom(...Array.from("0129azAZ.-:+=^!/*?&<>()[]{}@%$#")), maxLength: 60 });
  fc.assert(
    fc.property(fc.oneof(digits, fc.string({ maxLength: 60 })), (text) => {
      let bytes: Uint8Array;
      try {
        bytes = decodeZ85(text);
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, "EINVAL");
        return;
      }
      assert.equal(encodeZ85(bytes), text);
    }),
    { numRuns: 2000 },
  );
});

test("errors do not tell what was given, as it may be a key", () => {
  assert.throws(
    () => decodeZ85("SECR~SECRE"),
    (error) => error instanceof Error && !error.message.includes("SECR"),
  );
});
