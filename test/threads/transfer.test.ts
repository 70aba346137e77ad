import assert from "node:assert/strict";
import { test } from "node:test";
import { Context, Dealer, Pair, Publisher, Pull, Push, Reply, Request, Router, Subscriber } from "../../src/index.ts";
import type { SocketTicket } from "../../src/index.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import { until } from "../conformance/recorders.ts";
import { fresh } from "../support/places.ts";
import { assertBalanced, sockets } from "../support/sockets.ts";
import { endsWell, Thread, type ThreadProgram } from "../support/thread.ts";
import { zmqError } from "../support/zmq-error.ts";

/** Adopts a socket, and does with it what it is told. */
const keeper: ThreadProgram = async ({ data, zmq, load, say, told }) => {
  const { className, ticket } = data as { className: "Pull"; ticket: SocketTicket };
  const { unaccounted: balance } = (await load(
    "../../src/observe/metrics.js",
  )) as typeof import("../../src/observe/metrics.ts");
  const { [className]: Class } = await zmq();
  const socket = Class.adopt(ticket) as unknown as import("../../src/index.ts").Dealer;
  say(socket.lastEndpoint);
  for (;;) {
    const order = (await told()) as { receive?: number; send?: string[]; read?: "linger" };
    if (order.read !== undefined) say(socket[order.read]);
    else if (order.send !== undefined) await socket.send(order.send);
    else if (order.receive === undefined) break;
    else for (let count = 0; count < order.receive; count++) say((await socket.receive()).map(String));
  }
  say(balance(socket.stats()));
  socket.close();
};

test("a bound socket goes to a worker with its address, its options and what it has not read", async (t) => {
  const use = sockets(t);
  const pull = use(new Pull({ linger: 77 }));
  const push = use(new Push({ reconnectInterval: 5 }));
  await pull.bind("tcp://127.0.0.1:*");
  const address = pull.lastEndpoint ?? "";
  push.connect(address);
  for (const body of ["1", "2", "3"]) await push.send(body);
  await until("all to arrive", () => pull.stats().queuedIn === 3);
  assert.deepEqual((await pull.receive()).map(String), ["1"]);
  const ticket = await pull.transfer();
  assert.equal(pull.closed, true);
  assert.equal(unaccounted(pull.stats()), 0);
  const thread = new Thread(t, keeper, { className: "Pull", ticket });
  await thread.says(address);
  thread.tell({ read: "linger" });
  await thread.says(77);
  thread.tell({ receive: 2 });
  await thread.says(["2"]);
  await thread.says(["3"]);
  await push.send("4");
  thread.tell({ receive: 1 });
  await thread.says(["4"]);
  thread.tell({});
  await thread.says(0);
  await endsWell(thread);
});

test("what waits for a peer that never was there goes along", async (t) => {
  const use = sockets(t);
  for (const kind of ["ipc", "inproc"] as const) {
    const address = fresh(kind);
    const push = use(new Push());
    push.connect(address);
    for (const body of ["1", "2", "3"]) await push.send(["", body]);
    const ticket = await push.transfer();
    const { messagesSent, messagesDelivered } = push.stats();
    assert.deepEqual([messagesSent, messagesDelivered], [3, 3]);
    const thread = new Thread(t, keeper, { className: "Push", ticket });
    await thread.says(address);
    const pull = use(new Pull());
    await pull.bind(address);
    for (const body of ["1", "2", "3"]) assert.deepEqual((await pull.receive()).map(String), ["", body]);
    thread.tell({ send: ["4"] });
    assert.deepEqual((await pull.receive()).map(String), ["4"]);
    thread.tell({});
    await thread.says(0);
    await endsWell(thread);
  }
});

test("what is queued for a peer that is there is sent before the ticket is given out", async (t) => {
  const use = sockets(t);
  const [push, pull] = [use(new Push()), use(new Pull({ receiveHighWaterMark: 1 }))];
  await pull.bind("tcp://127.0.0.1:*");
  push.connect(pull.lastEndpoint ?? "");
  await push.ready();
  for (let count = 0; count < 500; count++) await push.send("x".repeat(10_000));
  const handing = push.transfer();
  for (let count = 0; count < 500; count++) await pull.receive();
  const ticket = await handing;
  assert.equal(push.stats().messagesDelivered, 500);
  const again = use(Push.adopt(ticket));
  await again.send("after");
  assert.deepEqual((await pull.receive()).map(String), ["after"]);
});

test("what is not sent in time is dropped, and counted", async (t) => {
  const use = sockets(t);
  const [push, pull] = [use(new Push({ sendHighWaterMark: 0 })), use(new Pull({ receiveHighWaterMark: 1 }))];
  await pull.bind("tcp://127.0.0.1:*");
  push.connect(pull.lastEndpoint ?? "");
  await push.ready();
  for (let count = 0; count < 2000; count++) push.trySend("x".repeat(10_000));
  await push.transfer({ timeout: 20 });
  const stats = push.stats();
  assert.ok(stats.drops["linger-expired"] + stats.drops["peer-lost"] > 0);
  assert.equal(unaccounted(stats), 0);
});

