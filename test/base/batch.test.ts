import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Batch, BY_REFERENCE, recycle, type Output } from "../../src/base/batch.ts";
import { concat } from "../../src/base/bytes.ts";

const SLAB = 64 * 1024 + 128;

function written(output: Output): Buffer {
  return Buffer.from(concat(output.parts));
}

/** A frame, the plain way (RFC 23 "framing"). */
function framed(flags: number, body: Uint8Array): Buffer {
  const long = body.length > 255;
  const header = Buffer.alloc(long ? 9 : 2);
  header[0] = long ? flags | 2 : flags;
  if (long) header.writeBigUInt64BE(BigInt(body.length), 1);
  else header[1] = body.length;
  return Buffer.concat([header, body]);
}

/** Uses all spare memory, and more, so that whatever was wrongly given back is written over. */
function overwrite(): void {
  const batch = new Batch();
  for (let at = 0; at < 600; at++) batch.bytes(Buffer.alloc(16 * 1024, 0xee));
  batch.take();
}

test("a frame is flags, a length of one or eight bytes, and the body", () => {
  const batch = new Batch();
  batch.frame(1, Buffer.from("ab"));
  batch.frame(0, Buffer.alloc(0));
  assert.deepEqual(written(batch.take()), Buffer.from("010261620000", "hex"));
  for (const size of [23, 24, 255, 256, 65_535, 65_536, BY_REFERENCE - 1, BY_REFERENCE]) {
    const body = Buffer.alloc(size, "x");
    batch.frame(4, body);
    assert.equal(batch.size, size + (size > 255 ? 9 : 2));
    assert.deepEqual(written(batch.take()), framed(4, body), `${size}`);
  }
});

test("what was taken is gone", () => {
  const batch = new Batch();
  batch.frame(0, Buffer.from("a"));
  batch.take();
  assert.equal(batch.size, 0);
  assert.deepEqual(batch.take(), { parts: [], slabs: [] });
});

test("a small body is a copy, a large one the same memory", () => {
  const batch = new Batch();
  const [small, large] = [Buffer.alloc(BY_REFERENCE - 1, 1), Buffer.alloc(BY_REFERENCE, 1)];
  batch.frame(0, small);
  batch.frame(0, large);
  small.fill(2);
  large.fill(2);
  const { parts } = batch.take();
  assert.equal(parts[0]?.[9], 1);
  assert.equal(parts[1], large);
  assert.equal(parts[1]?.[0], 2);
});

test("bytes are always copied, references never", () => {
  const batch = new Batch();
  for (const size of [10, BY_REFERENCE]) {
    const memory = Buffer.alloc(size, 1);
    batch.bytes(memory);
    memory.fill(2);
    assert.deepEqual(written(batch.take()), Buffer.alloc(size, 1));
    batch.reference(memory);
    assert.deepEqual(batch.take().parts, [memory]);
  }
});

test("what another batch gave out is taken over in order, its memory too", () => {
  const [from, into] = [new Batch(), new Batch()];
  for (let at = 0; at < 20; at++) from.bytes(Buffer.alloc(16_000, at));
  const output = from.take();
  assert.ok(output.slabs.length > 0);
  into.bytes(Buffer.from("before"));
  into.append(output);
  into.bytes(Buffer.from("after"));
  assert.equal(into.size, 20 * 16_000 + 11);
  const all = into.take();
  assert.equal(all.parts[1], output.parts[0]);
  for (const slab of output.slabs) assert.ok(all.slabs.includes(slab));
  assert.equal(written(all).subarray(-5).toString(), "after");
});

test("memory that was given back is used again", () => {
  const fill = (): Output => {
    const batch = new Batch();
    for (let at = 0; at < 20; at++) batch.bytes(Buffer.alloc(16_000));
    return batch.take();
  };
  const first = fill();
  recycle(first);
  assert.ok(fill().slabs.some((slab) => first.slabs.includes(slab)));
});

