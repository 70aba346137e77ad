import assert from "node:assert/strict";
import { test } from "node:test";
import { Context, Dealer, Pair, Publisher, Pull, Push, Router, Subscriber } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { fresh } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

test("test_inproc_connect/test_bind_before_connect: a message sent at once arrives", async (t) => {
  const use = sockets(t);
  const [bind, connect] = [use(new Pair()), use(new Pair())];
  const address = fresh("inproc");
  bind.bindSync(address);
  connect.connect(address);
  assert.equal(connect.trySend("foobar"), true);
  assert.deepEqual(bind.tryReceive()?.map(String), ["foobar"]);
});

test("test_inproc_connect/test_connect_before_bind: messages queue until the name is bound", async (t) => {
  const use = sockets(t);
  const [bind, connect] = [use(new Pair()), use(new Pair())];
  const address = fresh("inproc");
  connect.connect(address);
  await connect.send("foobar");
  assert.equal(connect.stats().queuedOut, 1);
  await bind.bind(address);
  assert.deepEqual(await next(bind), ["foobar"]);
});

test("test_inproc_connect/test_connect_before_bind_pub_sub: what is published before the subscription is dropped", async (t) => {
  const use = sockets(t);
  const [pub, sub] = [use(new Publisher()), use(new Subscriber())];
  const address = fresh("inproc");
  pub.connect(address);
  await pub.send("before");
  sub.subscribe();
  sub.bindSync(address);
  await pub.ready({ subscribers: 1, timeout: 5000 });
  await pub.send("after");
  assert.deepEqual(await next(sub), ["after"]);
  assert.equal(pub.stats().drops["no-subscriber"], 1);
});

test("test_inproc_connect/test_connect_before_bind_ctx_term: a socket connected to a name that is never bound ends", async () => {
  for (let round = 0; round < 20; round++) {
    const connect = new Pair({ context: new Context(), linger: 0 });
    connect.connect("inproc://cbbct");
    await connect.send("foobar");
    connect.close();
    await connect.ended();
    assert.equal(connect.stats().drops["linger-expired"], 1);
  }
});

