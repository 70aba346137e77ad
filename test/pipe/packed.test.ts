import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Batch, recycle, type Output } from "../../src/base/batch.ts";
import { concat } from "../../src/base/bytes.ts";
import { Deque } from "../../src/base/deque.ts";
import type { Message } from "../../src/base/message.ts";
import { pack, Packed } from "../../src/pipe/packed.ts";
import { encodeFrame } from "../../src/wire/zmtp/frame.ts";

/** The messages in length-prefixed frames, read the plain way. */
function messagesIn(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  let message: Message = [];
  for (let at = 0; at < bytes.length;) {
    const flags = bytes[at] as number;
    const long = (flags & 2) !== 0;
    const length = long ? Number(bytes.readBigUInt64BE(at + 1)) : (bytes[at + 1] as number);
    at += long ? 9 : 2;
    message.push(bytes.subarray(at, at + length));
    at += length;
    if ((flags & 1) !== 0) continue;
    messages.push(message);
    message = [];
  }
  assert.deepEqual(message, [], "a message was cut off");
  return messages;
}

function written(output: Output): Buffer {
  return Buffer.from(concat(output.parts));
}

function drained(packed: Packed, atLeast: number): { count: number; messages: Message[] } {
  const batch = new Batch();
  const count = packed.drain(batch, atLeast);
  const output = batch.take();
  const messages = messagesIn(written(output));
  recycle(output);
  return { count, messages };
}

const body = (size: number, fill: number = size): Uint8Array => Buffer.alloc(size, fill & 255);

test("messages are framed as ZMTP 2 sends them (RFC 23: flags, length, body)", () => {
  const batch = new Batch();
  pack([Buffer.from("a"), Buffer.alloc(0), Buffer.alloc(256, "x")], batch);
  const bytes = written(batch.take());
  assert.deepEqual(
    bytes.subarray(0, 14),
    Buffer.from("01 01 61 01 00 02 00 00 00 00 00 00 01 00".replaceAll(" ", ""), "hex"),
  );
  assert.equal(bytes.length, 14 + 256);
});

test("what was pushed comes out, small, empty and by reference", () => {
  const packed = new Packed();
  const messages = [
    [body(0)],
    [body(1), body(0)],
    [body(20_000)],
    [body(40_000), body(3), body(16_385)],
    [body(16_384)],
  ];
  for (const message of messages) packed.push(message);
  assert.equal(packed.length, messages.length);
  for (const message of messages) assert.deepEqual(packed.shift(), message);
  assert.equal(packed.shift(), undefined);
});

test("large bodies drain half a mebibyte at a time, as they are", () => {
  const packed = new Packed();
  const bodies = Array.from({ length: 20 }, (_, at) => body(65_536, at));
  for (const each of bodies) packed.push([each]);
  assert.deepEqual(packed.shift(), [bodies[0]]);
  const batch = new Batch();
  assert.equal(packed.drain(batch, 1), 7);
  assert.equal(batch.size, 7 * (65_536 + 9));
  assert.equal(packed.drain(batch, 8 * 65_536), 8);
  const { parts } = batch.take();
  const sent = parts.filter((part) => part.length === 65_536);
  assert.deepEqual(sent, bodies.slice(1, 16));
  assert.ok(sent.every((part, at) => part === bodies[at + 1]));
  assert.equal(packed.length, 4);
});

test("a body above 16 KiB is kept by reference, a smaller one is a copy", () => {
  const packed = new Packed();
  const [small, large] = [body(16_384), body(16_385)];
  packed.push([small, large]);
  small.fill(1);
  large.fill(2);
  const [first, second] = packed.shift() ?? [];
  assert.equal(first?.[0], 16_384 & 255);
  assert.equal(second?.[0], 2);
});

