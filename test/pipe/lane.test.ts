import assert from "node:assert/strict";
import { test } from "node:test";
import { Deque } from "../../src/base/deque.ts";
import type { Message } from "../../src/base/message.ts";
import { Lane } from "../../src/pipe/lane.ts";

function laneOf(limit: number): Lane {
  return new Lane(new Deque<Message>(), limit);
}

/** What Pipe does for a message. */
function write(lane: Lane): boolean {
  if (!lane.ready()) return false;
  lane.written++;
  return true;
}

test("reads are credited in steps of the low mark, (HWM + 1) / 2", () => {
  for (const [limit, low] of [
    [1, 1],
    [2, 1],
    [3, 2],
    [10, 5],
    [1000, 500],
  ] as const) {
    const lane = laneOf(limit);
    while (write(lane));
    assert.equal(lane.written, limit);
    for (let read = 1; read < low; read++) assert.equal(lane.took(1), false);
    assert.equal(lane.took(1), true);
    assert.equal(lane.full, false);
  }
});

test("asking whether it is full stops nobody; being refused does, once", () => {
  const lane = laneOf(1);
  write(lane);
  assert.equal(lane.full, true);
  assert.deepEqual([lane.stopped, lane.stops], [false, 0]);
  write(lane);
  write(lane);
  assert.deepEqual([lane.stopped, lane.stops], [true, 1]);
});

test("many reads at once are credited as many", () => {
  const lane = laneOf(10);
  while (write(lane));
  assert.equal(lane.took(7), true);
  let more = 0;
  while (write(lane)) more++;
  assert.equal(more, 5);
});

test("a changed mark counts what is queued at that moment", () => {
  const lane = laneOf(10);
  while (write(lane));
  lane.took(3);
  assert.equal(lane.setLimit(7), false);
  assert.equal(lane.limit, 7);
  assert.equal(lane.setLimit(8), true);
  assert.equal(lane.setLimit(9), false);
  assert.equal(lane.stopped, false);
});

test("without a mark it is never full", () => {
  const lane = laneOf(0);
  lane.written = 1e9;
  assert.equal(lane.full, false);
  assert.equal(lane.ready(), true);
});