test("test_inproc_connect/test_multiple_connects: all that connected before the bind are heard", async (t) => {
  const use = sockets(t);
  const address = fresh("inproc");
  for (let count = 0; count < 10; count++) {
    const push = use(new Push());
    push.connect(address);
    await push.send(`${count}`);
  }
  const pull = use(new Pull());
  await pull.bind(address);
  const all = [];
  while (all.length < 10) all.push(...(await next(pull)));
  assert.deepEqual(all.toSorted(), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
});

test("test_inproc_connect/test_routing_id: a ROUTER hears of a DEALER that connected before it was bound", async (t) => {
  const use = sockets(t);
  const [dealer, router] = [use(new Dealer({ routingId: "D" })), use(new Router())];
  const address = fresh("inproc");
  dealer.connect(address);
  router.bindSync(address);
  await dealer.send(["A", "B"]);
  assert.deepEqual(await next(router), ["D", "A", "B"]);
});

test("test_inproc_connect/test_connect_only: a socket that only connected closes and ends", async () => {
  const push = new Push();
  push.connect(fresh("inproc"));
  push.close();
  await push.ended();
});

test("test_inproc_connect/test_unbind: after unbind the name is free, and who connects next waits for the next binder", async (t) => {
  const use = sockets(t);
  const [one, two, connect] = [use(new Pair()), use(new Pair()), use(new Pair())];
  const address = fresh("inproc");
  one.bindSync(address);
  one.unbindSync(address);
  connect.connect(address);
  two.bindSync(address);
  await connect.send("foobar");
  assert.deepEqual(await next(two), ["foobar"]);
  assert.equal(one.tryReceive(), undefined);
});

test("test_inproc_connect/test_shutdown_during_pend: messages of a closed socket reach who binds later, within its linger", async (t) => {
  const use = sockets(t);
  const address = fresh("inproc");
  const push = use(new Push());
  push.connect(address);
  await push.send("foobar");
  push.close();
  const pull = use(new Pull());
  pull.bindSync(address);
  assert.deepEqual(await next(pull), ["foobar"]);
});

test("test_disconnect_inproc/test_disconnect_inproc: a disconnected publisher is not heard, and heard again after connect", async (t) => {
  const use = sockets(t);
  const [pub, sub] = [use(new Publisher()), use(new Subscriber())];
  const address = fresh("inproc");
  sub.subscribe("foo");
  pub.bindSync(address);
  for (const round of ["1", "2", "3"]) {
    sub.connect(address);
    await pub.ready({ subscribers: 1, topic: "foo", timeout: 5000 });
    await pub.send(["foo", round]);
    assert.deepEqual(await next(sub), ["foo", round]);
    sub.disconnect(address);
    await until("the subscriber to be gone", () => pub.stats().peers === 0);
    await pub.send(["foo", "unheard"]);
    assert.equal(sub.tryReceive(), undefined);
  }
  assert.throws(() => sub.disconnect(address), zmqError("ENOENT", address));
});

test("libzmq 2.4: a second bind of a name is EADDRINUSE; another context has its own names", (t) => {
  const use = sockets(t);
  const address = fresh("inproc");
  use(new Pair()).bindSync(address);
  assert.throws(() => use(new Pair()).bindSync(address), zmqError("EADDRINUSE"));
  use(new Pair({ context: new Context() })).bindSync(address);
});

test("libzmq 2.4: unbind of an unknown name is ENOENT, and leaves joined peers alone", async (t) => {
  const use = sockets(t);
  const [one, other] = [use(new Pair()), use(new Pair())];
  const address = await meet(one, other, "inproc");
  assert.throws(() => one.unbindSync("inproc://never"), zmqError("ENOENT", "inproc://never", address));
  one.unbindSync(address);
  await other.send("still here");
  assert.deepEqual(await next(one), ["still here"]);
});

test("libzmq 2.4: two sockets of one process queue up to the sum of both marks", async (t) => {
  const use = sockets(t);
  const push = use(new Push({ sendHighWaterMark: 3 }));
  const pull = use(new Pull({ receiveHighWaterMark: 4 }));
  await meet(pull, push, "inproc");
  let sent = 0;
  while (push.trySend(`${sent}`)) sent++;
  assert.equal(sent, 7);
  assert.equal(push.stats().hwmHitsOut, 1);
});

test("libzmq 2.4: without a mark on one side there is none", async (t) => {
  const use = sockets(t);
  const push = use(new Push({ sendHighWaterMark: 0 }));
  const pull = use(new Pull({ receiveHighWaterMark: 2 }));
  await meet(pull, push, "inproc");
  for (let count = 0; count < 5000; count++) assert.equal(push.trySend("x"), true);
  assert.equal(pull.stats().queuedIn, 5000);
});

test("zeromq.js 0.7: a large frame is handed over as the same memory, a small one as a copy", async (t) => {
  const use = sockets(t);
  const [one, other] = [use(new Pair()), use(new Pair())];
  await meet(one, other, "inproc");
  const [large, small] = [Buffer.alloc(1024, "a"), Buffer.alloc(128, "a")];
  await one.send([large, small]);
  const [gotLarge, gotSmall] = await other.receive();
  assert.ok(gotLarge !== undefined && gotSmall !== undefined);
  gotLarge[0] = gotSmall[0] = 98;
  assert.deepEqual([large[0], small[0]], [98, 97]);
});

test("libzmq 8.1: messages of a sender that closed with linger 0 are still delivered", async (t) => {
  const use = sockets(t);
  const [push, pull] = [use(new Push({ linger: 0 })), use(new Pull())];
  await meet(pull, push, "inproc");
  for (const body of ["1", "2", "3"]) await push.send(body);
  push.close();
  for (const body of ["1", "2", "3"]) assert.deepEqual(await next(pull), [body]);
  assert.equal(push.stats().messagesDelivered, 3);
});
