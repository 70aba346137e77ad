import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Worker } from "node:worker_threads";
import * as theirs from "zeromq";
import { Context, Dealer, Pull, Push, Router, type Socket } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { bound, fresh, KINDS } from "../support/places.ts";
import { CURVE, secure } from "../support/securities.ts";
import { assertSettled, sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";
import { child } from "../transports/node/child.ts";

const PATIENCE = { timeout: 5000 };

/** Workers that this process started since. */
function workers(): { readonly started: Worker[]; stop(): void } {
  const started: Worker[] = [];
  const heard = (worker: Worker): void => void started.push(worker);
  process.on("worker", heard);
  return { started, stop: () => process.off("worker", heard) };
}

/** Blocks this thread, as a long computation would. */
function blockFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe("while the application is blocked", () => {
  test("heartbeats are answered and messages go on arriving: libzmq keeps its connection, and nothing is lost", async (t) => {
    const context = new Context({ background: true });
    const pull = sockets(t)(new Pull({ context, receiveHighWaterMark: 0 }));
    const address = bound(pull, "tcp");
    const push = new theirs.Push({ heartbeatInterval: 50, heartbeatTimeout: 300, sendHighWaterMark: 0, linger: 0 });
    t.after(() => push.close());
    const lost: string[] = [];
    push.events.on("disconnect", () => lost.push("disconnect"));
    push.connect(address);
    await pull.ready(PATIENCE);
    const sending = (async (): Promise<void> => {
      for (let count = 0; count < 5000; count++) await push.send(String(count));
    })();
    blockFor(1500);
    for (let count = 0; count < 5000; count++) {
      assert.equal(String((await pull.receive(PATIENCE))[0]), String(count));
    }
    await sending;
    assert.deepEqual(lost, []);
    assert.equal(pull.stats().disconnects, 0);
  });

  test("what it had sent before goes out", async (t) => {
    const pull = sockets(t)(new Pull({ receiveHighWaterMark: 0 }));
    const sender = child(`
      import { Context, Push } from "src/index.ts";
      const push = new Push({ context: new Context({ background: true }), sendHighWaterMark: 0 });
      push.connect("${bound(pull, "tcp")}");
      for (let count = 0; count < 1000; count++) await push.send(String(count));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);`);
    t.after(() => sender.process.kill("SIGKILL"));
    for (let count = 0; count < 1000; count++) {
      assert.equal(String((await pull.receive({ timeout: 20_000 }))[0]), String(count), sender.said());
    }
  });
});

describe("the end of a process with I/O threads", () => {
  for (const [how, last] of [
    ["process.exit()", "process.exit(7);"],
    ["an exception that nobody catches", 'throw new Error("of a test");'],
    ["nothing left to do", "process.exitCode = 7;"],
  ] as const) {
    test(`what is queued to a connected peer goes out at ${how}`, async (t) => {
      const pull = sockets(t)(new Pull({ receiveHighWaterMark: 0 }));
      const sender = child(`
        import { Context, Push } from "src/index.ts";
        const push = new Push({ context: new Context({ background: true }), sendHighWaterMark: 0 });
        push.connect("${bound(pull, "tcp")}");
        await push.ready();
        for (let count = 0; count < 20_000; count++) push.send([String(count), Buffer.alloc(100)]);
        ${last}`);
      for (let count = 0; count < 20_000; count++) {
        const [number] = await pull.receive({ timeout: 20_000 });
        assert.equal(String(number), String(count), sender.said());
      }
      assert.equal(await sender.exit(), how.startsWith("an") ? 1 : 7, sender.said());
    });
  }

  test("idle sockets don't hold it", async () => {
    const idle = child(`
      import { Context, Pull } from "src/index.ts";
      const pull = new Pull({ context: new Context({ background: true, ioThreads: 2 }) });
      await pull.bind("tcp://127.0.0.1:0");
      console.log("bound");`);
    await idle.hear(/bound/);
    assert.equal(await idle.exit(), 0, idle.said());
  });
});

describe("which thread", () => {
  test("none is started before there is work, and each connection goes to the one that has least", async (t) => {
    const { started, stop } = workers();
    t.after(stop);
    const context = new Context({ background: true, ioThreads: 2 });
    const use = sockets(t);
    const pull = use(new Pull({ context }));
    assert.equal(started.length, 0);
    const address = bound(pull, "tcp");
    await until("the threads", () => started.length === 1);
    const pushes = [1, 2, 3, 4].map(() => use(new Push({ context })));
    for (const push of pushes) push.connect(address);
    await until("the threads", () => started.length === 2);
    await pull.ready({ ...PATIENCE, peers: 4 });
  });

  test("an affinity names the threads that may be taken (ZMQ_AFFINITY), and one that names none is EMTHREAD", async (t) => {
    const { started, stop } = workers();
    t.after(stop);
    const context = new Context({ background: true, ioThreads: 2 });
    const use = sockets(t);
    for (let count = 0; count < 3; count++) bound(use(new Pull({ context, affinity: 2 })), "tcp");
    await until("the threads", () => started.length === 1);
    assert.throws(() => bound(use(new Pull({ context, affinity: 4 })), "tcp"), zmqError("EMTHREAD"));
  });

  test("CURVE clients are spread over the threads", async (t) => {
    const { started, stop } = workers();
    t.after(stop);
    const context = new Context({ background: true, ioThreads: 2 });
    const use = sockets(t);
    const router = use(new Router());
    secure(router, CURVE, "server");
    const address = bound(router, "tcp");
    const dealers = [1, 2, 3, 4].map(() => use(new Dealer({ context })));
    for (const dealer of dealers) {
      secure(dealer, CURVE, "client");
      dealer.connect(address);
      await dealer.send("hello");
    }
    await until("the threads", () => started.length === 2);
    for (const _ of dealers) {
      const [id, body] = await router.receive(PATIENCE);
      await router.send([id ?? "", body ?? ""]);
    }
    for (const dealer of dealers) assert.equal(String(await dealer.receive(PATIENCE)), "hello");
    assert.equal(
      router.peers().every(({ mechanism }) => mechanism === "CURVE"),
      true,
    );
  });

  test("they end with their context, whether its last socket ends then or has ended before", async () => {
    for (const before of [false, true]) {
      const { started, stop } = workers();
      const context = new Context({ background: true });
      const pull = new Pull({ context });
      bound(pull, "tcp");
      await until("the thread", () => started.length === 1);
      stop();
      const [worker] = started;
      const ended = new Promise((resolve) => worker?.once("exit", resolve));
      pull.close();
      if (before) await pull.ended();
      await context.terminate();
      await ended;
    }
  });

  test("more may be allowed when some run already", async (t) => {
    const { started, stop } = workers();
    t.after(stop);
    const context = new Context({ background: true, ioThreads: 1 });
    const use = sockets(t);
    bound(use(new Pull({ context })), "tcp");
    context.ioThreads = 2;
    bound(use(new Pull({ context, affinity: 2 })), "tcp");
    await until("the second thread", () => started.length === 2);
  });

  test("a bind that waits for one that is gone fails with EMTHREAD, and can be tried again", async (t) => {
    const { started, stop } = workers();
    t.after(stop);
    const pull = sockets(t)(new Pull({ context: new Context({ background: true }) }));
    const binding = pull.bind("tcp://127.0.0.1:*");
    await until("the thread", () => started.length === 1);
    await Promise.all([started[0]?.terminate(), assert.rejects(binding, zmqError("EMTHREAD", "has ended"))]);
    await pull.bind("tcp://127.0.0.1:*");
  });

  test("one that is gone takes its connections along: what it had is counted, and others go on", async (t) => {
    const { started, stop } = workers();
    t.after(stop);
    const context = new Context({ background: true });
    const push = new Push({ context, linger: 0 });
    push.connect("tcp://127.0.0.1:1");
    await push.send("lost");
    await until("the thread", () => started.length === 1);
    await started[0]?.terminate();
    await until("the loss", () => push.stats().drops["peer-lost"] === 1);
    push.close();
    await push.ended();
    assertSettled(push);
    const use = sockets(t);
    const [one, other] = [use(new Push({ context })), use(new Pull({ context }))];
    await meet(other, one, "tcp");
    await one.send("on");
    assert.equal(String(await other.receive(PATIENCE)), "on");
  });
});

describe("what calls answer", () => {
  test("a taken port and an address that makes no sense are errors, in bind and in bindSync, and events say so", async (t) => {
    const context = new Context({ background: true });
    const use = sockets(t);
    const address = bound(use(new Pull({ context })), "tcp");
    const pull = use(new Pull({ context }));
    const watch = new Watch(pull);
    assert.throws(() => pull.bindSync(address), zmqError("EADDRINUSE", address));
    await assert.rejects(pull.bind(address), zmqError("EADDRINUSE", address));
    assert.throws(() => pull.bindSync("tcp://127.0.0.1:99999"), zmqError("EINVAL"));
    assert.throws(() => pull.bindSync(`ipc:///${"x".repeat(50_000)}`), zmqError("ENAMETOOLONG"));
    assert.throws(() => pull.connect("tcp://"), zmqError("EINVAL"));
    await watch.nth("bind:error", 4);
    pull.bindSync("tcp://127.0.0.1:*");
  });

  test("an address is free again when unbindSync and close return", (t) => {
    const context = new Context({ background: true });
    const use = sockets(t);
    for (const kind of ["tcp", "ipc"] as const) {
      const pull = use(new Pull({ context }));
      const address = bound(pull, kind);
      pull.unbindSync(address);
      pull.bindSync(address);
      pull.close();
      use(new Pull({ context })).bindSync(address);
    }
  });

  test("a context without background has none", async (t) => {
    const { started, stop } = workers();
    t.after(stop);
    const use = sockets(t);
    const context = new Context({ ioThreads: 4 });
    bound(use(new Pull({ context })), "tcp");
    assert.equal(started.length, 0);
    context.background = true;
    bound(use(new Pull({ context })), "tcp");
    await until("the threads", () => started.length === 1);
  });

  for (const kind of KINDS) {
    test(`a socket of a background context and one of another, over ${kind}`, async (t) => {
      const use = sockets(t);
      const background = new Context({ background: true });
      const context = kind === "inproc" ? background : new Context();
      const [pull, push]: [Pull, Push] = [use(new Pull({ context })), use(new Push({ context: background }))];
      const address = fresh(kind);
      (pull as Socket).bindSync(address);
      push.connect(pull.lastEndpoint ?? "");
      for (const size of [0, 1, 200, 100_000, 3_000_000]) {
        await push.send([Buffer.alloc(size, "x"), "after"]);
        const [body, after] = await pull.receive(PATIENCE);
        assert.deepEqual([body?.length, String(after)], [size, "after"]);
      }
    });
  }
});