test("subscriptions go along, as often as they were asked for", async (t) => {
  const use = sockets(t);
  const publisher = use(new Publisher());
  await publisher.bind(fresh("inproc"));
  const subscriber = new Subscriber();
  subscriber.subscribe("a", "a", "b");
  subscriber.connect(publisher.lastEndpoint ?? "");
  await publisher.ready({ subscribers: 1, topic: "b", timeout: 5000 });
  await publisher.send("b0");
  assert.equal(subscriber.readable, true);
  const ticket = await subscriber.transfer();
  assertBalanced(subscriber);
  const thread = new Thread(
    t,
    async ({ data, zmq, say, told }) => {
      const { Subscriber: Theirs } = await zmq();
      const theirs = Theirs.adopt(data);
      say(String((await theirs.receive())[0]));
      theirs.unsubscribe("a", "b");
      say("ready");
      say(String((await theirs.receive())[0]));
      await told();
    },
    ticket,
  );
  await thread.says("b0");
  await thread.says("ready");
  await publisher.ready({ subscribers: 1, topic: "a", timeout: 5000 });
  await until("the subscription to b to end", () => publisher.stats().peers === 1);
  await publisher.send("b1");
  await publisher.send("a1");
  const first = await thread.said();
  assert.ok(first === "a1" || first === "b1");
});

test("a ROUTER takes unread requests along, with the names of those who sent them", async (t) => {
  const use = sockets(t);
  const router = new Router();
  const dealer = use(new Dealer({ routingId: "D", reconnectInterval: 5 }));
  await router.bind("tcp://127.0.0.1:*");
  dealer.connect(router.lastEndpoint ?? "");
  await dealer.send("request");
  await until("it to arrive", () => router.stats().queuedIn === 1);
  const ticket = await router.transfer();
  const thread = new Thread(t, keeper, { className: "Router", ticket });
  await thread.said();
  thread.tell({ receive: 1 });
  await thread.says(["D", "request"]);
  await dealer.send("after it came back");
  thread.tell({ receive: 1 });
  await thread.says(["D", "after it came back"]);
  thread.tell({ send: ["D", "reply"] });
  assert.deepEqual((await dealer.receive()).map(String), ["reply"]);
});

test("a peer that connect() named keeps its name", async (t) => {
  const use = sockets(t);
  const router = new Router();
  const address = fresh("inproc");
  router.connect(address, { routingId: "them" });
  await router.send(["them", "hello"]);
  const again = use(Router.adopt(await router.transfer()));
  const dealer = use(new Dealer());
  await dealer.bind(address);
  assert.deepEqual((await dealer.receive()).map(String), ["hello"]);
  await again.send(["them", "more"]);
  assert.deepEqual((await dealer.receive()).map(String), ["more"]);
});

test("a socket at which calls wait, or that is in the middle of a dialog, is not handed over", async (t) => {
  const use = sockets(t);
  const pull = use(new Pull());
  const receiving = pull.receive({ timeout: 50 });
  await assert.rejects(pull.transfer(), zmqError("EBUSY"));
  await assert.rejects(receiving, zmqError("EAGAIN"));
  const stop = pull.onMessage(() => undefined);
  await assert.rejects(pull.transfer(), zmqError("EBUSY"));
  stop();
  const [request, reply] = [use(new Request()), use(new Reply())];
  await reply.bind(fresh("inproc"));
  request.connect(reply.lastEndpoint ?? "");
  await request.send("?");
  await assert.rejects(request.transfer(), zmqError("EFSM", "REQ"));
  await reply.receive();
  await assert.rejects(reply.transfer(), zmqError("EFSM", "REP"));
  await reply.send("!");
  await request.receive();
  const judged = use(new Pair());
  judged.authenticate(() => true);
  await assert.rejects(judged.transfer(), zmqError("EINVAL", "authenticate"));
  const closed = new Pair();
  closed.close();
  await assert.rejects(closed.transfer(), zmqError("EBADF"));
});

test("a ticket is used once, and only for its type", async (t) => {
  const use = sockets(t);
  const ticket = await new Pull().transfer();
  assert.throws(() => Push.adopt(ticket), zmqError("EINVAL", "PULL"));
  const copy = structuredClone(ticket);
  use(Pull.adopt(copy));
  assert.throws(() => Pull.adopt(ticket), zmqError("EBUSY"));
  for (const wrong of [null, {}, "ticket"]) {
    assert.throws(() => Pull.adopt(wrong as unknown as SocketTicket), TypeError);
  }
});

test("a ticket whose address is taken can be used when it is free again", async (t) => {
  const use = sockets(t);
  const address = fresh("inproc");
  const pull = new Pull({ context: new Context() });
  await pull.bind(address);
  const push = new Push({ context: pull.context });
  push.connect(address);
  await push.send("unread");
  const ticket = await pull.transfer();
  push.close();
  const other = use(new Pair());
  await other.bind(address);
  assert.throws(() => Pull.adopt(ticket), zmqError("EADDRINUSE"));
  await other.unbind(address);
  const again = use(Pull.adopt(ticket));
  assert.deepEqual((await again.receive()).map(String), ["unread"]);
});
