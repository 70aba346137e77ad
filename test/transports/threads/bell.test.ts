import assert from "node:assert/strict";
import { test } from "node:test";
import { ASLEEP, Bell, CAN_SLEEP, nudge, ring, WAITING } from "../../../src/transports/threads/bell.ts";
import { until } from "../../conformance/recorders.ts";

function bell(): { words: Int32Array; bell: Bell; rung: () => number } {
  const words = new Int32Array(new SharedArrayBuffer(16));
  let count = 0;
  return { words, bell: new Bell(words, 1, () => count++), rung: () => count };
}

test("this runtime can be woken through shared memory", () => {
  assert.equal(CAN_SLEEP, true);
});

test("who sleeps is woken once, however often somebody rings", async () => {
  const { words, bell: own, rung } = bell();
  own.sleep(ASLEEP);
  own.listen();
  own.listen();
  ring(words, 1);
  ring(words, 1);
  await until("the bell", () => rung() > 0);
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rung(), 1);
  own.sleep(ASLEEP);
  own.listen();
  ring(words, 1);
  await until("the bell again", () => rung() === 2);
});

test("who is awake is not woken", async () => {
  const { words, bell: own, rung } = bell();
  own.sleep(ASLEEP);
  own.rise();
  ring(words, 1);
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rung(), 0);
});

test("who was rung between going to sleep and listening is woken at once", async () => {
  const { words, bell: own, rung } = bell();
  own.sleep(WAITING);
  ring(words, 1);
  own.listen();
  await until("the bell", () => rung() === 1);
});

test("progress wakes only who waits for it", async () => {
  const { words, bell: own, rung } = bell();
  own.sleep(ASLEEP);
  own.listen();
  nudge(words, 1);
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rung(), 0);
  own.sleep(WAITING);
  nudge(words, 1);
  await until("the bell", () => rung() === 1);
});
