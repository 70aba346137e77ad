import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../src/base/clock.ts";

test("the manual clock moves only when told", () => {
  const clock = new ManualClock();
  assert.deepEqual([clock.now(), clock.date()], [0, 0]);
  clock.advance(5);
  assert.deepEqual([clock.now(), clock.date()], [5, 5]);
});

test("timers run in order of time, then of setting, each at its own time", () => {
  const clock = new ManualClock();
  const ran: string[] = [];
  const note = (name: string) => (): void => void ran.push(`${name}@${clock.now()}`);
  clock.after(20, note("late"));
  clock.after(10, note("first"));
  clock.after(10, note("second"));
  clock.after(31, note("never"));
  clock.advance(30);
  assert.deepEqual(ran, ["first@10", "second@10", "late@20"]);
  assert.equal(clock.now(), 30);
  assert.equal(clock.waiting, 1);
});

test("a timer that a timer sets runs in the same advance when it falls due", () => {
  const clock = new ManualClock();
  const times: number[] = [];
  const again = (): void => {
    times.push(clock.now());
    clock.after(10, again);
  };
  clock.after(10, again);
  clock.advance(35);
  assert.deepEqual(times, [10, 20, 30]);
});

test("a cancelled timer does not run; cancelling twice, or afterwards, does nothing", () => {
  const clock = new ManualClock();
  let ran = 0;
  const cancelled = clock.after(10, () => ran++);
  const kept = clock.after(10, () => ran++);
  cancelled.cancel();
  cancelled.cancel();
  clock.advance(10);
  kept.cancel();
  assert.equal(ran, 1);
  assert.equal(clock.waiting, 0);
});

test("a timer can cancel another that is due at the same time", () => {
  const clock = new ManualClock();
  let ran = false;
  clock.after(10, () => other.cancel());
  const other = clock.after(10, () => (ran = true));
  clock.advance(10);
  assert.equal(ran, false);
});
