import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hex } from "../../../src/base/bytes.ts";
import { COMMAND, MORE, encodeFrame, longest, readHeader, tooLong } from "../../../src/wire/zmtp/frame.ts";
import { octets } from "../recorder.ts";

test("RFC 37: a short frame has one octet of length, a long one eight", () => {
  assert.deepEqual(readHeader(octets("00 05"), 0, 2), { flags: 0, length: 5, body: 2 });
  assert.deepEqual(readHeader(octets("ee 01 ff"), 1, 3), { flags: MORE, length: 255, body: 3 });
  assert.deepEqual(readHeader(octets("02 0000000000000100"), 0, 9), { flags: 0, length: 256, body: 9 });
  assert.deepEqual(readHeader(octets("06 0000000100000000"), 0, 9), { flags: COMMAND, length: 2 ** 32, body: 9 });
});

test("a header is null until its last octet is there", () => {
  const long = octets("03 0000000000000100");
  for (let end = 0; end < 9; end++) assert.equal(readHeader(long, 0, end), null);
  assert.notEqual(readHeader(long, 0, 9), null);
  assert.equal(readHeader(octets("00"), 0, 1), null);
});

test("bits other than MORE, LONG and COMMAND are ignored", () => {
  assert.deepEqual(readHeader(octets("f8 01"), 0, 2), { flags: 0, length: 1, body: 2 });
  assert.deepEqual(readHeader(octets("fd 01"), 0, 2), { flags: MORE | COMMAND, length: 1, body: 2 });
});

test("no length passes for a smaller one, up to 2^64 - 1", () => {
  for (const digits of ["0020000000000000", "0020000000000001", "8000000000000000", "ffffffffffffffff"]) {
    const header = readHeader(octets(`02 ${digits}`), 0, 9);
    assert.ok(header !== null && header.length > longest(-1), digits);
  }
  assert.equal(readHeader(octets("02 001fffffffffffff"), 0, 9)?.length, Number.MAX_SAFE_INTEGER);
});

test("a limit of -1 is none but what a number counts exactly", () => {
  assert.equal(longest(-1), Number.MAX_SAFE_INTEGER);
  assert.equal(longest(0), 0);
  assert.equal(longest(100), 100);
});

test("what is too long is named with its size and the limit", () => {
  assert.match(tooLong(COMMAND, 70_000, 65_536).message, /a command of 70000 bytes, where 65536 are allowed/);
  assert.match(tooLong(MORE, 11, 10).message, /a frame of 11 bytes/);
});

test("RFC 23: a body of 255 octets is short, one of 256 long", () => {
  assert.equal(hex(encodeFrame(MORE, octets("61"))), "010161");
  assert.equal(hex(encodeFrame(0, new Uint8Array(255)).subarray(0, 3)), "00ff00");
  assert.equal(hex(encodeFrame(COMMAND, new Uint8Array(256)).subarray(0, 10)), "06000000000000010000");
});

test("a header read is the header that was written", () => {
  fc.assert(
    fc.property(fc.nat(70_000), fc.constantFrom(0, MORE, COMMAND), (length, flags) => {
      const frame = encodeFrame(flags, new Uint8Array(length));
      const header = readHeader(frame, 0, frame.length);
      assert.deepEqual(header, { flags, length, body: frame.length - length });
    }),
  );
});
