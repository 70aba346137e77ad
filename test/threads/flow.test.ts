import assert from "node:assert/strict";
import { test } from "node:test";
import { Dealer, Publisher, Pull, Push, Router, Subscriber } from "../../src/index.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import { until } from "../conformance/recorders.ts";
import { fresh } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { endsWell, Thread, type ThreadProgram } from "../support/thread.ts";

/** Sends numbers for as long as somebody takes them, as many as it is told at least, and says how many. */
const filler: ThreadProgram = async ({ data, zmq, say, told, until: turn }) => {
  const { Push: Theirs } = await zmq();
  const { address, mark, first } = data as { address: string; mark: number; first: number };
  const push = new Theirs({ sendHighWaterMark: mark });
  push.connect(address);
  await push.ready();
  let sent = 0;
  const fill = (): void => {
    while (sent < 100_000 && push.trySend(`${sent}`)) sent++;
  };
  for (let wanted: unknown = first; wanted !== "end"; wanted = await told()) {
    // What is on its way to the other side makes room here.
    await turn(() => {
      fill();
      return sent >= Number(wanted);
    });
    // And no more than that, however long one tries.
    for (let turns = 0; turns < 200; turns++) {
      fill();
      await new Promise((resolve) => setImmediate(resolve));
    }
    say([sent, push.stats().messagesSent]);
  }
  push.close();
  await push.ended();
};

test("libzmq 2.4: two sockets of different threads queue up to the sum of both marks", async (t) => {
  const pull = sockets(t)(new Pull({ receiveHighWaterMark: 4 }));
  const address = fresh("inproc");
  await pull.bind(address);
  const thread = new Thread(t, filler, { address, mark: 3, first: 7 });
  await thread.says([7, 7]);
  await until("the queue to be full", () => pull.stats().queuedIn === 4);
  assert.deepEqual((await pull.receive()).map(String), ["0"]);
  thread.tell(7);
  await thread.says([7, 7]);
  assert.deepEqual((await pull.receive()).map(String), ["1"]);
  // Two are half of four.
  thread.tell(9);
  await thread.says([9, 9]);
  for (let next = 2; next < 9; next++) assert.deepEqual((await pull.receive()).map(String), [`${next}`]);
  thread.tell("end");
  await endsWell(thread);
});

test("a receiver with a mark of one gets all messages, one after the other", async (t) => {
  const pull = sockets(t)(new Pull({ receiveHighWaterMark: 1 }));
  const address = fresh("inproc");
  await pull.bind(address);
  const program: ThreadProgram = async ({ data, zmq }) => {
    const { Push: Theirs } = await zmq();
    const push = new Theirs({ sendHighWaterMark: 1 });
    push.connect(data);
    for (let count = 0; count < 1000; count++) await push.send(`${count}`);
  };
  const thread = new Thread(t, program, address);
  for (let count = 0; count < 1000; count++) assert.equal(String((await pull.receive())[0]), `${count}`);
  await endsWell(thread);
});

test("libzmq 2.4: without a mark on one side there is none", async (t) => {
  const pull = sockets(t)(new Pull({ receiveHighWaterMark: 2 }));
  const address = fresh("inproc");
  await pull.bind(address);
  const thread = new Thread(t, filler, { address, mark: 0, first: 100_000 });
  await thread.says([100_000, 100_000]);
  await until("all to arrive", () => pull.stats().queuedIn === 100_000);
  assert.equal(unaccounted(pull.stats()), 0);
  thread.tell("end");
  await endsWell(thread);
});

test("a change of the receiver's mark acts on live connections", async (t) => {
  const pull = sockets(t)(new Pull({ receiveHighWaterMark: 2 }));
  const address = fresh("inproc");
  await pull.bind(address);
  const thread = new Thread(t, filler, { address, mark: 2, first: 4 });
  await thread.says([4, 4]);
  pull.receiveHighWaterMark = 10;
  thread.tell(12);
  await thread.says([12, 12]);
  await until("the queue to be full", () => pull.stats().queuedIn === 10);
  thread.tell("end");
});

test("many small messages arrive in order, and the books of both balance", async (t) => {
  const pull = sockets(t)(new Pull());
  const address = fresh("inproc");
  await pull.bind(address);
  const many = 200_000;
  const program: ThreadProgram = async ({ data, zmq, say, load }) => {
    const { Push: Theirs } = await zmq();
    const { unaccounted: balance } = (await load(
      "../../src/observe/metrics.js",
    )) as typeof import("../../src/observe/metrics.ts");
    const push = new Theirs();
    push.connect(data);
    const body = Buffer.alloc(8);
    for (let count = 0; count < 200_000; count++) {
      body.writeUInt32LE(count);
      await push.send([body, "x".repeat(count % 300)]);
      if (count % 50_000 === 0 && balance(push.stats()) !== 0) say("the books don't balance");
    }
    await push.drain();
    const { messagesSent, messagesDelivered, queuedOut } = push.stats();
    say([messagesSent, messagesDelivered, queuedOut, balance(push.stats())]);
  };
  const thread = new Thread(t, program, address);
  for (let count = 0; count < many; count++) {
    const [number, rest] = (await pull.receive()) as [Buffer, Buffer]; // sent so
    if (number.readUInt32LE() !== count || rest.length !== count % 300)
      assert.fail(`${count}: ${number.readUInt32LE()}`);
  }
  await thread.says([many, many, 0, 0]);
  assert.equal(unaccounted(pull.stats()), 0);
});

