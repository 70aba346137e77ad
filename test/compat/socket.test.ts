import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test, type TestContext } from "node:test";
import { createSocket, Socket, type SocketType } from "../../src/compat/index.ts";
import { until } from "../conformance/recorders.ts";

/** Opens sockets of zeromq.js 5's kind, which are closed when the test is over. */
function opener(t: TestContext): (type: SocketType) => Socket {
  return (type) => {
    const socket = createSocket(type, { linger: 0 });
    t.after(() => socket.close());
    return socket;
  };
}

/** A PULL that is bound, and a PUSH that is connected to it. */
function pipeline(t: TestContext): { pull: Socket; push: Socket } {
  const open = opener(t);
  const pull = open("pull");
  pull.bindSync("tcp://127.0.0.1:*");
  return { pull, push: open("push").connect(addressOf(pull)) };
}

const addressOf = (socket: Socket): string => String(socket.getsockopt("last_endpoint"));

test("a socket is an EventEmitter that programs may extend", (t) => {
  class Own extends Socket {
    override on(event: string | symbol, listener: (...values: unknown[]) => void): this {
      return super.on(event, listener);
    }
  }
  const own = new Own("sub");
  t.after(() => own.close());
  assert.ok(own instanceof EventEmitter && own instanceof Socket);
  own.on("message", () => undefined);
  assert.equal(own.listenerCount("message"), 1);
  own.setMaxListeners(20)["anything"] = 1;
  assert.equal(own["anything"], 1);
});

test("messages that came before the first listener wait for it", async (t) => {
  const { pull, push } = pipeline(t);
  await new Promise<void>((resolve) => push.send("early", 0, () => resolve()));
  await until("a message to receive", () => pull["_ioevents"] === 1);
  const [early] = (await once(pull, "message")) as [Buffer]; // emitted so
  assert.equal(String(early), "early");
});

test("messages stay where they are once nobody listens any more", async (t) => {
  const { pull, push } = pipeline(t);
  for (const text of ["one", "two", "three", "four"]) push.send(text);
  const heard: string[] = [];
  pull.once("message", (frame: Buffer) => heard.push(String(frame)));
  await until("the first", () => heard.length === 1);
  const hear = (frame: Buffer): void => {
    heard.push(String(frame));
    pull.removeListener("message", hear);
  };
  pull.on("message", hear);
  await until("the second", () => heard.length === 2);
  pull.on("message", (frame: Buffer) => {
    heard.push(String(frame));
    pull.removeAllListeners();
  });
  await until("the third", () => heard.length === 3);
  await new Promise(setImmediate);
  assert.equal(pull["_ioevents"], 1);
  pull.prependListener("message", (frame: Buffer) => heard.push(String(frame)));
  await until("the fourth", () => heard.length === 4);
  assert.deepEqual(heard, ["one", "two", "three", "four"]);
});

test("unbindSync unbinds", (t) => {
  const open = opener(t);
  const pull = open("pull");
  pull.bindSync("tcp://127.0.0.1:*");
  const address = addressOf(pull);
  pull.unbindSync(address);
  open("pull").bindSync(address);
  assert.throws(() => pull.unbindSync(address), { code: "ENOENT" });
});

test("unmonitor ends the events of monitor, which may begin anew", (t) => {
  const pull = opener(t)("pull");
  let heard = 0;
  pull.on("listen", () => heard++);
  pull.monitor().monitor().bindSync("tcp://127.0.0.1:*");
  return until("an event", () => heard === 1)
    .then(() => {
      pull.unmonitor().unmonitor().bindSync("tcp://127.0.0.1:*");
      pull.monitor().bindSync("tcp://127.0.0.1:*");
      return until("another", () => heard > 1);
    })
    .then(() => assert.equal(heard, 2));
});

test("monitor tells failures with their error, and attempts with their interval", async (t) => {
  const open = opener(t);
  const [rep, other, req] = [open("rep"), open("rep"), open("req")];
  rep.bindSync("tcp://127.0.0.1:*");
  const failed = once(other.monitor(), "bind_error");
  assert.throws(() => other.bindSync(addressOf(rep)), { code: "EADDRINUSE" });
  const [errno, address, error] = (await failed) as [number, string, NodeJS.ErrnoException]; // emitted so
  assert.deepEqual({ errno, code: error.code }, { errno: 98, code: "EADDRINUSE" });
  assert.ok(addressOf(rep).endsWith(address));
  const retried = once(req.monitor().connect("tcp://127.0.0.1:1"), "connect_retry");
  const [interval] = (await retried) as [number]; // emitted so
  assert.ok(interval > 0);
});

test("a send on a closed socket tells its callback, and else whoever listens for errors", async (t) => {
  const push = opener(t)("push");
  push.close();
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    push.send("unheard").send("heard", 0, resolve);
  });
  assert.equal(error?.code, "EBADF");
  const emitted = once(push, "error");
  push.send("heard too");
  assert.equal(((await emitted) as [NodeJS.ErrnoException])[0].code, "EBADF");
});

test("close() answers for each message that still waited", async (t) => {
  const push = opener(t)("push");
  const codes: (string | undefined)[] = [];
  const settle = (error?: NodeJS.ErrnoException): void => void codes.push(error?.code);
  push.send("waits for a peer", 0, settle).send("waits behind it", 0, settle);
  push.pause();
  push.send("waits for resume()", 0, settle);
  push.close();
  await until("three answers", () => codes.length === 3);
  assert.deepEqual(codes.map(String).sort(), ["EAGAIN", "EBADF", "EBADF"]);
});

test("a socket that does not send says so to the callback, or as an event", async (t) => {
  const sub = opener(t)("sub");
  const error = await new Promise<Error | undefined>((resolve) => void sub.send("x", 0, resolve));
  assert.equal(error?.message, "Cannot send on this socket type.");
  const emitted = once(sub, "error");
  sub.send("x");
  assert.equal(((await emitted) as [Error])[0].message, "Cannot send on this socket type.");
});

test("what waits for a peer goes out in order once one is there", async (t) => {
  const open = opener(t);
  const [push, pull] = [open("push"), open("pull")];
  const heard: string[] = [];
  let sent = 0;
  for (let at = 0; at < 20; at++) push.send(String(at), 0, () => sent++);
  pull.on("message", (frame: Buffer) => heard.push(String(frame)));
  pull.bindSync("tcp://127.0.0.1:*");
  push.connect(addressOf(pull));
  await until("all", () => heard.length === 20 && sent === 20);
  assert.deepEqual(
    heard.map(Number),
    Array.from({ length: 20 }, (_, at) => at),
  );
});

test("a second request before the reply is refused with EFSM", async (t) => {
  const req = opener(t)("req").connect("tcp://127.0.0.1:1").send("first");
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => void req.send("second", 0, resolve));
  assert.equal(error?.code, "EFSM");
});

test("options have short names as properties, and unknown ones are plain properties", (t) => {
  const open = opener(t);
  const router = createSocket("router", { identity: "me", heartbeat_ivl: 100, plain_server: false, color: "red" });
  t.after(() => router.close());
  assert.equal(router["identity"], "me");
  assert.equal(router["heartbeat_ivl"], 100);
  assert.equal(router["plain_server"], 0);
  assert.equal(router["color"], "red");
  const sub = open("sub");
  sub["_subscribe"] = "a";
  sub["_unsubscribe"] = "a";
  assert.equal(sub["mechanism"], 0);
});
