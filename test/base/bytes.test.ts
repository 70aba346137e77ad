import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as bytes from "../../src/base/bytes.ts";

const BYTES = fc.uint8Array({ maxLength: 40 });

test("a view shares memory, and is a Buffer where there are Buffers", () => {
  const memory = Uint8Array.of(1, 2, 3, 4, 5).subarray(1);
  const view = bytes.view(memory, 1, 2);
  assert.deepEqual([...view], [3, 4]);
  assert.ok(Buffer.isBuffer(view));
  memory[1] = 9;
  assert.equal(view[0], 9);
});

test("a copy shares nothing, of a Buffer neither", () => {
  for (const original of [Uint8Array.of(1, 2), Buffer.from([1, 2])]) {
    const copy = bytes.copyOf(original);
    original[0] = 9;
    assert.deepEqual([...copy], [1, 2]);
    assert.ok(Buffer.isBuffer(copy));
  }
});

test("copies are what plain copies are, of any size, pin no more, and share nothing with each other", () => {
  const originals = Array.from({ length: 300 }, (_, size) => new Uint8Array(size).fill(size));
  const copies = originals.map(bytes.copyOf);
  const pool = Buffer.allocUnsafe(1).buffer.byteLength; // what a plain one pins
  for (const [size, copy] of copies.entries()) {
    assert.deepEqual(copy, bytes.plainCopyOf(originals[size] as Uint8Array)); // there is one of each size
    assert.ok(copy.buffer.byteLength <= Math.max(size, pool));
  }
});

test("allocated memory is a Buffer; the large kind has its memory for itself", () => {
  assert.equal(bytes.allocate(10).buffer.byteLength, 10);
  assert.equal(bytes.allocateSmall(10).length, 10);
  assert.ok(
    Buffer.isBuffer(bytes.allocate(1)) && Buffer.isBuffer(bytes.allocateSmall(1)) && Buffer.isBuffer(bytes.EMPTY),
  );
  assert.equal(bytes.EMPTY.length, 0);
});

test("text goes to UTF-8 and back; malformed bytes give U+FFFD", () => {
  assert.deepEqual([...bytes.utf8("é")], [0xc3, 0xa9]);
  assert.ok(Buffer.isBuffer(bytes.utf8("a")));
  assert.equal(bytes.text(Uint8Array.of(0xc3, 0xa9)), "é");
  assert.equal(bytes.text(Uint8Array.of(0x61, 0xff)), "a\ufffd");
});

test("bytes are equal when all are", () => {
  fc.assert(
    fc.property(BYTES, BYTES, (a, b) => {
      assert.equal(bytes.equal(a, b), Buffer.compare(a, b) === 0);
      assert.equal(bytes.equal(a, Buffer.from(a)), true);
    }),
  );
});

test("bytes start with each of their beginnings, and with nothing else", () => {
  assert.equal(bytes.startsWith(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)), false);
  assert.equal(bytes.startsWith(Uint8Array.of(1, 2), Uint8Array.of(2)), false);
  fc.assert(
    fc.property(BYTES, fc.nat(40), (whole, length) => assert.ok(bytes.startsWith(whole, whole.subarray(0, length)))),
  );
});

test("parts are joined in order", () => {
  assert.deepEqual(bytes.concat([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]), Buffer.of(1, 2, 3));
  assert.equal(bytes.concat([]).length, 0);
});

test("a key has one character a byte, however it is made", () => {
  fc.assert(
    fc.property(BYTES, (each) => {
      const plain = Array.from(each, (byte) => String.fromCharCode(byte)).join("");
      assert.equal(bytes.keyOf(each), plain);
      assert.equal(bytes.keyOf(Buffer.from(each)), plain);
    }),
  );
});

test("bytes are printed as hex digits, or as text when they are that", () => {
  assert.equal(bytes.hex(Uint8Array.of(0, 0x0a, 0xff)), "000aff");
  assert.equal(bytes.printable(Buffer.from('a "b"')), '"a \\"b\\""');
  assert.equal(bytes.printable(Uint8Array.of(0x61, 0x7f)), "0x617f");
  assert.equal(bytes.printable(Uint8Array.of(0)), "0x00");
  assert.equal(bytes.printable(new Uint8Array(0)), '""');
});

test("numbers are big-endian", () => {
  const memory = new Uint8Array(9);
  bytes.writeU16(memory, 1, 0x1234);
  assert.deepEqual([...memory.subarray(0, 4)], [0, 0x12, 0x34, 0]);
  bytes.writeU32(memory, 1, 0xfedcba98);
  assert.deepEqual([...memory.subarray(0, 6)], [0, 0xfe, 0xdc, 0xba, 0x98, 0]);
  bytes.writeU64(memory, 1, 0x1_0000_0002);
  assert.deepEqual([...memory], [0, 0, 0, 0, 1, 0, 0, 0, 2]);
});

test("numbers are read as they were written, up to the largest", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.maxSafeNat(),
      (u16, u32, u64) => {
        const memory = Buffer.alloc(10);
        bytes.writeU16(memory, 2, u16);
        assert.equal(bytes.readU16(memory, 2), u16);
        assert.equal(memory.readUInt16BE(2), u16);
        bytes.writeU32(memory, 2, u32);
        assert.equal(bytes.readU32(memory, 2), u32);
        assert.equal(memory.readUInt32BE(2), u32);
        bytes.writeU64(memory, 2, u64);
        assert.equal(bytes.readU64(memory, 2), u64);
        assert.equal(memory.readBigUInt64BE(2), BigInt(u64));
      },
    ),
  );
});

test("a length above 2^53 is merely huge", () => {
  assert.ok(bytes.readU64(new Uint8Array(8).fill(0xff), 0) > Number.MAX_SAFE_INTEGER);
});