test("frames of any size arrive as they were, alone and among others", async (t) => {
  const dealer = sockets(t)(new Dealer());
  const address = fresh("inproc");
  await dealer.bind(address);
  const echo: ThreadProgram = async ({ data, zmq }) => {
    const { Dealer: Theirs } = await zmq();
    const theirs = new Theirs();
    theirs.connect(data);
    for await (const message of theirs) {
      await theirs.send(message);
      if (message.length === 1 && message[0]?.length === 0) break;
    }
  };
  const thread = new Thread(t, echo, address);
  const sizes = [1, 7, 8, 9, 15, 16, 17, 127, 128, 129, 16_383, 16_384, 16_385, 32_768, 65_535, 262_144, 3_000_001];
  const bodies = sizes.map((size) => Buffer.from(Array.from({ length: size }, (_, at) => (at * 31 + size) & 255)));
  for (const message of [...bodies.map((body) => [body]), bodies, bodies.toReversed(), [Buffer.alloc(0)]]) {
    await dealer.send(message);
    const back = await dealer.receive();
    assert.deepEqual(
      back.map((frame) => frame.length),
      message.map((frame) => frame.length),
    );
    assert.ok(back.every((frame, at) => frame.equals(message[at] as Buffer))); // of the same length
    assert.ok(
      back.every((frame) => frame.buffer instanceof ArrayBuffer),
      "users get memory of their own",
    );
  }
  await endsWell(thread);
});

test("a small frame may change as soon as it was sent, also when there is no room for it", async (t) => {
  const address = fresh("inproc");
  const pull = sockets(t)(new Pull());
  await pull.bind(address);
  const program: ThreadProgram = async ({ data, zmq }) => {
    const { Push: Theirs } = await zmq();
    const push = new Theirs({ sendHighWaterMark: 0 });
    push.connect(data);
    await push.ready();
    const small = Buffer.alloc(100);
    const large = Buffer.alloc(200_000);
    for (let count = 0; count < 50; count++) {
      small.fill(count);
      push.trySend([small, large, small]);
    }
    small.fill(255);
  };
  const thread = new Thread(t, program, address);
  for (let count = 0; count < 50; count++) {
    const [before, large, after] = await pull.receive();
    assert.deepEqual([before?.[99], large?.length, after?.[0]], [count, 200_000, count]);
  }
  await endsWell(thread);
});

test("a connection that nobody reads does not hold up another one between the same threads", async (t) => {
  const use = sockets(t);
  const [deaf, hearing] = [use(new Pull()), use(new Pull())];
  const addresses = [fresh("inproc"), fresh("inproc")];
  await deaf.bind(addresses[0] ?? "");
  await hearing.bind(addresses[1] ?? "");
  const program: ThreadProgram = async ({ data, zmq, say }) => {
    const { Push: Theirs } = await zmq();
    const [one, other] = [new Theirs(), new Theirs()];
    one.connect(data[0]);
    other.connect(data[1]);
    await Promise.all([one.ready(), other.ready()]);
    const body = Buffer.alloc(10_000);
    for (let count = 0; count < 2000; count++) await one.send("unread");
    for (let count = 0; count < 5000; count++) await other.send(body);
    say(one.trySend("one too many"));
    one.linger = 0;
    one.close();
  };
  const thread = new Thread(t, program, addresses);
  for (let count = 0; count < 5000; count++) await hearing.receive();
  await thread.says(false);
  await endsWell(thread);
  await until("what was sent to the other one to arrive", () => deaf.stats().queuedIn === 2000);
});

test("subscriptions come and go across threads, and nothing else is published there", async (t) => {
  const publisher = sockets(t)(new Publisher());
  const address = fresh("inproc");
  await publisher.bind(address);
  const program: ThreadProgram = async ({ data, zmq, say, told }) => {
    const { Subscriber: Theirs } = await zmq();
    const subscriber = new Theirs();
    subscriber.subscribe("a", "c".repeat(40_000));
    subscriber.connect(data);
    await subscriber.ready();
    say("ready");
    say(String((await subscriber.receive())[0]));
    subscriber.unsubscribe("a");
    subscriber.subscribe("b");
    say(String((await subscriber.receive())[0]));
    say(String((await subscriber.receive())[0]).length);
    await told();
  };
  const thread = new Thread(t, program, address);
  await thread.says("ready");
  await publisher.ready({ subscribers: 1, topic: "a", timeout: 5000 });
  await publisher.send("b1");
  await publisher.send("a1");
  await thread.says("a1");
  await publisher.ready({ subscribers: 1, topic: "b", timeout: 5000 });
  await publisher.send("a2");
  await publisher.send("b2");
  await publisher.send("c".repeat(50_000));
  await thread.says("b2");
  await thread.says(50_000);
  assert.equal(publisher.stats().drops["no-subscriber"], 2);
  thread.tell("end");
  await until("the subscriber to be gone", () => publisher.stats().peers === 0);
});

