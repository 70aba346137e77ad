import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Pull, Push, Reply, Request } from "../../src/index.ts";
import { LoopWatch } from "../support/loop-watch.ts";
import { meet } from "../support/meeting.ts";
import { bound, fresh, KINDS } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

describe("waiting to send", () => {
  test("test_timeo/test_timeo: sendTimeout is the default, and the call's own timeout counts more", async (t) => {
    const push = sockets(t)(new Push({ sendTimeout: 20 }));
    for (const [options, least] of [
      [undefined, 20],
      [{ timeout: 5 }, 5],
      [{ timeout: 0 }, 0],
    ] as const) {
      const began = performance.now();
      await assert.rejects(push.send("x", options), zmqError("EAGAIN", "Operation was not possible or timed out"));
      assert.ok(performance.now() - began >= least - 1.5);
    }
    push.sendTimeout = 0;
    await assert.rejects(push.send("x"), zmqError("EAGAIN"));
  });

  test("concurrent sends queue, and go out in their order", async (t) => {
    const use = sockets(t);
    const push = use(new Push());
    const sends = Array.from({ length: 100 }, (_, at) => push.send(`${at}`));
    assert.equal(push.writable, false);
    const pull = use(new Pull());
    push.connect(bound(pull, "tcp"));
    await Promise.all(sends);
    for (let at = 0; at < 100; at++) assert.deepEqual(await next(pull), [`${at}`]);
  });

  test("who waits goes first: trySend does not overtake", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 1, linger: 0 }));
    push.connect(fresh("inproc"));
    await push.send("1");
    const second = push.send("2", { timeout: 5000 });
    assert.equal(push.trySend("3"), false);
    const pull = use(new Pull({ receiveHighWaterMark: 1 }));
    pull.bindSync(push.lastEndpoint ?? "");
    assert.deepEqual(await next(pull), ["1"]);
    await second;
    assert.deepEqual(await next(pull), ["2"]);
    assert.equal(pull.tryReceive(), undefined);
  });

  test("a signal ends one wait with its reason, and the others keep their place", async (t) => {
    const use = sockets(t);
    const push = use(new Push());
    const stop = new AbortController();
    const first = push.send("first", { signal: stop.signal });
    const second = push.send("second");
    const reason = new Error("enough");
    stop.abort(reason);
    await assert.rejects(first, reason);
    const pull = use(new Pull());
    await meet(pull, push, "tcp");
    await second;
    assert.deepEqual(await next(pull), ["second"]);
    assert.equal(push.stats().messagesSent, 1);
  });

  test("a signal that fired already sends nothing", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    await meet(pull, push, "inproc");
    await assert.rejects(async () => push.send("x", { signal: AbortSignal.abort(new Error("before")) }), /before/);
    assert.equal(pull.tryReceive(), undefined);
  });

  test("AbortSignal.timeout ends a wait with a TimeoutError", async (t) => {
    const push = sockets(t)(new Push());
    await assert.rejects(push.send("x", { signal: AbortSignal.timeout(5) }), { name: "TimeoutError" });
  });

  test("a timeout of -1 and of Infinity wait until somebody is there", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendTimeout: 1 }));
    const sends = [push.send("1", { timeout: -1 }), push.send("2", { timeout: Infinity })];
    await assert.rejects(push.send("3"), zmqError("EAGAIN"));
    const pull = use(new Pull());
    await meet(pull, push, "ipc");
    await Promise.all(sends);
    assert.deepEqual([...(await next(pull)), ...(await next(pull))], ["1", "2"]);
  });

  const WRONG = [
    [1, "Options must be an object"],
    [null, "Options must be an object"],
    [{ timeout: "5" }, "Option timeout must be a number of ms, or -1 to wait for ever (got 5)"],
    [{ timeout: Number.NaN }, "Option timeout must be a number of ms, or -1 to wait for ever (got NaN)"],
    [{ timeout: -2 }, "Option timeout must be a number of ms, or -1 to wait for ever (got -2)"],
    [{ signal: {} }, "Option signal must be an AbortSignal"],
  ] as const;
  for (const [options, message] of WRONG) {
    test(`wrong options are TypeErrors that name the argument: ${JSON.stringify(options)}`, async (t) => {
      const push = sockets(t)(new Push());
      const wrong = options as { timeout: number }; // what an untyped program may do
      await assert.rejects(async () => push.send("x", wrong), { name: "TypeError", message });
    });
  }
});

describe("a closed socket", () => {
  test("zeromq.js 0.2: send and trySend throw EBADF at once", (t) => {
    const push = sockets(t)(new Push());
    push.close();
    assert.throws(() => push.send("x"), zmqError("EBADF", "Socket is closed"));
    assert.throws(() => push.trySend("x"), zmqError("EBADF", "Socket is closed"));
  });

  test("zeromq.js A4: sends that wait end with EAGAIN, and their messages are not counted as sent", async (t) => {
    const push = sockets(t)(new Push());
    const sends = [push.send("1"), push.send("2", { timeout: 5000 })];
    push.close();
    for (const send of sends) await assert.rejects(send, zmqError("EAGAIN", "closed"));
    assert.equal(push.stats().messagesSent, 0);
  });
});

for (const kind of KINDS) {
  test(`zeromq.js 0.8: 2500 awaited sends over ${kind} let the event loop go round`, async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 0 }));
    await meet(use(new Pull({ receiveHighWaterMark: 0 })), push, kind);
    const loop = new LoopWatch();
    for (let count = 0; count < 2500; count++) await push.send("x");
    loop.stop();
    assert.ok(loop.turns >= 4, `${loop.turns} turns of the event loop`);
  });
}

test("a sender that never waits does not keep a 0 ms interval from firing", async (t) => {
  const use = sockets(t);
  const push = use(new Push({ sendHighWaterMark: 0, linger: 0 }));
  push.connect(fresh("inproc"));
  const loop = new LoopWatch();
  for (const end = performance.now() + 1000; loop.ticks < 3 && performance.now() < end;) await push.send("x");
  loop.stop();
  assert.ok(loop.ticks >= 3, `${loop.ticks} ticks in a second`);
});

test("an error in the middle of the queue does not hold up those behind it", async (t) => {
  const use = sockets(t);
  const req = use(new Request());
  const first = req.send("one");
  const second = req.send("two");
  const third = req.send("three", { timeout: 5000 });
  const rep = use(new Reply());
  await meet(rep, req, "inproc");
  await first;
  await assert.rejects(second, zmqError("EFSM"));
  await assert.rejects(third, zmqError("EFSM"));
  assert.deepEqual(await next(rep), ["one"]);
});
