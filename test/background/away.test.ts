import assert from "node:assert/strict";
import { test } from "node:test";
import { Away } from "../../src/background/away.ts";
import { concat } from "../../src/base/bytes.ts";
import { Deque } from "../../src/base/deque.ts";
import type { FrameRun } from "../../src/base/frame-run.ts";
import type { Message } from "../../src/base/message.ts";
import { encodeFrame } from "../../src/wire/zmtp/frame.ts";

/** What goes over, as long as there is room. */
class Carrier {
  room: number;
  readonly over: string[] = [];

  constructor(room: number) {
    this.room = room;
  }
  get writable(): boolean {
    return this.over.length < this.room;
  }
  get idle(): boolean {
    return true;
  }
  write(message: Message): void {
    this.over.push(String(message[0]));
  }
}

const message = (text: string): Message => [Buffer.from(text)];

test("messages go over at once, and count as queued until it is told that they left", () => {
  const carrier = new Carrier(9);
  const away = new Away(carrier, new Deque<Message>());
  for (const text of ["a", "b", "c"]) away.push(message(text));
  assert.deepEqual([carrier.over, away.length, away.waiting, away.sent], [["a", "b", "c"], 3, 0, 3]);
  assert.equal(away.leftInAll(2), 2);
  assert.equal(away.length, 1);
  assert.equal(away.leftInAll(3), 1);
  assert.equal(away.shift(), undefined);
});

test("what has no room waits, in order, and goes over when there is some", () => {
  const carrier = new Carrier(1);
  const away = new Away(carrier, new Deque<Message>());
  for (const text of ["a", "b", "c"]) away.push(message(text));
  assert.deepEqual([away.length, away.waiting], [3, 2]);
  carrier.room = 2;
  away.goOn();
  away.push(message("d"));
  assert.deepEqual(carrier.over, ["a", "b"]);
  carrier.room = 9;
  away.goOn();
  assert.deepEqual(carrier.over, ["a", "b", "c", "d"]);
});

test("clearing drops what waits, and leaves the other thread what it has", () => {
  const away = new Away(new Carrier(1), new Deque<Message>());
  for (const text of ["a", "b", "c"]) away.push(message(text));
  away.clear();
  assert.deepEqual([away.length, away.waiting], [1, 0]);
  away.leftInAll(1);
  assert.equal(away.length, 0);
});

test("a run goes over as it is, in pieces, as far as the mark and the room allow", () => {
  const runs: number[] = [];
  const carrier = Object.assign(new Carrier(9), {
    writeRun: ({ count }: FrameRun): boolean => runs.length < 2 && runs.push(count) > 0,
  });
  const away = new Away(carrier, new Deque<Message>());
  const frames = concat(Array.from({ length: 100 }, () => encodeFrame(0, Buffer.alloc(100))));
  const limits = { most: 99, longest: 1000 };
  const at = away.pushRun(frames, 0, frames.length, limits);
  assert.deepEqual([at / 102, away.sent, away.length], [runs.reduce((sum, count) => sum + count), at / 102, at / 102]);
  assert.ok(away.sent <= 99);
  assert.equal(new Away(new Carrier(9), new Deque<Message>()).pushRun(frames, 0, frames.length, limits), 0);
});
