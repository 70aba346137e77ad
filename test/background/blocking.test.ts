import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Context, Poller, Pull, Push, Reply, Request } from "../../src/index.ts";
import { Client, Server } from "../../src/draft.ts";
import { until } from "../conformance/recorders.ts";
import { bound } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { Thread, endsWell } from "../support/thread.ts";
import { zmqError } from "../support/zmq-error.ts";
import { child } from "../transports/node/child.ts";

const PATIENCE = { timeout: 10_000 };

/** A context with an I/O thread, as blocking calls need one. */
const background = (): Context => new Context({ background: true });

describe("sendSync and receiveSync", () => {
  test("carry a dialog of two sockets of one thread, which blocks at each step", (t) => {
    const use = sockets(t);
    const context = background();
    const [reply, request] = [use(new Reply({ context })), use(new Request({ context }))];
    request.connect(bound(reply, "tcp"));
    for (let count = 0; count < 50; count++) {
      request.sendSync(["question", String(count)]);
      const question = reply.receiveSync(PATIENCE);
      assert.deepEqual(question.map(String), ["question", String(count)]);
      reply.sendSync(question);
      assert.deepEqual(request.receiveSync(PATIENCE).map(String), ["question", String(count)]);
    }
  });

  test("carry large messages, and more than there is room for", (t) => {
    const use = sockets(t);
    const context = background();
    const pull = use(new Pull({ context }));
    const push = use(new Push({ context, sendHighWaterMark: 2 }));
    push.connect(bound(pull, "tcp"));
    const body = Buffer.alloc(3_000_000, "x");
    for (let count = 0; count < 4; count++) {
      push.sendSync([String(count), body], PATIENCE);
      const [number, got] = pull.receiveSync(PATIENCE);
      assert.deepEqual([String(number), got?.equals(body)], [String(count), true]);
    }
  });

  test("end with EAGAIN when their time is over: that of the call, or the socket's", (t) => {
    const use = sockets(t);
    const context = background();
    const pull = use(new Pull({ context, receiveTimeout: 5 }));
    const push = use(new Push({ context, sendTimeout: 5 }));
    assert.throws(() => pull.receiveSync({ timeout: 5 }), zmqError("EAGAIN", "nothing to receive"));
    assert.throws(() => pull.receiveSync(), zmqError("EAGAIN"));
    assert.throws(() => pull.receiveSync({ timeout: 0 }), zmqError("EAGAIN"));
    assert.throws(() => push.sendSync("x", { timeout: 5 }), zmqError("EAGAIN", "no peer"));
    assert.throws(() => push.sendSync("x"), zmqError("EAGAIN"));
    assert.throws(() => pull.receiveSync({ timeout: Number.NaN }), TypeError);
  });

  test("fail as the other calls do: closed, in the wrong state, after the context's end", (t) => {
    const use = sockets(t);
    const context = background();
    const [request, pull] = [use(new Request({ context })), use(new Pull({ context }))];
    assert.throws(() => request.receiveSync({ timeout: 0 }), zmqError("EFSM"));
    pull.close();
    assert.throws(() => pull.receiveSync(), zmqError("EBADF"));
    context.shutdown();
    assert.throws(() => request.sendSync("x"), zmqError("ETERM"));
  });

  test("need I/O threads, and say how to have them", (t) => {
    const use = sockets(t);
    const hint = "new Context({ background: true })";
    assert.throws(() => use(new Pull()).receiveSync(), zmqError("ENOTSUP", hint));
    assert.throws(() => use(new Push()).sendSync("x"), zmqError("ENOTSUP", hint));
    const poller = new Poller();
    poller.add(use(new Pull()));
    assert.throws(() => poller.waitSync({ timeout: 1 }), zmqError("ENOTSUP", hint));
  });

  test("take what goes beside a message where a type has that", (t) => {
    const use = sockets(t);
    const context = background();
    const [server, client] = [use(new Server({ context })), use(new Client({ context }))];
    client.connect(bound(server, "tcp"));
    client.sendSync("ping");
    const [body, { routingId }] = server.receiveSync(PATIENCE);
    server.sendSync(body, { routingId, timeout: 1000 });
    assert.equal(String(client.receiveSync(PATIENCE)[0]), "ping");
  });

  test("wait for another thread too, over inproc", async (t) => {
    const thread = new Thread(t, async ({ zmq, say, told }) => {
      const { context, Pair } = await zmq();
      context.background = true;
      const pair = new Pair();
      pair.bindSync("inproc://blocking");
      say("bound");
      await told();
      say(String(pair.receiveSync({ timeout: 10_000 })[0]));
      pair.sendSync("back");
      pair.close();
    });
    await thread.says("bound");
    const { Pair } = await import("../../src/index.js");
    const pair = sockets(t)(new Pair());
    pair.connect("inproc://blocking");
    thread.tell("go");
    await pair.send("there");
    await thread.says("there");
    assert.equal(String(await pair.receive(PATIENCE)), "back");
    await endsWell(thread);
  });
});

