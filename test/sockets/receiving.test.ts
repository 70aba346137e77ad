import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Pull, Push, Reply, Request } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { LoopWatch } from "../support/loop-watch.ts";
import { meet } from "../support/meeting.ts";
import { KINDS, type Kind } from "../support/places.ts";
import { sockets, type Use } from "../support/sockets.ts";
import { next, texts } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

async function pipeline(use: Use, kind: Kind): Promise<[Push, Pull]> {
  const push = use(new Push({ sendHighWaterMark: 0 }));
  const pull = use(new Pull({ receiveHighWaterMark: 0 }));
  await meet(pull, push, kind);
  return [push, pull];
}

async function fill(push: Push, pull: Pull, count: number): Promise<void> {
  for (let at = 0; at < count; at++) push.trySend(`${at}`);
  await until("all messages", () => pull.stats().queuedIn === count);
}

function numbers(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, at) => `${from + at}`);
}

describe("waiting to receive", () => {
  test("test_timeo/test_timeo: receiveTimeout is the default, and the call's own timeout counts more", async (t) => {
    const pull = sockets(t)(new Pull({ receiveTimeout: 20 }));
    for (const [options, least] of [
      [undefined, 20],
      [{ timeout: 5 }, 5],
      [{ timeout: 0 }, 0],
    ] as const) {
      const began = performance.now();
      await assert.rejects(
        pull.receive(options),
        zmqError("EAGAIN", "Operation was not possible or timed out", "PULL"),
      );
      assert.ok(performance.now() - began >= least - 1.5);
    }
  });

  test("concurrent receives are served in order, whatever came in which pieces", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "tcp");
    const receives = Array.from({ length: 50 }, () => pull.receive());
    for (let at = 0; at < 50; at++) await push.send(`${at}`);
    assert.deepEqual((await Promise.all(receives)).map(String), numbers(50));
  });

  test("who waits goes first: tryReceive does not overtake", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "inproc");
    const waiting = pull.receive();
    assert.equal(pull.tryReceive(), undefined);
    await push.send("1");
    await push.send("2");
    assert.deepEqual(texts(pull.tryReceive()), ["2"]);
    assert.deepEqual(texts(await waiting), ["1"]);
  });

  test("a time-out and a signal end only their own wait", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "tcp");
    const stop = new AbortController();
    const [timed, aborted, patient] = [
      pull.receive({ timeout: 5 }),
      pull.receive({ signal: stop.signal }),
      pull.receive(),
    ];
    await assert.rejects(timed, zmqError("EAGAIN"));
    stop.abort(new Error("enough"));
    await assert.rejects(aborted, /enough/);
    await push.send("for the patient");
    assert.deepEqual(texts(await patient), ["for the patient"]);
    assert.equal(pull.stats().messagesTaken, 1);
  });

  test("zeromq.js A4: close ends waiting receives with EAGAIN; later ones throw EBADF at once", async (t) => {
    const pull = sockets(t)(new Pull());
    const waiting = [pull.receive(), pull.receive({ timeout: 5000 })];
    pull.close();
    for (const each of waiting) await assert.rejects(each, zmqError("EAGAIN", "closed"));
    assert.throws(() => pull.receive(), zmqError("EBADF"));
    assert.throws(() => pull.tryReceive(), zmqError("EBADF"));
    assert.throws(() => pull.onMessage(() => undefined), zmqError("EBADF"));
    assert.throws(() => pull.receiveWithMetadata(), zmqError("EBADF"));
  });

  test("wrong options are TypeErrors that name the argument", async (t) => {
    const pull = sockets(t)(new Pull());
    const wrong = { timeout: "soon" } as unknown as { timeout: number }; // what an untyped program may do
    await assert.rejects(async () => pull.receive(wrong), { name: "TypeError", message: /Option timeout .*got soon/ });
    await assert.rejects(async () => pull.messages(wrong).next(), { name: "TypeError", message: /Option timeout/ });
    assert.throws(() => pull.onMessage("handler" as unknown as () => void), /Handler must be a function/);
  });
});

