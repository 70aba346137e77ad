import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EMPTY, concat, hex, text, utf8 } from "../../../src/base/bytes.ts";
import { decodeMetadata, encodeMetadata } from "../../../src/wire/zmtp/metadata.ts";
import { octets, refused } from "../recorder.ts";

const LIMIT = 65_536;

test("RFC 37: a property is a name with one octet of length and a value with four", () => {
  const encoded = encodeMetadata([
    ["Socket-Type", utf8("DEALER")],
    ["Identity", EMPTY],
  ]);
  assert.equal(hex(encoded), "0b536f636b65742d54797065000000064445414c4552084964656e7469747900000000");
  assert.equal(encodeMetadata([]).length, 0);
});

test("RFC 37: names are the same in any case", () => {
  const metadata = decodeMetadata(encodeMetadata([["sOCKET-tYPE", utf8("REP")]]), LIMIT);
  assert.equal(text(metadata.get("Socket-Type") ?? EMPTY), "REP");
  assert.deepEqual([...metadata.texts()], [["Socket-Type", "REP"]]);
});

test("the first of equal names counts", () => {
  const encoded = encodeMetadata([
    ["X-A", utf8("one")],
    ["x-a", utf8("two")],
  ]);
  const metadata = decodeMetadata(encoded, LIMIT);
  assert.equal(metadata.size, 1);
  assert.deepEqual([...metadata.texts()], [["X-A", "one"]]);
});

test("a text ends at its first NUL, as libzmq's do; the bytes do not", () => {
  const metadata = decodeMetadata(encodeMetadata([["X-A", octets("61 62 00 63")]]), LIMIT);
  assert.equal(metadata.texts().get("X-A"), "ab");
  assert.equal(hex(metadata.get("X-A") ?? EMPTY), "61620063");
});

test("names of JavaScript's own mean nothing", () => {
  const names = ["__proto__", "constructor", "hasOwnProperty", "toString"];
  const metadata = decodeMetadata(encodeMetadata(names.map((name) => [name, utf8("polluted")] as const)), LIMIT);
  assert.deepEqual([...metadata.texts().keys()], names);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  assert.equal(decodeMetadata(EMPTY, LIMIT).get("constructor"), undefined);
});

test("a property that is cut off anywhere is refused", () => {
  const encoded = encodeMetadata([["X-A", utf8("abc")]]);
  for (let size = 1; size < encoded.length; size++) {
    refused("ERR_ZMTP_INVALID_METADATA", () => decodeMetadata(encoded.subarray(0, size), LIMIT));
  }
  refused("ERR_ZMTP_INVALID_METADATA", () => decodeMetadata(concat([encoded, octets("00")]), LIMIT));
  refused("ERR_ZMTP_INVALID_METADATA", () => decodeMetadata(octets("01 41 ffffffff"), LIMIT));
});

test("a property without a name is refused", () => {
  refused("ERR_ZMTP_INVALID_METADATA", () => decodeMetadata(octets("00 00000000"), LIMIT));
});

test("metadata over the limit is refused", () => {
  refused("ERR_ZMTP_INVALID_METADATA", () => decodeMetadata(encodeMetadata([["A", new Uint8Array(100)]]), 50));
});

test("ten thousand properties and a name of 255 octets are read", () => {
  const many = Array.from({ length: 10_000 }, (_, at) => [`X${at}`, EMPTY] as const);
  assert.equal(decodeMetadata(encodeMetadata(many), 1 << 20).size, 10_000);
  assert.ok(decodeMetadata(encodeMetadata([["n".repeat(255), EMPTY]]), LIMIT).get("N".repeat(255)));
});

test("any bytes are read or refused, and nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        decodeMetadata(bytes, LIMIT);
      } catch (error) {
        assert.equal((error as Error).name, "ProtocolError");
      }
    }),
  );
});
