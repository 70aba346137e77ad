import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { platform } from "../../src/platform/node.ts";
import { until } from "../conformance/recorders.ts";
import { child } from "../transports/node/child.ts";

const START = `
  import { platform } from "src/platform/node.ts";
  const say = (text) => console.log(text);`;

describe("turns", () => {
  test("atEndOfTurn runs all in order after the current code, and what they add after them", async () => {
    const order: string[] = [];
    platform.atEndOfTurn(() => {
      order.push("a");
      platform.atEndOfTurn(() => order.push("c"));
    });
    platform.atEndOfTurn(() => order.push("b"));
    order.push("code");
    const io = new Promise<void>((resolve) => platform.afterIo(resolve));
    await io;
    assert.deepEqual(order, ["code", "a", "b", "c"]);
  });

  test("the end of a turn that began in a promise is after the promises that are ready", async () => {
    const order: string[] = [];
    await Promise.resolve();
    platform.atEndOfTurn(() => order.push("end"));
    void Promise.resolve()
      .then(() => undefined)
      .then(() => order.push("promise"));
    await until("the end", () => order.length === 2);
    assert.deepEqual(order, ["promise", "end"]);
  });

  test("one that throws does not keep the others from running", async () => {
    const thrower = child(`${START}
      process.on("uncaughtException", (error) => say("caught " + error.message));
      platform.atEndOfTurn(() => { throw new Error("boom"); });
      platform.atEndOfTurn(() => say("ran"));`);
    assert.equal(await thrower.exit(), 0);
    assert.match(thrower.said(), /caught boom\nran/);
  });
});

describe("clock", () => {
  test("timers run after their delay and not when cancelled; unheard-of delays wait", async () => {
    const { clock } = platform;
    const start = clock.now();
    let [ran, never] = [0, 0];
    const cancelled = clock.after(1, () => never++);
    cancelled.cancel();
    cancelled.cancel();
    const long = [clock.after(2 ** 40, () => never++), clock.after(Infinity, () => never++)];
    const timer = clock.after(5, () => (ran = clock.now()));
    await until("the timer", () => ran > 0);
    timer.cancel();
    assert.ok(ran - start >= 4);
    assert.equal(never, 0);
    for (const each of long) each.cancel();
    assert.ok(Math.abs(clock.date() - Date.now()) < 1000);
  });
});

describe("the process", () => {
  test("timers do not hold it, hold does, until as many releases", async () => {
    const held = child(`${START}
      platform.clock.after(60000, () => say("never"));
      platform.hold(); platform.hold();
      platform.clock.after(20, () => { platform.release(); say("one"); });
      platform.clock.after(40, () => { platform.release(); say("two"); });`);
    assert.equal(await held.exit(), 0);
    assert.match(held.said(), /^one\ntwo\n$/);
    const free = child(`${START} platform.hold(); platform.release(); platform.clock.after(5000, () => say("never"));`);
    assert.equal(await free.exit(), 0);
    assert.equal(free.said(), "");
  });

  test("onIdleExit may go on, onExit comes last, and each event has one listener", async () => {
    const ending = child(`${START}
      let rounds = 0;
      const count = () => process.listenerCount("beforeExit") + process.listenerCount("exit");
      const before = count();
      platform.onIdleExit(() => {
        if (rounds++ > 0) return;
        platform.hold();
        platform.clock.after(5, () => { say("more"); platform.release(); });
      });
      for (let at = 0; at < 20; at++) { platform.onIdleExit(() => {}); platform.onExit(() => {}); }
      platform.onExit(() => say("exit"));
      say("listeners " + (count() - before));`);
    assert.equal(await ending.exit(), 0);
    assert.match(ending.said(), /^listeners 2\nmore\nexit\n$/);
  });

  test("warn is one line with the process id; emitWarning is a process warning", async () => {
    const warned = child(`${START}
      process.on("warning", (warning) => say("heard " + warning.message));
      platform.warn("first"); platform.emitWarning("second");`);
    assert.equal(await warned.exit(), 0);
    assert.match(warned.said(), /\(node:\d+\) WARNING: first\n/);
    assert.match(warned.said(), /heard second/);
  });
});

test("random numbers are in their ranges", () => {
  for (let at = 0; at < 100; at++) {
    const [fraction, whole] = [platform.random(), platform.random32()];
    assert.ok(fraction >= 0 && fraction < 1);
    assert.ok(Number.isInteger(whole) && whole >= 0 && whole < 2 ** 32);
  }
});

test("tcp and ipc are there, by their schemes", () => {
  for (const scheme of ["tcp", "ipc"]) assert.equal(platform.transports.get(scheme)?.scheme, scheme);
});