describe("iteration", () => {
  for (const kind of KINDS) {
    test(`for await over ${kind} gives all messages in order, and ends when the socket closes`, async (t) => {
      const use = sockets(t);
      const [push, pull] = await pipeline(use, kind);
      const seen: string[] = [];
      const loop = (async () => {
        for await (const [body] of pull) if (seen.push(String(body)) === 3000) pull.close();
      })();
      for (let at = 0; at < 3000; at++) await push.send(`${at}`);
      await loop;
      assert.deepEqual(seen, numbers(3000));
      assert.ok(pull.closed);
    });
  }

  test("breaking out leaves the socket open, and the rest is there", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "inproc");
    await fill(push, pull, 3);
    for await (const message of pull) {
      assert.deepEqual(texts(message), ["0"]);
      break;
    }
    assert.equal(pull.closed, false);
    assert.deepEqual(await next(pull), ["1"]);
  });

  test("a loop that waits ends quietly on close, and a second one is over at once", async (t) => {
    const pull = sockets(t)(new Pull());
    const waiting = (async () => {
      for await (const _ of pull) assert.fail("nobody sent anything");
    })();
    await new Promise((resolve) => setImmediate(resolve));
    pull.close();
    await waiting;
    for await (const _ of pull) assert.fail("it is closed");
    for await (const _ of pull.batches()) assert.fail("it is closed");
  });

  test("messages({ timeout }) throws EAGAIN when nothing comes, and messages({ signal }) the signal's reason", async (t) => {
    const pull = sockets(t)(new Pull());
    await assert.rejects(async () => {
      for await (const _ of pull.messages({ timeout: 5 })) assert.fail("nobody sent anything");
    }, zmqError("EAGAIN"));
    const stop = new AbortController();
    const loop = (async () => {
      for await (const _ of pull.messages({ signal: stop.signal })) assert.fail("nobody sent anything");
    })();
    stop.abort(new Error("enough"));
    await assert.rejects(loop, /enough/);
  });

  test("receiveTimeout ends an iteration with EAGAIN while the socket is open", async (t) => {
    const pull = sockets(t)(new Pull({ receiveTimeout: 5 }));
    await assert.rejects(async () => {
      for await (const _ of pull) assert.fail("nobody sent anything");
    }, zmqError("EAGAIN"));
  });

  test("an EFSM of the socket's state is thrown, not taken for the end", async (t) => {
    const req = sockets(t)(new Request());
    const step = req[Symbol.asyncIterator]().next();
    await new Promise((resolve) => setImmediate(resolve));
    req.close();
    await assert.rejects(step, zmqError("EFSM"));
  });

  test("two loops on one socket share its messages", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "tcp");
    const seen: string[][] = [[], []];
    const loops = seen.map(async (mine) => {
      for await (const [body] of pull) {
        mine.push(String(body));
        await new Promise((resolve) => setImmediate(resolve));
        if (seen.flat().length === 100) pull.close();
      }
    });
    for (let at = 0; at < 100; at++) await push.send(`${at}`);
    await Promise.all(loops);
    assert.deepEqual(
      seen.flat().toSorted((a, b) => Number(a) - Number(b)),
      numbers(100),
    );
    assert.ok(seen.every((mine) => mine.length > 10));
  });
});

describe("batches", () => {
  test("give what is there at once, at most 512, in order", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "inproc");
    await fill(push, pull, 1200);
    const sizes: number[] = [];
    const seen: string[] = [];
    for await (const batch of pull.batches()) {
      sizes.push(batch.length);
      for (const [body] of batch) seen.push(String(body));
      if (seen.length === 1200) break;
    }
    assert.deepEqual(sizes, [512, 512, 176]);
    assert.deepEqual(seen, numbers(1200));
  });

  test("wait for the first message when none is there", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "tcp");
    const first = pull.batches({ timeout: 5000 }).next();
    await push.send("late");
    const { value } = (await first) as { value: Buffer[][] };
    assert.deepEqual(value.map(texts), [["late"]]);
  });
});

