import assert from "node:assert/strict";
import { test } from "node:test";
import { Context, context, Pair, Pull, Push, ZmqError } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { fresh } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { endsWell, Thread, type ThreadProgram } from "../support/thread.ts";
import { zmqError } from "../support/zmq-error.ts";

/** Connects, sends, and stays. */
const sender: ThreadProgram = async ({ data, zmq, say, told }) => {
  const { Push } = await zmq();
  const push = new Push();
  push.connect(data);
  await push.send("hello");
  say("sent");
  await told();
};

/** Binds and receives one. */
const receiver: ThreadProgram = async ({ data, zmq, say }) => {
  const { Pull } = await zmq();
  const pull = new Pull();
  await pull.bind(data);
  say("bound");
  say(String((await pull.receive())[0]));
};

/** Binds, says what came of it, and stays. */
const binder: ThreadProgram = async ({ data, zmq, say, told }) => {
  const { Pair } = await zmq();
  const pair = new Pair();
  for (;;) {
    await pair.bind(data).then(
      () => say("bound"),
      (error: { code: string }) => say(error.code),
    );
    if ((await told()) === "end") break;
  }
  pair.close();
};

test("what a worker sends before the main thread binds the name arrives", async (t) => {
  const address = fresh("inproc");
  const thread = new Thread(t, sender, address);
  await thread.says("sent");
  const pull = sockets(t)(new Pull());
  await pull.bind(address);
  assert.deepEqual((await pull.receive()).map(String), ["hello"]);
});

test("what the main thread sends before a worker binds the name arrives", async (t) => {
  const address = fresh("inproc");
  const push = sockets(t)(new Push());
  push.connect(address);
  await push.send("hello");
  const thread = new Thread(t, receiver, address);
  await thread.says("bound");
  await thread.says("hello");
  await endsWell(thread);
});

test("two workers meet, whichever comes first", async (t) => {
  for (const binderFirst of [true, false]) {
    const address = fresh("inproc");
    const early = binderFirst ? new Thread(t, receiver, address) : null;
    await early?.says("bound");
    const connector = new Thread(t, sender, address);
    await connector.says("sent");
    const receiving = early ?? new Thread(t, receiver, address);
    if (early === null) await receiving.says("bound");
    await receiving.says("hello");
    connector.tell("end");
    await endsWell(connector);
  }
});

test("a worker that a worker started meets the main thread", async (t) => {
  const pull = sockets(t)(new Pull());
  const address = fresh("inproc");
  await pull.bind(address);
  const outer: ThreadProgram = async ({ data, start, say }) => {
    const { inner, address: name } = data as { inner: string; address: string };
    say(await start(inner, name));
  };
  const inner: ThreadProgram = async ({ data, zmq }) => {
    const { Push } = await zmq();
    const push = new Push();
    push.connect(data);
    await push.send("hello");
  };
  const thread = new Thread(t, outer, { inner: inner.toString(), address });
  assert.deepEqual((await pull.receive()).map(String), ["hello"]);
  await thread.says(0);
});

test("a name that a worker has bound is EADDRINUSE in the main thread, now and later, and free after unbind", async (t) => {
  const address = fresh("inproc");
  const thread = new Thread(t, binder, address);
  await thread.says("bound");
  const pair = sockets(t)(new Pair());
  assert.throws(() => pair.bindSync(address), zmqError("EADDRINUSE", address));
  await assert.rejects(pair.bind(address), zmqError("EADDRINUSE", address));
  thread.tell("again");
  await thread.says("EADDRINUSE");
  thread.tell("end");
  await endsWell(thread);
  pair.bindSync(address);
});

test("a name that the main thread has bound is EADDRINUSE in a worker until it is unbound", async (t) => {
  const address = fresh("inproc");
  const pair = sockets(t)(new Pair());
  pair.bindSync(address);
  const thread = new Thread(t, binder, address);
  await thread.says("EADDRINUSE");
  pair.unbindSync(address);
  thread.tell("again");
  await thread.says("bound");
  await assert.rejects(pair.bind(address), zmqError("EADDRINUSE", address));
  thread.tell("end");
  await endsWell(thread);
});

test("of two threads that bind one name at the same time, one has it", async (t) => {
  const address = fresh("inproc");
  const threads = [1, 2, 3].map(() => new Thread(t, binder, address));
  const said = await Promise.all(threads.map(async (thread) => String(await thread.said())));
  assert.deepEqual(said.toSorted(), ["EADDRINUSE", "EADDRINUSE", "bound"]);
});

test("the names of a context of one's own are its thread's alone", async (t) => {
  const address = fresh("inproc");
  const own = sockets(t)(new Pair({ context: new Context() }));
  own.bindSync(address);
  const thread = new Thread(t, binder, address);
  await thread.says("bound");
});