describe("waitSync", () => {
  test("finds the socket that is ready, in the direction that is asked for, and nothing when its time is over", (t) => {
    const use = sockets(t);
    const context = background();
    const [one, other, push] = [use(new Pull({ context })), use(new Pull({ context })), use(new Push({ context }))];
    const poller = new Poller();
    poller.add(one);
    poller.add(other);
    assert.equal(poller.waitSync({ timeout: 5 }), undefined);
    push.connect(bound(other, "tcp"));
    push.sendSync("x");
    const event = poller.waitSync(PATIENCE);
    assert.deepEqual([event?.socket === other, event?.events], [true, Poller.IN]);
    other.receiveSync();
    poller.add(push, Poller.OUT);
    assert.deepEqual(poller.waitSync(PATIENCE), { socket: push, events: Poller.OUT });
  });

  test("fails as wait does", () => {
    assert.throws(() => new Poller().waitSync(), zmqError("EFAULT"));
  });
});

describe("an interrupt (SIGINT)", () => {
  const WAITS = `
    import { Context, Pull } from "src/index.ts";
    const pull = new Pull({ context: new Context({ background: true }) });
    pull.bindSync("tcp://127.0.0.1:0");
    console.log("waits");
    try { pull.receiveSync(); } catch (error) { console.log(error.code); }`;

  test("ends a blocking call with EINTR, and the program goes on", async (t) => {
    const program = child(`${WAITS} console.log("goes on");`);
    t.after(() => program.process.kill("SIGKILL"));
    await program.hear(/waits/);
    await interrupted(program);
    assert.equal(await program.exit(), 0);
    assert.match(program.said(), /EINTR\s+goes on/);
  });

  test("is told to whoever listens for it, too", async (t) => {
    const program = child(`
      process.on("SIGINT", () => { console.log("heard"); process.exit(3); });
      ${WAITS}
      setInterval(() => {}, 1000);`);
    t.after(() => program.process.kill("SIGKILL"));
    await program.hear(/waits/);
    await interrupted(program);
    assert.equal(await program.exit(), 3);
    assert.match(program.said(), /EINTR\s+heard/);
  });

  /** Interrupts a program once it waits; before, that would end it. */
  async function interrupted(program: ReturnType<typeof child>): Promise<void> {
    const { pid } = program.process;
    await until("the program to wait", () => isBlocked(pid));
    program.process.kill("SIGINT");
  }
});

/** futex, of x64 and arm64 (Linux). */
const FUTEX = /^(202|98) /;

/** Whether the main thread of a process is blocked at a word of memory; in its event loop it waits in another call. */
function isBlocked(pid: number | undefined): boolean {
  return FUTEX.test(readFileSync(`/proc/${pid}/syscall`, "utf8"));
}
