import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { platform } from "#platform";
import {
  Context,
  Dealer,
  Pair,
  Proxy,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Socket,
} from "../../src/index.ts";
import { ManualClock } from "../../src/base/clock.ts";
import { ContextCore } from "../../src/sockets/context-core.ts";
import { SocketCore } from "../../src/sockets/core.ts";
import { PUSH } from "../../src/sockets/push.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { bound, fresh, KINDS, nobody } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";
import { child } from "../transports/node/child.ts";

const ETERM = zmqError("ETERM", "Context was terminated");

/** Whether a promise is settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const note = (): void => void (done = true);
  promise.then(note, note);
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

describe("context.shutdown()", () => {
  test("test_ctx_destroy/test_ctx_shutdown: ends what waits with ETERM, and every later call but close", async (t) => {
    const use = sockets(t);
    const context = new Context();
    const pull = use(new Pull({ context }));
    const push = use(new Push({ context }));
    const waiting = [
      pull.receive(),
      push.send("x"),
      push.ready(),
      pull.receiveWithMetadata(),
      pull[Symbol.asyncIterator]().next(),
    ];
    const rejections = waiting.map((each) => assert.rejects(each, ETERM));
    context.shutdown();
    await Promise.all(rejections);
    for (const call of [
      () => pull.receive(),
      () => pull.tryReceive(),
      () => pull.onMessage(() => undefined),
      () => push.send("x"),
      () => push.trySend("x"),
      () => push.bind("tcp://127.0.0.1:*"),
      () => push.bindSync("tcp://127.0.0.1:*"),
      () => push.connect("tcp://127.0.0.1:1"),
      () => push.unbindSync("tcp://127.0.0.1:1"),
      () => push.disconnect("tcp://127.0.0.1:1"),
      () => push.drain(),
      () => push.ready(),
    ]) {
      assert.throws(call, ETERM, String(call));
    }
    await assert.rejects(pull[Symbol.asyncIterator]().next(), ETERM);
    assert.equal(pull.closed, false);
    assert.equal(push.writable || pull.readable, false);
    pull.close();
    assert.throws(() => pull.tryReceive(), zmqError("EBADF"));
    context.shutdown();
  });

  test("a REP in the middle of a request, and a REQ, are told ETERM and not EFSM", async (t) => {
    const use = sockets(t);
    const context = new Context();
    const [request, reply] = [use(new Request({ context })), use(new Reply({ context }))];
    await meet(reply, request, "inproc");
    await request.send("?");
    await reply.receive();
    const waiting = [request.receive(), reply.receive()].map((each) => assert.rejects(each, ETERM));
    context.shutdown();
    await Promise.all(waiting);
  });

  test("a drain, a bind that is under way, and a handler end with it", async (t) => {
    const use = sockets(t);
    const context = new Context();
    const push = use(new Push({ context }));
    push.connect(nobody("tcp"));
    await push.send("queued");
    const pull = use(new Pull({ context }));
    const stop = pull.onMessage(() => assert.fail("no message comes"));
    const rejections = [push.drain(), pull.bind("tcp://127.0.0.1:*")].map((each) => assert.rejects(each, ETERM));
    context.shutdown();
    await Promise.all(rejections);
    stop();
  });

  test("test_ctx_destroy/test_ctx_shutdown_socket_opened_after, _only_socket_opened_after: no sockets are made any more", (t) => {
    for (const first of [true, false]) {
      const context = new Context();
      if (first) sockets(t)(new Pair({ context }));
      context.shutdown();
      assert.throws(() => new Pair({ context }), ETERM);
    }
  });

  for (const kind of KINDS) {
    test(`test_inproc_connect/test_shutdown_during_pend: over ${kind} connections stay until their sockets are closed`, async (t) => {
      const use = sockets(t);
      const context = new Context();
      const [mine, theirs] = [use(new Pair({ context })), use(new Pair(kind === "inproc" ? { context } : {}))];
      await meet(mine, theirs, kind);
      const watch = new Watch(theirs);
      context.shutdown();
      if (kind === "inproc") return;
      await theirs.send("still there");
      assert.equal(watch.of("disconnect").length, 0);
      mine.close();
      await watch.first("disconnect");
    });
  }

  test("observers still hear of the end, and what is no call still answers", async (t) => {
    const context = new Context();
    const pair = sockets(t)(new Pair({ context, linger: 3 }));
    const event = pair.events.receive();
    context.shutdown();
    assert.deepEqual([pair.linger, pair.context, pair.stats().peers, pair.peers().length], [3, context, 0, 0]);
    pair.close();
    assert.equal((await event).type, "end");
  });

  test("a proxy ends with ETERM and leaves its sockets to their owner", async (t) => {
    const use = sockets(t);
    const context = new Context();
    const [front, back] = [use(new Router({ context })), use(new Dealer({ context }))];
    bound(front, "tcp");
    bound(back, "tcp");
    const running = assert.rejects(new Proxy(front, back).run(), ETERM);
    context.shutdown();
    await running;
    assert.equal(front.closed || back.closed, false);
  });

  test("messages that were not received stay in the books", async (t) => {
    const use = sockets(t);
    const context = new Context();
    const [push, pull] = [use(new Push()), use(new Pull({ context }))];
    await meet(pull, push, "tcp");
    await push.send("unread");
    await until("its arrival", () => pull.stats().queuedIn === 1);
    context.shutdown();
    pull.close();
    assert.equal(pull.stats().drops.unread, 1);
  });
});

describe("context.terminate()", () => {
  test("resolves at once without sockets; then the context is closed for good", async () => {
    const context = new Context();
    await context.terminate();
    assert.throws(() => new Pair({ context }), zmqError("EFAULT", "Context is closed"));
    await context.terminate();
  });

  test("waits until all sockets were closed, by whoever made them", async () => {
    const context = new Context();
    const [one, other] = [new Pair({ context }), new Pair({ context })];
    const waiting = one.receive();
    const ended = context.terminate();
    await assert.rejects(waiting, ETERM);
    one.close();
    assert.equal(await settled(ended), false);
    assert.throws(() => new Pair({ context }), ETERM);
    other.close();
    await ended;
  });

  test("waits for what sockets linger for", async (t) => {
    const use = sockets(t);
    const context = new Context();
    const pull = use(new Pull({ receiveHighWaterMark: 1 }));
    const push = new Push({ context });
    await meet(pull, push, "tcp");
    const body = Buffer.alloc(200_000);
    for (let count = 0; count < 100; count++) await push.send(body);
    push.close();
    const ended = context.terminate();
    assert.equal(await settled(ended), false);
    for (let count = 0; count < 100; count++) await pull.receive({ timeout: 5000 });
    await ended;
    assert.equal(push.stats().messagesDelivered, 100);
  });

  test("test_ctx_options/test_ctx_option_blocky: with blocky false nothing lingers", async () => {
    const context = new Context({ blocky: false });
    const push = new Push({ context });
    push.connect(nobody("tcp"));
    await push.send("never");
    push.close();
    await context.terminate();
    assert.equal(push.stats().drops["linger-expired"], 1);
  });

  test("test_inproc_connect/test_connect_before_bind_ctx_term, test_connect_only: a name that nobody bound holds nothing up", async () => {
    const context = new Context();
    const [early, late] = [new Push({ context, linger: 60_000 }), new Push({ context })];
    for (const push of [early, late]) {
      push.connect(fresh("inproc"));
      await push.send("never");
    }
    early.close();
    const ended = context.terminate();
    late.close();
    await ended;
    for (const push of [early, late]) assert.equal(push.stats().drops["linger-expired"], 1);
  });

  test("`await using` closes what was left open, and waits", async (t) => {
    const use = sockets(t);
    const pull = use(new Pull());
    const address = bound(pull, "tcp");
    let push: Push;
    {
      await using context = new Context();
      push = new Push({ context });
      push.connect(address);
      await push.send("last words");
    }
    assert.ok(push.closed);
    assert.deepEqual(await next(pull), ["last words"]);
  });

  test("after a second it tells which sockets it waits for, and for how many messages to whom", () => {
    const clock = new ManualClock();
    const warnings: string[] = [];
    let holds = 0;
    const own = {
      ...platform,
      clock,
      warn: (text: string) => void warnings.push(text),
      hold: () => void holds++,
      release: () => void holds--,
    };
    const context = new ContextCore(own);
    const [open, closed] = [new SocketCore(PUSH, context, {}), new SocketCore(PUSH, context, {})];
    for (const core of [open, closed]) context.add(core);
    open.endpoints.bindSync("inproc://terminating");
    closed.endpoints.connect("tcp://127.0.0.1:1");
    for (let count = 0; count < 3; count++) closed.outgoing.trySend("x");
    closed.close();
    void context.terminate();
    assert.ok(holds > 0);
    clock.advance(999);
    assert.deepEqual(warnings, []);
    clock.advance(1);
    assert.deepEqual(warnings, [
      "Waiting for a ZeroMQ context to terminate. Push (inproc://terminating) is open: close() it." +
        " Push to tcp://127.0.0.1:1: 3 messages, linger -1 ms.",
    ]);
    closed.store.set("linger", 0);
    closed.endpoints.flushSync(0);
    for (const pipe of closed.ledger.pipes()) pipe.close("linger-expired", "unread");
  });

  test("holds the process, and says why", async () => {
    const program = child(`
      import { Context, Push } from "src/index.ts";
      const context = new Context();
      const push = new Push({ context });
      await context.terminate();`);
    await program.hear(/Waiting for a ZeroMQ context to terminate\. Push is open: close\(\) it\./);
    assert.equal(program.process.exitCode, null);
    program.process.kill("SIGKILL");
    await program.exit();
  });
});

describe("ioThreads", () => {
  test("0 is inproc only: other transports fail with EMTHREAD", async (t) => {
    const use = sockets(t);
    const context = new Context({ ioThreads: 0 });
    const [one, other] = [use(new Pair({ context })), use(new Pair({ context }))];
    await meet(one, other, "inproc");
    for (const address of ["tcp://127.0.0.1:*", fresh("ipc")]) {
      assert.throws(() => one.bindSync(address), zmqError("EMTHREAD", "ioThreads"));
      await assert.rejects(one.bind(address), zmqError("EMTHREAD"));
    }
    assert.throws(() => one.connect("tcp://127.0.0.1:5"), zmqError("EMTHREAD"));
    context.ioThreads = 1;
    one.bindSync("tcp://127.0.0.1:*");
  });

  test("an affinity that names no thread is EMTHREAD too", (t) => {
    const use = sockets(t);
    const context = new Context({ ioThreads: 2 });
    for (const [affinity, works] of [
      [0, true],
      [1, true],
      [2, true],
      [4, false],
      [6, true],
      [2 ** 52, false],
    ] as const) {
      const pair = use(new Pair({ context, affinity }));
      if (works) pair.bindSync("tcp://127.0.0.1:*");
      else assert.throws(() => pair.bindSync("tcp://127.0.0.1:*"), zmqError("EMTHREAD", "affinity"), String(affinity));
    }
  });
});

test("sockets of a context that was shut down elsewhere are as dead made by number", () => {
  const context = new Context();
  context.shutdown();
  assert.throws(() => new Socket(8, { context }), ETERM);
  assert.throws(() => new Publisher({ context }), ETERM);
});
