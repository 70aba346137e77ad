import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concat } from "../../src/base/bytes.ts";
import { Deque } from "../../src/base/deque.ts";
import type { Message } from "../../src/base/message.ts";
import { Runs } from "../../src/pipe/runs.ts";
import { encodeFrame } from "../../src/wire/zmtp/frame.ts";

const ALL = { most: Infinity, longest: Infinity };

function frames(...bodies: string[]): Uint8Array {
  return concat(bodies.map((body) => encodeFrame(0, Buffer.from(body))));
}

function texts(queue: Runs): string[] {
  const list: string[] = [];
  for (let message = queue.shift(); message !== undefined; message = queue.shift()) list.push(message.join("|"));
  return list;
}

const step = fc.oneof(
  fc.record({ run: fc.array(fc.oneof(fc.string(), fc.constantFrom("", "x".repeat(255), "y".repeat(256)))) }),
  fc.record({ message: fc.array(fc.string(), { minLength: 1 }) }),
  fc.record({ shift: fc.nat(5) }),
  fc.constant({ clear: true }),
);

test("runs and messages come out as they would of a plain queue of messages", () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const queue = new Runs();
      const plain = new Deque<Message>();
      for (const each of steps) {
        if ("run" in each) {
          const bytes = frames(...each.run);
          assert.equal(queue.pushRun(bytes, 0, bytes.length, ALL), bytes.length);
          for (const body of each.run) plain.push([Buffer.from(body)]);
        } else if ("message" in each) {
          queue.push(each.message.map((part) => Buffer.from(part)));
          plain.push(each.message.map((part) => Buffer.from(part)));
        } else if ("shift" in each) {
          for (let count = each.shift; count > 0; count--) assert.deepEqual(queue.shift(), plain.shift());
        } else {
          queue.clear();
          plain.clear();
        }
        assert.equal(queue.length, plain.length);
      }
    }),
  );
});

test("a run ends before a frame that has flags, is cut off, or is longer than it may be", () => {
  const whole = frames("a", "b");
  for (const next of [encodeFrame(1, Buffer.from("more")), encodeFrame(4, Buffer.from("ping")), frames("four")]) {
    const queue = new Runs();
    const bytes = concat([whole, next]);
    assert.equal(queue.pushRun(bytes, 0, bytes.length, { most: Infinity, longest: 3 }), whole.length);
    assert.deepEqual(texts(queue), ["a", "b"]);
  }
  const cut = concat([whole, frames("x".repeat(300))]);
  for (let end = whole.length; end < cut.length; end++) {
    assert.equal(new Runs().pushRun(cut, 0, end, ALL), whole.length);
  }
});

test("no more messages are taken than may be, and the next run goes on behind them", () => {
  const queue = new Runs();
  const bytes = frames("a", "b", "c");
  const at = queue.pushRun(bytes, 0, bytes.length, { most: 2, longest: 9 });
  assert.equal(at, 6);
  assert.equal(queue.pushRun(bytes, at, bytes.length, { most: 0, longest: 9 }), at);
  assert.equal(queue.pushRun(bytes, at, bytes.length, ALL), bytes.length);
  assert.deepEqual(texts(queue), ["a", "b", "c"]);
});

test("frames are Buffers over the memory of the run", () => {
  const queue = new Runs();
  const memory = Buffer.alloc(100).subarray(10);
  memory.set(frames("body"));
  queue.pushRun(memory, 0, 6, ALL);
  const [frame] = queue.shift() ?? [];
  assert.ok(Buffer.isBuffer(frame));
  assert.equal(frame.buffer, memory.buffer);
  assert.equal(frame.toString(), "body");
});
