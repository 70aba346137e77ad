import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Timers } from "../src/index.ts";
import { ManualClock } from "../src/base/clock.ts";
import { zmqError } from "./support/zmq-error.ts";

function scene(): { clock: ManualClock; timers: Timers; ran: number[]; run: (id: number) => void } {
  const clock = new ManualClock();
  const ran: number[] = [];
  return { clock, timers: new Timers(() => clock.now()), ran, run: (id) => void ran.push(id) };
}

describe("timers", () => {
  test("test_timers/test_corner_cases: ids count from 1; what is not there, or no longer, is EINVAL", () => {
    const { timers, run } = scene();
    assert.equal(timers.timeout(), -1);
    timers.execute();
    const id = timers.add(100, run);
    assert.equal(id, 1);
    assert.equal(timers.add(100, run), 2);
    timers.cancel(id);
    for (const call of [
      () => timers.cancel(id),
      () => timers.reset(id),
      () => timers.setInterval(id, 5),
      () => timers.cancel(99),
      () => timers.cancel("1" as unknown as number),
    ]) {
      assert.throws(call, zmqError("EINVAL", "there is no timer"));
    }
  });

  test("test_timers/test_null_timer_pointers: a handler that is none is a TypeError, an interval that is none EINVAL", () => {
    const { timers, run } = scene();
    assert.throws(() => timers.add(100, null as unknown as () => void), { name: "TypeError", message: /Handler/ });
    for (const bad of [-1, NaN, Infinity, "5"]) {
      assert.throws(() => timers.add(bad as number, run), zmqError("EINVAL", "interval"), String(bad));
    }
    const id = timers.add(0, run);
    assert.throws(() => timers.setInterval(id, -1), zmqError("EINVAL"));
  });

  test("test_timers/test_timers: runs what is due when executed, again and again, and says how long until the next", () => {
    const { clock, timers, ran, run } = scene();
    const id = timers.add(100, run);
    assert.equal(timers.timeout(), 100);
    timers.execute();
    assert.deepEqual(ran, []);
    clock.advance(100);
    assert.equal(timers.timeout(), 0);
    timers.execute();
    assert.deepEqual(ran, [id]);
    clock.advance(50);
    assert.equal(timers.timeout(), 50);
    timers.reset(id);
    clock.advance(70);
    timers.execute();
    assert.equal(ran.length, 1, "reset began it again");
    clock.advance(30);
    timers.execute();
    assert.equal(ran.length, 2);
    timers.setInterval(id, 40);
    assert.equal(timers.timeout(), 40);
    timers.cancel(id);
    clock.advance(1000);
    timers.execute();
    assert.equal(ran.length, 2);
    assert.equal(timers.timeout(), -1);
  });

  test("what was missed is not made up for: one run, and the next an interval later", () => {
    const { clock, timers, ran, run } = scene();
    timers.add(10, run);
    clock.advance(95);
    timers.execute();
    assert.equal(ran.length, 1);
    assert.equal(timers.timeout(), 10);
  });

  test("the earliest runs first", () => {
    const { clock, timers, ran, run } = scene();
    const [late, early] = [timers.add(30, run), timers.add(20, run)];
    clock.advance(30);
    timers.execute();
    assert.deepEqual(ran, [early, late]);
  });

  test("handlers may cancel, put off and add timers, themselves too", () => {
    const { clock, timers, ran, run } = scene();
    const first = timers.add(10, (id) => {
      run(id);
      timers.cancel(id);
      timers.cancel(second);
      timers.reset(third);
      timers.add(0, run);
    });
    const second = timers.add(10, run);
    const third = timers.add(10, run);
    clock.advance(10);
    timers.execute();
    assert.deepEqual(ran, [first]);
    timers.execute();
    assert.deepEqual(ran, [first, 4]);
  });

  test("a handler that throws leaves the others due", () => {
    const { clock, timers, ran, run } = scene();
    const thrower = timers.add(10, () => {
      throw new Error("mine");
    });
    const other = timers.add(10, run);
    clock.advance(10);
    assert.throws(() => timers.execute(), /mine/);
    timers.execute();
    assert.deepEqual(ran, [other]);
    timers.cancel(thrower);
  });

  test("by themselves they run on the platform's clock, in whole milliseconds", () => {
    const timers = new Timers();
    timers.add(1000, () => undefined);
    const timeout = timers.timeout();
    assert.ok(Number.isInteger(timeout) && timeout > 900 && timeout <= 1000);
  });
});
