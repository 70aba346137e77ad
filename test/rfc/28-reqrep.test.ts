import assert from "node:assert/strict";
import { test } from "node:test";
import { Dealer, Reply, Request, Router } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { bound } from "../support/places.ts";
import { RawHost, RawPeer, frames } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next, texts } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

/** RFC 28: REQ, REP, DEALER and ROUTER, sentence by sentence. */

test("RFC 28: REQ SHALL send an empty delimiter before the request", async (t) => {
  const request = sockets(t)(new Request({ linger: 0 }));
  const host = await RawHost.listen(t);
  request.connect(host.endpoint);
  const peer = await host.accepts();
  await peer.shake("REP");
  await request.send(["a", "b"]);
  await until("the request", () => peer.received.includes(frames("", "a", "b")));
});

test("RFC 28: REQ SHALL send and receive in turn", async (t) => {
  const use = sockets(t);
  const [request, reply] = [use(new Request({ linger: 0 })), use(new Reply({ linger: 0 }))];
  await meet(reply, request, "tcp");
  await assert.rejects(request.receive({ timeout: 100 }), zmqError("EFSM"));
  await request.send("one");
  await assert.rejects(request.send("two"), zmqError("EFSM"));
  assert.deepEqual(await next(reply), ["one"]);
  await reply.send("1");
  assert.deepEqual(await next(request), ["1"]);
});

test("RFC 28: REQ SHALL send to its peers in turn", async (t) => {
  const use = sockets(t);
  const request = use(new Request({ linger: 0 }));
  const replies = [use(new Reply()), use(new Reply()), use(new Reply())];
  for (const reply of replies) request.connect(bound(reply, "tcp"));
  await request.ready({ peers: 3, timeout: 5000 });
  for (const reply of [...replies, ...replies]) {
    await request.send("hello");
    await next(reply);
    await reply.send("world");
    await next(request);
  }
});

test("RFC 28: REQ SHALL NOT discard a request for which there is no peer yet, but block", async (t) => {
  const request = sockets(t)(new Request({ linger: 0 }));
  await assert.rejects(request.send("x", { timeout: 10 }), zmqError("EAGAIN"));
  assert.equal(request.stats().messagesSent, 0);
});

test("RFC 28: REQ SHALL take a reply only from the peer it asked, and discard all others", async (t) => {
  const request = sockets(t)(new Request({ linger: 0 }));
  const address = bound(request, "tcp");
  const [first, second] = [await RawPeer.dial(t, address), await RawPeer.dial(t, address)];
  await first.shake("REP");
  await request.ready({ peers: 1, timeout: 5000 });
  await second.shake("REP");
  await request.ready({ peers: 2, timeout: 5000 });
  await request.send("question");
  await until("the question", () => first.received.includes("question") || second.received.includes("question"));
  const [asked, other] = first.received.includes("question") ? [first, second] : [second, first];
  other.send(frames("", "not asked"));
  await until("it to come", () => request.stats().messagesReceived === 1);
  asked.send(frames("", "asked"));
  assert.deepEqual(await next(request), ["asked"]);
  assert.equal(request.stats().drops.refused, 1);
});

test("RFC 28: REP SHALL return the envelope, all frames up to the first empty one, with its reply", async (t) => {
  const reply = sockets(t)(new Reply({ linger: 0 }));
  const peer = await RawPeer.dial(t, bound(reply, "tcp"));
  await peer.shake("DEALER");
  peer.send(frames("hop", "id", "", "question", "", "more"));
  assert.deepEqual(await next(reply), ["question", "", "more"]);
  await reply.send(["answer"]);
  await until("the reply", () => peer.received.includes(frames("hop", "id", "", "answer")));
});

test("RFC 28: REP SHALL receive from its peers by fair-queuing", async (t) => {
  const use = sockets(t);
  const reply = use(new Reply({ linger: 0 }));
  const dealers = [use(new Dealer({ linger: 0 })), use(new Dealer({ linger: 0 }))];
  await meetAll(reply, dealers, "tcp");
  for (const [index, dealer] of dealers.entries()) {
    for (let count = 0; count < 3; count++) await dealer.send(["", String(index)]);
  }
  await until("all requests", () => reply.stats().queuedIn === 6);
  const order: string[] = [];
  for (let count = 0; count < 6; count++) {
    order.push((await next(reply))[0] ?? "");
    await reply.send("");
  }
  assert.equal(
    order
      .join("")
      .replace(/^10/, "01")
      .match(/^(?:01)+$|^(?:10)+$/)?.length,
    1,
    order.join(""),
  );
});