test("who connects after unbind waits for the next thread that binds; who was connected stays so", async (t) => {
  const use = sockets(t);
  const address = fresh("inproc");
  const first = use(new Pull());
  await first.bind(address);
  const thread = new Thread(t, sender, address);
  await thread.says("sent");
  await first.receive();
  await first.unbind(address);
  assert.equal(first.stats().peers, 1);
  const push = use(new Push());
  push.connect(address);
  await push.send("for the next");
  const next = new Thread(t, receiver, address);
  await next.says("bound");
  await next.says("for the next");
  assert.equal(first.stats().peers, 1);
});

test("a socket that closes is gone for its peer in the other thread, and what it sent before is still read", async (t) => {
  const pull = sockets(t)(new Pull());
  const address = fresh("inproc");
  await pull.bind(address);
  const program: ThreadProgram = async ({ data, zmq, say, told }) => {
    const { Push } = await zmq();
    const push = new Push({ linger: 0 });
    push.connect(data);
    await push.ready();
    for (const body of ["1", "2", "3"]) await push.send(body);
    push.close();
    await push.ended();
    say(push.stats().messagesDelivered);
    await told();
  };
  const thread = new Thread(t, program, address);
  await thread.says(3);
  await until("the peer to be gone", () => pull.stats().peers === 0);
  for (const body of ["1", "2", "3"]) assert.deepEqual((await pull.receive()).map(String), [body]);
  thread.tell("end");
});

test("a socket that is disconnected is gone for its peer, and there again when it connects again", async (t) => {
  const pull = sockets(t)(new Pull());
  const address = fresh("inproc");
  await pull.bind(address);
  const program: ThreadProgram = async ({ data, zmq, told }) => {
    const { Push } = await zmq();
    const push = new Push();
    for (const body of ["1", "2", "3"]) {
      push.connect(data);
      await push.ready();
      await push.send(body);
      await told();
      push.disconnect(data);
      await told();
    }
  };
  const thread = new Thread(t, program, address);
  for (const body of ["1", "2", "3"]) {
    assert.deepEqual((await pull.receive()).map(String), [body]);
    thread.tell("disconnect");
    await until("the peer to be gone", () => pull.stats().peers === 0);
    thread.tell("go on");
  }
  await endsWell(thread);
});

test("A2: options of the default context are seen by all threads, whoever sets them", async (t) => {
  const before = context.ioThreads;
  t.after(() => (context.ioThreads = before));
  context.ioThreads = 3;
  const program: ThreadProgram = async ({ zmq, say, told }) => {
    const { context: theirs, Context: Private } = await zmq();
    say([theirs.ioThreads, theirs.blocky, new Private().ioThreads]);
    theirs.ioThreads = 5;
    theirs.blocky = false;
    await told();
    say([theirs.ioThreads, theirs.blocky]);
  };
  const thread = new Thread(t, program);
  await thread.says([3, true, 1]);
  await until("the worker to set it", () => context.ioThreads === 5 && !context.blocky);
  context.blocky = true;
  thread.tell("look");
  await thread.says([5, true]);
});

test("maxSockets counts the sockets of all threads, and no more those of a thread that has ended", async (t) => {
  const use = sockets(t);
  const before = context.maxSockets;
  t.after(() => (context.maxSockets = before));
  const program: ThreadProgram = async ({ zmq, say, told }) => {
    const { Pair: Theirs } = await zmq();
    const pair = new Theirs();
    pair.bindSync("inproc://counted");
    say("open");
    await told();
  };
  const thread = new Thread(t, program);
  await thread.says("open");
  use(new Pair());
  context.maxSockets = 2;
  assert.throws(() => new Pair(), zmqError("EMFILE", "2 sockets"));
  await thread.worker.terminate();
  use(new Pair());
  assert.throws(
    () => new Pair(),
    (error) => error instanceof ZmqError && error.code === "EMFILE",
  );
});

test("ten thousand names are bound, found by another thread, and free again", async (t) => {
  const use = sockets(t);
  const pull = use(new Pull());
  const many = 10_000;
  for (let count = 0; count < many; count++) pull.bindSync(`inproc://many-${count}`);
  const program: ThreadProgram = async ({ zmq, say, told }) => {
    const { Push: Theirs } = await zmq();
    const push = new Theirs();
    for (let count = 0; count < 10_000; count += 10) push.connect(`inproc://many-${count}`);
    await push.ready({ peers: 1000 });
    for (let count = 0; count < 3000; count++) await push.send(`${count}`);
    say("sent");
    await told();
    for (let count = 0; count < 10_000; count++) push.bindSync(`inproc://many-${count}`);
    say("bound");
  };
  const thread = new Thread(t, program);
  const got = new Set<string>();
  while (got.size < 3000) got.add(String((await pull.receive())[0]));
  await thread.says("sent");
  assert.equal(pull.stats().peers, 1000);
  for (let count = 0; count < many; count++) pull.unbindSync(`inproc://many-${count}`);
  thread.tell("bind them");
  await thread.says("bound");
});
