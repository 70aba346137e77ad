import assert from "node:assert/strict";
import { test } from "node:test";
import { COPIED } from "../../src/base/message.ts";
import { Handover } from "../../src/pipe/handover.ts";

test("a frame of up to 128 bytes is copied, a larger one arrives as the same memory", () => {
  const queue = new Handover();
  const [small, large] = [Buffer.alloc(COPIED, "s"), Buffer.alloc(COPIED + 1, "l")];
  queue.push([small, large]);
  small.fill("x");
  large.fill("y");
  const message = queue.shift();
  assert.deepEqual(message?.map(String), ["s".repeat(COPIED), "y".repeat(COPIED + 1)]);
});

test("a large frame is a frame of its own over that memory, a Buffer where there are Buffers", () => {
  const queue = new Handover();
  const large = new Uint8Array(1000);
  queue.push([large]);
  const [frame] = queue.shift() ?? [];
  assert.ok(Buffer.isBuffer(frame));
  assert.notEqual(frame, large);
  assert.equal(frame.buffer, large.buffer);
});

test("messages come in order", () => {
  const queue = new Handover();
  for (const text of ["a", "b"]) queue.push([Buffer.from(text)]);
  assert.deepEqual([queue.shift(), queue.shift(), queue.shift()], [[Buffer.from("a")], [Buffer.from("b")], undefined]);
});