test("RFC 28: REP SHALL discard the reply when the asker is gone, and not block", async (t) => {
  const reply = sockets(t)(new Reply({ linger: 0 }));
  const peer = await RawPeer.dial(t, bound(reply, "tcp"));
  await peer.shake("REQ");
  peer.send(frames("", "question"));
  assert.deepEqual(await next(reply), ["question"]);
  peer.stream.destroy();
  await until("its end", () => reply.stats().peers === 0);
  await reply.send("answer", { timeout: 0 });
  assert.equal(reply.stats().drops.unroutable, 1);
});

test("RFC 28: DEALER SHALL send to its available peers in turn", async (t) => {
  const use = sockets(t);
  const dealer = use(new Dealer({ linger: 0 }));
  const replies = [use(new Dealer()), use(new Dealer())];
  await meetAll(dealer, replies, "tcp");
  for (let count = 0; count < 6; count++) await dealer.send("x");
  for (const reply of [...replies, ...replies, ...replies]) await next(reply);
});

test("RFC 28: DEALER SHALL block when it has no available peer, and SHALL NOT discard", async (t) => {
  const dealer = sockets(t)(new Dealer({ linger: 0, sendHighWaterMark: 2 }));
  assert.equal(dealer.trySend("nobody"), false);
  dealer.connect("tcp://127.0.0.1:1");
  assert.deepEqual([dealer.trySend("1"), dealer.trySend("2"), dealer.trySend("3")], [true, true, false]);
  assert.equal(dealer.stats().drops.hwm, 0);
});

test("RFC 28: ROUTER SHALL prefix what it receives with the peer's identity, and send where the first frame says", async (t) => {
  const router = sockets(t)(new Router({ linger: 0 }));
  const address = bound(router, "tcp");
  const [one, other] = [await RawPeer.dial(t, address), await RawPeer.dial(t, address)];
  await one.shake("DEALER", "one");
  await other.shake("DEALER", "other");
  await router.ready({ peers: 2, timeout: 5000 });
  one.send(frames("hello"));
  assert.deepEqual(await next(router), ["one", "hello"]);
  await router.send(["other", "to you"]);
  await until("the message", () => other.received.includes(frames("to you")));
  assert.equal(one.received.includes("to you"), false);
});

test("RFC 28: ROUTER SHALL make up an identity of its own for a peer that has none", async (t) => {
  const router = sockets(t)(new Router({ linger: 0 }));
  const peer = await RawPeer.dial(t, bound(router, "tcp"));
  await peer.shake("DEALER");
  peer.send(frames("hello"));
  const [id, body] = await router.receive({ timeout: 5000 });
  assert.deepEqual([id?.length, id?.[0], String(body)], [5, 0, "hello"]);
  await router.send([id ?? "", "back"]);
  await until("the answer", () => peer.received.includes(frames("back")));
});

test("RFC 28: ROUTER SHALL drop what it can't route, or fail when configured to, and SHALL NOT block", async (t) => {
  const router = sockets(t)(new Router({ linger: 0 }));
  await router.send(["nobody", "x"], { timeout: 0 });
  assert.equal(router.stats().drops.unroutable, 1);
  router.mandatory = true;
  await assert.rejects(router.send(["nobody", "x"]), zmqError("EHOSTUNREACH"));
});

test("RFC 28: ROUTER SHALL destroy an accepted peer's queue, with what is in it, when the peer leaves", async (t) => {
  const router = sockets(t)(new Router({ linger: 0 }));
  const address = bound(router, "tcp");
  const peer = await RawPeer.dial(t, address);
  await peer.shake("DEALER", "same");
  await router.ready({ peers: 1, timeout: 5000 });
  peer.stream.pause();
  for (let count = 0; count < 2000; count++) await router.send(["same", Buffer.alloc(10_000)]);
  peer.stream.destroy();
  await until("its end", () => router.stats().peers === 0);
  assert.ok(router.stats().drops["peer-lost"] > 0);
  const again = await RawPeer.dial(t, address);
  await again.shake("DEALER", "same");
  await router.ready({ peers: 1, timeout: 5000 });
  await router.send(["same", "fresh"]);
  await again.gets("fresh");
  assert.ok(again.received.length < 1000);
  assert.equal(texts(router.tryReceive()), undefined);
});
