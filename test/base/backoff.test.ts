import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../src/base/backoff.ts";

const delays = (backoff: Backoff, count: number): (number | null)[] =>
  Array.from({ length: count }, () => backoff.next());

test("without a maximum, the wait is the interval and a random part below it", () => {
  const randoms = [0, 0.5, 0.999];
  const backoff = new Backoff(100, 0, () => randoms.shift() ?? 0);
  assert.deepEqual(delays(backoff, 3), [100, 150, 199]);
});

test("with a maximum, the wait doubles exactly up to it", () => {
  const backoff = new Backoff(50, 300, () => 0.9);
  assert.deepEqual(delays(backoff, 5), [50, 100, 200, 300, 300]);
});

test("a maximum below the interval is the wait", () => {
  assert.deepEqual(delays(new Backoff(100, 30, () => 0), 3), [30, 30, 30]);
});

test("doubling starts again after a reset", () => {
  const backoff = new Backoff(50, 300, () => 0);
  delays(backoff, 3);
  backoff.reset();
  assert.deepEqual(delays(backoff, 2), [50, 100]);
});

test("libzmq #3436: the wait stays at its maximum however often it fails, whatever the two are", () => {
  for (const [interval, max] of [
    [50, 300],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [1, 2 ** 31 - 1],
  ] as const) {
    const waits = delays(new Backoff(interval, max, () => 0.999), 10_000);
    assert.deepEqual(new Set(waits.slice(40)), new Set([max]));
    assert.ok(waits.every((wait) => wait !== null && wait >= interval && wait <= max));
  }
  for (const wait of delays(new Backoff(2 ** 31 - 1, 0, () => 0.999), 10_000)) assert.ok(Number.isSafeInteger(wait));
});

test("intervals 0 and -1 mean never, whatever the maximum", () => {
  for (const interval of [0, -1]) {
    for (const max of [0, 100]) assert.equal(new Backoff(interval, max, () => 0.5).next(), null);
  }
});