describe("onMessage", () => {
  test("calls the handler with what is there and with what comes, until it is told to stop", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "inproc");
    await fill(push, pull, 3);
    const seen: string[] = [];
    const stop = pull.onMessage(([body]) => seen.push(String(body)));
    assert.deepEqual(seen, [], "not before the call returned");
    await until("the first three", () => seen.length === 3);
    push.trySend("3");
    assert.deepEqual(seen, numbers(4));
    stop();
    stop();
    push.trySend("4");
    assert.deepEqual(await next(pull), ["4"]);
    assert.equal(seen.length, 4);
  });

  test("a second handler is EBUSY and says what to do", async (t) => {
    const pull = sockets(t)(new Pull());
    const stop = pull.onMessage(() => undefined);
    assert.throws(() => pull.onMessage(() => undefined), zmqError("EBUSY", "call the function it returned first"));
    stop();
    pull.onMessage(() => undefined)();
  });

  test("the function that a former handler got does not end the next one", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "inproc");
    const stop = pull.onMessage(() => undefined);
    stop();
    const seen: string[] = [];
    pull.onMessage(([body]) => seen.push(String(body)));
    stop();
    await push.send("x");
    await until("the message", () => seen.length === 1);
  });

  test("a handler may stop itself or close the socket in the middle", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "inproc");
    await fill(push, pull, 5);
    const seen: string[] = [];
    const stop = pull.onMessage(([body]) => {
      if (seen.push(String(body)) === 2) stop();
    });
    await until("two messages", () => seen.length === 2);
    assert.deepEqual(await next(pull), ["2"]);
    pull.onMessage(([body]) => {
      seen.push(String(body));
      pull.close();
    });
    await until("the end", () => pull.closed);
    stop();
    assert.deepEqual(seen, ["0", "1", "3"]);
    assert.equal(pull.stats().drops.unread, 1);
  });
});

describe("fairness", () => {
  for (const kind of KINDS) {
    test(`zeromq.js 0.8: 2500 awaited receives over ${kind} let the event loop go round`, async (t) => {
      const use = sockets(t);
      const [push, pull] = await pipeline(use, kind);
      await fill(push, pull, 2500);
      const loop = new LoopWatch();
      for (let count = 0; count < 2500; count++) await pull.receive();
      loop.stop();
      assert.ok(loop.turns >= 1, `${loop.turns} turns of the event loop`);
    });
  }

  test("a flood that a loop answers at once does not keep timers waiting", async (t) => {
    const use = sockets(t);
    const [push, pull] = await pipeline(use, "tcp");
    let over = false;
    const loop = new LoopWatch();
    const sender = (async () => {
      while (!over) await push.send("flood");
    })();
    const receiver = (async () => {
      for await (const _ of pull) if (over) break;
    })();
    await until("ten ticks", () => loop.ticks >= 10);
    over = true;
    loop.stop();
    await sender;
    await push.send("last");
    await receiver;
  });

  test("handlers that answer each other over inproc do not keep timers waiting", async (t) => {
    const use = sockets(t);
    const [req, rep] = [use(new Request()), use(new Reply())];
    await meet(rep, req, "inproc");
    let turns = 0;
    rep.onMessage((message) => rep.trySend(message));
    const stop = req.onMessage((message) => {
      turns++;
      req.trySend(message);
    });
    const loop = new LoopWatch();
    await req.send("ping");
    await until("ten ticks", () => loop.ticks >= 10);
    loop.stop();
    stop();
    assert.ok(turns > 10);
  });
});

test("readable and writable say what could be done now", async (t) => {
  const use = sockets(t);
  const push = use(new Push());
  assert.equal(push.writable, false);
  assert.equal(push.readable, false);
  const pull = use(new Pull());
  await meet(pull, push, "inproc");
  assert.deepEqual([push.writable, pull.readable, pull.writable], [true, false, false]);
  await push.send("x");
  assert.equal(pull.readable, true);
  push.close();
  assert.equal(push.writable, false);
  pull.close();
  assert.equal(pull.readable, false);
});