test("a block goes out as it is, and one that was begun goes out without what was taken", () => {
  const packed = new Packed();
  for (let at = 0; at < 10; at++) packed.push([body(at + 1)]);
  packed.shift();
  packed.shift();
  const { count, messages } = drained(packed, 1);
  assert.equal(count, 8);
  assert.deepEqual(
    messages,
    Array.from({ length: 8 }, (_, at) => [body(at + 3)]),
  );
  assert.equal(packed.length, 0);
});

test("no more blocks are taken than are asked for", () => {
  const packed = new Packed();
  for (let at = 0; at < 1000; at++) packed.push([body(1000)]);
  const { count } = drained(packed, 1);
  assert.ok(count > 0 && count < 100, `${count}`);
  assert.equal(packed.length, 1000 - count);
  assert.equal(drained(packed, Infinity).count, 1000 - count);
  assert.equal(drained(packed, Infinity).count, 0);
});

test("a frame that was taken out stays as it is when the memory it was packed in is used again", () => {
  const packed = new Packed();
  for (let at = 0; at < 200; at++) packed.push([body(1000, 7)]);
  const frame = packed.shift()?.[0];
  drained(packed, Infinity);
  for (let at = 0; at < 200; at++) packed.push([body(1000, 8)]);
  assert.deepEqual(frame, body(1000, 7));
});

test("clearing leaves nothing", () => {
  const packed = new Packed();
  for (let at = 0; at < 200; at++) packed.push([body(1000)]);
  packed.shift();
  packed.clear();
  assert.equal(packed.length, 0);
  assert.equal(packed.shift(), undefined);
  packed.push([body(5)]);
  assert.deepEqual(packed.shift(), [body(5)]);
});

test("any sequence of push, shift, drain and clear is as with a plain queue of messages", () => {
  const size = fc.oneof({ weight: 6, arbitrary: fc.nat(300) }, fc.constantFrom(16_384, 16_385), fc.nat(40 * 1024));
  const push = fc.record({
    act: fc.constant("push"),
    sizes: fc.array(size, { minLength: 1, maxLength: 4 }),
    bytes: fc.constant(0),
  });
  const take = fc.record({
    act: fc.constantFrom("shift", "shift", "drain"),
    sizes: fc.constant([]),
    bytes: fc.nat(200_000),
  });
  const clear = fc.record({ act: fc.constant("clear"), sizes: fc.constant([]), bytes: fc.constant(0) });
  const step = fc.oneof(
    { weight: 12, arbitrary: push },
    { weight: 8, arbitrary: take },
    { weight: 1, arbitrary: clear },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
      const packed = new Packed();
      const model = new Deque<Message>();
      for (const [at, { act, sizes, bytes }] of steps.entries()) {
        if (act === "push") {
          const message = sizes.map((length, frame) => body(length, at * 5 + frame));
          packed.push(message);
          model.push(message);
        } else if (act === "shift") assert.deepEqual(packed.shift(), model.shift());
        else if (act === "drain") {
          const { count, messages } = drained(packed, bytes);
          assert.equal(messages.length, count);
          for (const message of messages) assert.deepEqual(message, model.shift());
        } else for (const queue of [packed, model]) queue.clear();
        assert.equal(packed.length, model.length);
      }
      assert.deepEqual(
        drained(packed, Infinity).messages,
        Array.from({ length: model.length }, () => model.shift()),
      );
    }),
  );
});

test("a run that is packed comes out as its messages would, drained or one by one", () => {
  for (const size of [10, 300, 2000]) {
    const [runs, plain] = [new Packed(), new Packed()];
    for (let round = 0; round < 50; round++) {
      const bodies = Array.from({ length: 20 }, (_, index) => body(size + index, round));
      const memory = concat(bodies.map((each) => encodeFrame(0, each)));
      runs.addRun({ memory, from: 0, end: memory.length, count: bodies.length });
      runs.push([body(3, round)]);
      for (const each of [...bodies, body(3, round)]) plain.push([each]);
      assert.deepEqual(runs.shift(), plain.shift());
    }
    assert.equal(runs.length, plain.length);
    assert.deepEqual(drained(runs, Infinity), drained(plain, Infinity));
  }
});
