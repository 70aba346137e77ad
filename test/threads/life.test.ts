import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Dealer, Pair, Publisher, Pull, Push, Router } from "../../src/index.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import { until } from "../conformance/recorders.ts";
import { fresh } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { endsWell, Thread, type ThreadProgram } from "../support/thread.ts";
import { Watch } from "../support/watch.ts";

/** Has one socket of each kind: a bound name, a connection, and a search that is never met; and works until it is ended. */
const busy: ThreadProgram = async ({ data, zmq, say, told }) => {
  const { Pair: P, Push: S } = await zmq();
  const { address, own, end } = data as { address: string; own: string; end: string };
  new P().bindSync(own);
  new P().connect(`${own}-never`);
  const push = new S();
  push.connect(address);
  await push.ready();
  for (let count = 0; count < 10; count++) await push.send("early");
  await push.drain();
  say("sent");
  if (end === "terminate") for (;;) await push.send("more");
  await told();
  if (end === "exit") process.exit(0);
  if (end === "throw") {
    setImmediate(() => {
      throw new Error("a crash");
    });
  }
};

/** Others are unharmed by the end of a thread. */
async function ends(t: TestContext, end: string, finish: (thread: Thread) => unknown): Promise<void> {
  const use = sockets(t);
  const [pull, pair] = [use(new Pull()), use(new Pair())];
  const watch = new Watch(pull);
  const [address, own] = [fresh("inproc"), fresh("inproc")];
  await pull.bind(address);
  const thread = new Thread(t, busy, { address, own, end });
  await thread.says("sent");
  pair.connect(own);
  await pair.ready({ timeout: 5000 });
  await pair.send("unread");
  await finish(thread);
  await thread.ended;
  await watch.first("disconnect");
  await until("the peers to be gone", () => pull.stats().peers === 0 && pair.stats().peers === 0);
  for (let count = 0; count < 10; count++) assert.deepEqual((await pull.receive()).map(String), ["early"]);
  assert.equal(unaccounted(pair.stats()), 0);
  // The name is free, and what was connected can connect again.
  const next = use(new Pair());
  await next.bind(own);
  pair.disconnect(own);
  pair.connect(own);
  await pair.send("hello");
  assert.deepEqual((await next.receive()).map(String), ["hello"]);
  assert.equal(pull.stats().disconnects, 1);
}

test("a worker that is terminated in the middle of sending is gone, and so are its names", (t) =>
  ends(t, "terminate", (thread) => thread.worker.terminate()));

test("a worker that calls process.exit() is gone, and so are its names", (t) =>
  ends(t, "exit", (thread) => thread.tell("exit")));

test("a worker that crashes is gone, and so are its names", (t) =>
  ends(t, "throw", async (thread) => {
    thread.tell("throw");
    await assert.rejects(thread.said(), /a crash/);
  }));

test("a worker that ends by itself is gone, and so are its names", (t) =>
  ends(t, "return", (thread) => thread.tell("")));

test("two workers: when one is terminated, the other sees its peer gone, and binds its name", async (t) => {
  const names = { address: fresh("inproc"), own: fresh("inproc"), end: "terminate" };
  const survivor: ThreadProgram = async ({ data, zmq, say, told, until: turn }) => {
    const { Pull: L, Pair: P } = await zmq();
    const pull = new L();
    const { address, own } = data as { address: string; own: string };
    await pull.bind(address);
    say("bound");
    await told();
    await turn(() => pull.stats().peers === 0);
    const pair = new P();
    await pair.bind(own);
    say("bound again");
  };
  const other = new Thread(t, survivor, names);
  await other.says("bound");
  const thread = new Thread(t, busy, names);
  await thread.says("sent");
  await thread.worker.terminate();
  other.tell("look");
  await other.says("bound again");
  await endsWell(other);
});

