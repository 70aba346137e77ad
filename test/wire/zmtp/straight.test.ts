import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concat, hex, view } from "../../../src/base/bytes.ts";
import { Decoder } from "../../../src/wire/zmtp/decoder.ts";
import { encodeFrame } from "../../../src/wire/zmtp/frame.ts";

/** As transports/node/reader.ts: what the kernel has goes to the target, or to memory that every read shares. */
const SHARED = 128 * 1024;

interface Read {
  readonly bodies: Uint8Array[];
  /** Bytes that came by way of the shared memory, and so were copied. */
  copied: number;
  reads: number;
}

/** Reads a stream as a transport would, at most `most` bytes at a time; `taken` gets each body when it is handed out. */
function read(stream: Uint8Array, most = Infinity, taken: (body: Uint8Array) => void = () => {}): Read {
  const result: Read = { bodies: [], copied: 0, reads: 0 };
  const decoder = new Decoder(
    {
      frame: (_flags, body) => {
        result.bodies.push(body);
        taken(body);
        return true;
      },
    },
    Number.MAX_SAFE_INTEGER,
  );
  const shared = new Uint8Array(SHARED);
  for (let at = 0; at < stream.length;) {
    const target = decoder.target();
    const memory = target ?? shared;
    const size = Math.min(memory.length, most, stream.length - at);
    memory.set(stream.subarray(at, at + size));
    if (target === null) result.copied += size;
    result.reads++;
    decoder.receive(view(memory, 0, size), 0);
    at += size;
  }
  assert.equal(decoder.held, 0);
  return result;
}

function body(length: number, seed = 0): Uint8Array {
  return Buffer.alloc(length, Uint8Array.of(seed, 1, 2, 3, 5));
}

test("of large bodies in a row none is copied but the first bytes, and each takes one read", () => {
  for (const size of [64 * 1024, 1024 * 1024]) {
    const stream = concat(Array.from({ length: 20 }, (_, at) => encodeFrame(0, body(size, at))));
    const { bodies, copied, reads } = read(stream);
    assert.ok(copied <= 2 * SHARED, `${copied}`);
    assert.ok(reads <= 23, `${reads}`);
    for (const [at, each] of bodies.entries()) assert.equal(Buffer.compare(each, body(size, at)), 0);
    assert.deepEqual(new Set(bodies.slice(2).map((each) => each.buffer.byteLength)), new Set([size + 9]));
  }
});

test("from 16 KiB on, the rest of a body is read where it belongs", () => {
  const { copied } = read(encodeFrame(0, body(400_000)));
  assert.equal(copied, SHARED);
});

test("whoever takes a body's memory away, as it is handed out, loses nothing of what lies behind it", () => {
  const frames = [body(60_000), body(60_000), Uint8Array.of(1, 2), body(0), body(60_000), body(60_000), body(3)];
  const lengths: number[] = [];
  read(concat(frames.map((each) => encodeFrame(0, each))), 60_009, (each) => {
    lengths.push(each.length);
    if (each.length >= 60_000) structuredClone(each.buffer, { transfer: [each.buffer as ArrayBuffer] });
  });
  assert.deepEqual(
    lengths,
    frames.map((each) => each.length),
  );
});

test("what is read straight is what is read plainly, whatever the sizes and however the kernel cuts it", () => {
  const size = fc.oneof(fc.nat(20), fc.constantFrom(16_383, 16_384, 49_151, 49_152, 65_536, 70_000));
  const run = fc.tuple(fc.array(size, { maxLength: 12 }), fc.integer({ min: 900, max: 140_000 }));
  fc.assert(
    fc.property(run, ([sizes, most]) => {
      const frames = sizes.map((length, at) => body(length, at));
      const { bodies } = read(concat(frames.map((each) => encodeFrame(0, each))), most);
      assert.deepEqual(
        bodies.map((each) => hex(each.subarray(0, 40)) + each.length),
        frames.map((each) => hex(each.subarray(0, 40)) + each.length),
      );
      for (const [at, each] of bodies.entries()) assert.equal(Buffer.compare(each, frames[at] ?? body(1)), 0);
    }),
    { numRuns: 60 },
  );
});

/** What keeping these frames keeps alive. */
function pinned(frames: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const memory of new Set(frames.map((each) => each.buffer))) bytes += memory.byteLength;
  return bytes;
}

test("whoever keeps all frames keeps their bytes, the headers, and at most a third more", () => {
  for (const size of [10, 100, 1000, 5000, 15_000, 16_384, 65_536]) {
    const count = Math.ceil(2_000_000 / size);
    const { bodies } = read(concat(Array.from({ length: count }, () => encodeFrame(0, body(size)))), 50_000);
    assert.ok(pinned(bodies) <= count * (size + 9) * 1.34 + SHARED, `${size}: ${pinned(bodies)}`);
  }
});

test("one small frame that is kept of many keeps 128 KiB at most, one of 16 KiB or more itself and no others", () => {
  for (const [size, every] of [
    [10, 20_000],
    [1000, 200],
    [16_000, 20],
    [16_384, 20],
    [65_536, 5],
  ] as const) {
    const stream = concat(Array.from({ length: every * 10 }, () => encodeFrame(0, body(size))));
    const kept = read(stream).bodies.filter((_, at) => at % every === 0);
    const most = size < 16_384 ? SHARED : size + 9;
    assert.ok(pinned(kept) <= kept.length * most, `${size}: ${pinned(kept)}`);
  }
});