test("no slab is given out twice, nor before all that lies in it was given out", () => {
  const batch = new Batch();
  const seen = new Set<Uint8Array>();
  for (let at = 0; at < 300; at++) {
    batch.frame(0, Buffer.alloc((at * 997) % 16_000));
    if (at % 7 !== 0) continue;
    for (const slab of batch.take().slabs) {
      assert.ok(!seen.has(slab));
      seen.add(slab);
      overwriteNothing(batch, slab);
    }
  }
});

/** What the batch writes from now on lies elsewhere. */
function overwriteNothing(batch: Batch, slab: Uint8Array): void {
  batch.bytes(Buffer.from("x"));
  for (const part of batch.take().parts) assert.notEqual(part.buffer, slab.buffer);
}

test("a user's memory never becomes a slab, whatever its size", () => {
  const mine = [Buffer.alloc(SLAB, 1), Buffer.alloc(BY_REFERENCE, 1), Buffer.alloc(1024, 1)];
  const [inner, batch] = [new Batch(), new Batch()];
  for (const memory of mine) {
    inner.reference(memory);
    if (memory.length >= BY_REFERENCE) inner.frame(0, memory);
    inner.bytes(memory);
    for (let at = 0; at < 9; at++) inner.bytes(Buffer.alloc(16_000));
  }
  batch.append(inner.take());
  const output = batch.take();
  for (const slab of output.slabs) assert.ok(mine.every((memory) => memory.buffer !== slab.buffer));
  recycle(output);
  overwrite();
  for (const memory of mine) assert.ok(memory.every((byte) => byte === 1));
});

test("whatever is appended, taken, held back and recycled, what comes out is what went in", () => {
  const size = fc.oneof(
    { weight: 5, arbitrary: fc.nat(600) },
    { weight: 2, arbitrary: fc.nat(20_000) },
    fc.constantFrom(16_384, 16_385, SLAB),
  );
  const step = fc.record({
    act: fc.constantFrom("frame", "frame", "frame", "bytes", "reference", "move", "take", "write"),
    batch: fc.nat(1),
    size,
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: "max" }), (steps) => {
      const batches = [new Batch(), new Batch()].map((batch) => ({ batch, expected: [] as Buffer[] }));
      /** Taken, not yet written: other batches go on meanwhile. */
      const waiting: { output: Output; expected: Buffer }[] = [];
      const write = (): void => {
        const each = waiting.shift();
        if (each === undefined) return;
        assert.ok(written(each.output).equals(each.expected));
        recycle(each.output);
      };
      const taken = (from: (typeof batches)[number]): { output: Output; expected: Buffer } => {
        const expected = Buffer.concat(from.expected.splice(0));
        assert.equal(from.batch.size, expected.length);
        return { output: from.batch.take(), expected };
      };
      for (const [at, { act, batch: which, size: length }] of steps.entries()) {
        const one = batches[which] as (typeof batches)[number];
        const body = Buffer.alloc(length, at & 255);
        if (act === "write") write();
        else if (act === "take") waiting.push(taken(one));
        else if (act === "move") {
          const { output, expected } = taken(batches[1 - which] as (typeof batches)[number]);
          one.batch.append(output);
          one.expected.push(expected);
        } else if (act === "frame") {
          one.batch.frame(at & 1, body);
          one.expected.push(framed(at & 1, body));
        } else {
          one.batch[act](body);
          one.expected.push(body);
        }
      }
      for (const one of batches) waiting.push(taken(one));
      while (waiting.length > 0) write();
    }),
  );
});

test("a blank frame is what frame() writes, once the caller has written its body", () => {
  const [batch, plain] = [new Batch(), new Batch()];
  for (const size of [0, 1, 255, 256, 16 * 1024, 64 * 1024, 64 * 1024 + 119, 64 * 1024 + 120, 200_000, 3]) {
    const body = Buffer.alloc(size, size & 0xff);
    batch.blank(0, size).set(body);
    plain.frame(0, body);
    assert.equal(batch.size, plain.size, `${size} bytes`);
  }
  assert.deepEqual(written(batch.take()), written(plain.take()));
});