test("messages on their way to a worker that is terminated are counted as lost", async (t) => {
  const push = sockets(t)(new Push());
  const address = fresh("inproc");
  await push.bind(address);
  const blocked: ThreadProgram = async ({ data, zmq, say }) => {
    const { Pull: Theirs } = await zmq();
    const pull = new Theirs();
    pull.connect(data);
    await pull.ready();
    say("ready");
    await new Promise((resolve) => setImmediate(resolve));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  const thread = new Thread(t, blocked, address);
  await thread.says("ready");
  await push.ready({ timeout: 5000 });
  for (let count = 0; count < 2000; count++) await push.send("x".repeat(100), { timeout: 5000 });
  assert.equal(push.trySend("x"), false);
  const { messagesDelivered, queuedOut } = push.stats();
  assert.deepEqual([messagesDelivered, queuedOut], [0, 2000]);
  await thread.worker.terminate();
  await until("the peer to be gone", () => push.stats().peers === 0);
  const stats = push.stats();
  assert.deepEqual([stats.queuedOut, stats.drops["peer-lost"], unaccounted(stats)], [0, 2000, 0]);
});

test("an idle connection holds neither the main thread nor a worker", async (t) => {
  const address = fresh("inproc");
  const idle: ThreadProgram = async ({ data, zmq, say }) => {
    const { Pair: Theirs } = await zmq();
    new Theirs().connect(data);
    await new Theirs().bind(`${String(data)}-2`);
    say("idle");
  };
  const pair = sockets(t)(new Pair());
  await pair.bind(address);
  await endsWell(new Thread(t, idle, address));
});

test("a pending receive holds a worker until its message comes", async (t) => {
  const address = fresh("inproc");
  const waiting: ThreadProgram = async ({ data, zmq, say }) => {
    const { Pull: Theirs } = await zmq();
    const pull = new Theirs();
    await pull.bind(data);
    say("waiting");
    say(String((await pull.receive())[0]));
  };
  const thread = new Thread(t, waiting, address);
  await thread.says("waiting");
  const push = sockets(t)(new Push());
  push.connect(address);
  await push.ready();
  for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(thread.worker.threadId > 0);
  await push.send("at last");
  await thread.says("at last");
  await endsWell(thread);
});

/** Sends more than both marks together and than a ring has room for, and ends. */
const lingering: ThreadProgram = async ({ data, zmq, say }) => {
  const { Push: Theirs } = await zmq();
  const { address, count, end, ready } = data as { address: string; count: number; end: string; ready: boolean };
  const push = new Theirs({ sendHighWaterMark: 0 });
  push.connect(address);
  if (ready) await push.ready();
  for (let at = 0; at < count; at++) push.trySend([`${at}`, Buffer.alloc(1000)]);
  say("sent");
  if (end === "exit") process.exit(0);
  if (end === "close") push.close();
};

for (const end of ["return", "close", "exit"]) {
  for (const ready of [true, false]) {
    const when = ready ? "with its peer there" : "right after connect()";
    test(`what a worker has sent ${when} is delivered when it ends (${end})`, async (t) => {
      const pull = sockets(t)(new Pull({ receiveHighWaterMark: 10 }));
      const address = fresh("inproc");
      await pull.bind(address);
      const thread = new Thread(t, lingering, { address, count: 3000, end, ready });
      await endsWell(thread);
      for (let at = 0; at < 3000; at++) assert.equal(String((await pull.receive())[0]), `${at}`);
      await until("the peer to be gone", () => pull.stats().peers === 0);
      assert.equal(unaccounted(pull.stats()), 0);
    });
  }
}

test("a publisher of the main thread goes on when subscribers come and are terminated, many times", async (t) => {
  const publisher = sockets(t)(new Publisher());
  const address = fresh("inproc");
  await publisher.bind(address);
  const program: ThreadProgram = async ({ data, zmq, say }) => {
    const { Subscriber: Theirs } = await zmq();
    const subscriber = new Theirs();
    subscriber.subscribe();
    subscriber.connect(data);
    for await (const [body] of subscriber) if (body !== undefined) say("got");
  };
  for (let round = 0; round < 10; round++) {
    const thread = new Thread(t, program, address);
    await publisher.ready({ subscribers: 1, timeout: 10_000 });
    await publisher.send("x");
    await thread.said();
    for (let count = 0; count < 100; count++) await publisher.send("y".repeat(1000));
    await thread.worker.terminate();
    await until("the subscriber to be gone", () => publisher.stats().peers === 0);
    assert.equal(unaccounted(publisher.stats()), 0);
  }
});

test("ZMQ_DISCONNECT_MSG is received when the thread of a peer ends", async (t) => {
  const router = sockets(t)(new Router({ disconnectMessage: "gone" }));
  const address = fresh("inproc");
  await router.bind(address);
  const program: ThreadProgram = async ({ data, zmq, told }) => {
    const { Dealer: Theirs } = await zmq();
    const dealer = new Theirs({ routingId: "D" });
    dealer.connect(data);
    await dealer.send("hello");
    await told();
  };
  const thread = new Thread(t, program, address);
  assert.deepEqual((await router.receive()).map(String), ["D", "hello"]);
  await thread.worker.terminate();
  assert.deepEqual((await router.receive()).map(String), ["D", "gone"]);
});

test("a dealer between two workers goes on with the one that is left", async (t) => {
  const dealer = sockets(t)(new Dealer());
  const address = fresh("inproc");
  await dealer.bind(address);
  const echo: ThreadProgram = async ({ data, zmq }) => {
    const { Dealer: Theirs } = await zmq();
    const theirs = new Theirs();
    theirs.connect(data);
    for await (const message of theirs) await theirs.send(message);
  };
  const [one] = [new Thread(t, echo, address), new Thread(t, echo, address)];
  await dealer.ready({ peers: 2, timeout: 10_000 });
  for (const body of ["1", "2", "3", "4"]) await dealer.send(body);
  const got: string[] = [];
  while (got.length < 4) got.push(String((await dealer.receive())[0]));
  assert.deepEqual(got.toSorted(), ["1", "2", "3", "4"]);
  await one?.worker.terminate();
  await until("one to be gone", () => dealer.stats().peers === 1);
  for (const body of ["5", "6"]) {
    await dealer.send(body);
    assert.deepEqual((await dealer.receive()).map(String), [body]);
  }
});