test("a subscriber of the main thread hears publishers of several workers", async (t) => {
  const subscriber = sockets(t)(new Subscriber());
  const address = fresh("inproc");
  subscriber.subscribe();
  await subscriber.bind(address);
  const program: ThreadProgram = async ({ data, zmq }) => {
    const { Publisher: Theirs } = await zmq();
    const publisher = new Theirs();
    publisher.connect(data);
    await publisher.ready({ subscribers: 1 });
    for (let count = 0; count < 100; count++) await publisher.send("x");
  };
  const threads = [1, 2, 3].map(() => new Thread(t, program, address));
  for (let count = 0; count < 300; count++) await subscriber.receive();
  for (const thread of threads) await endsWell(thread);
});

test("a ROUTER knows peers of other threads by their routing ids, and gives those without one its own", async (t) => {
  const router = sockets(t)(new Router({ mandatory: true }));
  const address = fresh("inproc");
  await router.bind(address);
  const program: ThreadProgram = async ({ data, zmq, say }) => {
    const { Dealer: Theirs } = await zmq();
    const named = new Theirs({ routingId: "named" });
    const unnamed = new Theirs();
    for (const dealer of [named, unnamed]) {
      dealer.connect(data);
      await dealer.send("hello");
      say((await dealer.receive()).map(String));
    }
  };
  const thread = new Thread(t, program, address);
  for (let count = 0; count < 2; count++) {
    const [id, body] = (await router.receive()) as [Buffer, Buffer]; // sent so
    assert.equal(String(body), "hello");
    if (count === 0) assert.equal(String(id), "named");
    else assert.deepEqual([id.length, id[0]], [5, 0]);
    await router.send([id, "to", "you"]);
    await thread.says(["to", "you"]);
  }
  await endsWell(thread);
});

test("a thousand connections between two threads are served", async (t) => {
  const router = sockets(t)(new Router());
  const address = fresh("inproc");
  await router.bind(address);
  const program: ThreadProgram = async ({ data, zmq, say }) => {
    const { context: theirs, Dealer: Theirs } = await zmq();
    theirs.maxSockets = 5000;
    const dealers = Array.from({ length: 1000 }, () => new Theirs());
    for (const dealer of dealers) dealer.connect(data);
    for (const [index, dealer] of dealers.entries()) await dealer.send(`${index}`);
    const got = await Promise.all(dealers.map((dealer) => dealer.receive()));
    say(got.every(([body], index) => String(body) === `${index}`));
    for (const dealer of dealers) dealer.close();
  };
  const thread = new Thread(t, program, address);
  for (let count = 0; count < 1000; count++) await router.send(await router.receive());
  await thread.says(true);
  await endsWell(thread);
  await until("all to be gone", () => router.stats().peers === 0);
});

test("a pusher and a puller with a mark of zero pass on many messages", async (t) => {
  const pull = sockets(t)(new Pull({ receiveHighWaterMark: 0 }));
  const address = fresh("inproc");
  await pull.bind(address);
  const thread = new Thread(t, filler, { address, mark: 0, first: 1 });
  for (let count = 0; count < 100_000; count++) {
    const [body] = await pull.receive();
    if (String(body) !== `${count}`) assert.fail(`${String(body)} instead of ${count}`);
  }
  await thread.says([100_000, 100_000]);
  thread.tell("end");
  await endsWell(thread);
});

test("the greeting and the farewell of ZMQ_HELLO_MSG and ZMQ_DISCONNECT_MSG cross threads", async (t) => {
  const router = sockets(t)(new Router({ helloMessage: "hi", disconnectMessage: "bye" }));
  const address = fresh("inproc");
  await router.bind(address);
  const program: ThreadProgram = async ({ data, zmq, say }) => {
    const { Dealer: Theirs } = await zmq();
    const dealer = new Theirs({ routingId: "D" });
    dealer.connect(data);
    say(String((await dealer.receive())[0]));
    dealer.close();
  };
  const thread = new Thread(t, program, address);
  await thread.says("hi");
  assert.deepEqual((await router.receive()).map(String), ["D", "bye"]);
});

test("a push that waits for room goes on when the other thread reads", async (t) => {
  const push = sockets(t)(new Push({ sendHighWaterMark: 1 }));
  const address = fresh("inproc");
  await push.bind(address);
  const program: ThreadProgram = async ({ data, zmq, say, told }) => {
    const { Pull: Theirs } = await zmq();
    const pull = new Theirs({ receiveHighWaterMark: 1 });
    pull.connect(data);
    await told();
    for (let count = 0; count < 100; count++) say(String((await pull.receive())[0]));
  };
  const thread = new Thread(t, program, address);
  await push.ready({ timeout: 10_000 });
  const sends = Array.from({ length: 100 }, (_, count) => push.send(`${count}`));
  thread.tell("read");
  await Promise.all(sends);
  for (let count = 0; count < 100; count++) await thread.says(`${count}`);
});
