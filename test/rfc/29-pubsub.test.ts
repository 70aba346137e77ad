import assert from "node:assert/strict";
import { test } from "node:test";
import { Publisher, Subscriber, XPublisher, XSubscriber } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound } from "../support/places.ts";
import { RawHost, RawPeer, frames } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";

/** RFC 29: PUB, SUB, XPUB and XSUB, sentence by sentence. */

const SUBSCRIBE = (topic: string): Buffer => Buffer.from(`\x00${String.fromCharCode(topic.length + 1)}\x01${topic}`);
const CANCEL = (topic: string): Buffer => Buffer.from(`\x00${String.fromCharCode(topic.length + 1)}\x00${topic}`);

test("RFC 29: PUB SHALL send each message to all subscribers whose topics match, and to no other", async (t) => {
  const use = sockets(t);
  const publisher = use(new Publisher({ linger: 0 }));
  const address = bound(publisher, "tcp");
  const [one, both, none] = [use(new Subscriber()), use(new Subscriber()), use(new Subscriber())];
  one.subscribe("A");
  both.subscribe("A", "B");
  none.subscribe("C");
  for (const subscriber of [one, both, none]) subscriber.connect(address);
  await publisher.ready({ subscribers: 2, topic: "A", timeout: 5000 });
  await publisher.ready({ subscribers: 1, topic: "C", timeout: 5000 });
  for (const text of ["A1", "B1", "C1"]) await publisher.send(text);
  assert.deepEqual(await next(one), ["A1"]);
  assert.deepEqual([await next(both), await next(both)], [["A1"], ["B1"]]);
  assert.deepEqual(await next(none), ["C1"]);
});

test("RFC 29: a topic SHALL match as the beginning of the first frame, octet for octet", async (t) => {
  const publisher = sockets(t)(new Publisher({ linger: 0 }));
  const peer = await RawPeer.dial(t, bound(publisher, "tcp"));
  await peer.shake("SUB");
  peer.send(SUBSCRIBE("AB"));
  await publisher.ready({ subscribers: 1, topic: "AB", timeout: 5000 });
  for (const first of ["A", "aB", "xAB", "", "AB", "ABC"]) await publisher.send([first, "AB"]);
  await until("the last", () => peer.received.includes(frames("ABC", "AB")));
  assert.ok(peer.received.includes(Buffer.concat([frames("AB", "AB"), frames("ABC", "AB")])));
  assert.equal(publisher.stats().drops["no-subscriber"], 4);
});

test("RFC 29: PUB SHALL NOT block, and SHALL drop for a subscriber whose queue is full", async (t) => {
  const publisher = sockets(t)(new Publisher({ linger: 0, sendHighWaterMark: 10 }));
  const peer = await RawPeer.dial(t, bound(publisher, "tcp"));
  await peer.shake("SUB");
  peer.send(SUBSCRIBE(""));
  await publisher.ready({ subscribers: 1, timeout: 5000 });
  peer.stream.pause();
  for (let count = 0; publisher.stats().drops.hwm === 0; count++) {
    assert.ok(count < 100_000);
    await publisher.send(Buffer.alloc(10_000), { timeout: 0 });
  }
});

test("RFC 29: PUB SHALL discard what subscribers send to it", async (t) => {
  const publisher = sockets(t)(new Publisher({ linger: 0 }));
  const peer = await RawPeer.dial(t, bound(publisher, "tcp"));
  await peer.shake("XSUB");
  peer.send(frames("data"), frames("more", "data"));
  await until("them", () => publisher.stats().drops.refused === 2);
});

test("RFC 29: SUB SHALL tell all its publishers what it subscribes to, those too that come later", async (t) => {
  const subscriber = sockets(t)(new Subscriber());
  const hosts = [await RawHost.listen(t), await RawHost.listen(t)];
  subscriber.subscribe("before");
  for (const host of hosts) {
    subscriber.connect(host.endpoint);
    await (await host.accepts()).shake("PUB");
  }
  await subscriber.ready({ peers: 2, timeout: 5000 });
  subscriber.subscribe("after");
  for (const host of hosts) {
    const peer = await host.accepts();
    await peer.gets("SUBSCRIBEbefore");
    await peer.gets("SUBSCRIBEafter");
  }
});

test("RFC 29: SUB SHALL subscribe again to everything after a reconnect", async (t) => {
  const subscriber = sockets(t)(new Subscriber({ reconnectInterval: 1 }));
  const host = await RawHost.listen(t);
  for (let topic = 0; topic < 500; topic++) subscriber.subscribe(`topic ${topic};`);
  subscriber.connect(host.endpoint);
  for (const count of [1, 2]) {
    const peer = await host.accepts(count);
    await peer.shake("PUB");
    for (let topic = 0; topic < 500; topic++) await peer.gets(`topic ${topic};`);
    peer.stream.destroy();
  }
});

test("RFC 29: SUB SHALL discard what it did not subscribe to, whatever a publisher sends", async (t) => {
  const subscriber = sockets(t)(new Subscriber());
  const host = await RawHost.listen(t);
  subscriber.subscribe("A");
  subscriber.connect(host.endpoint);
  const peer = await host.accepts();
  await peer.shake("PUB");
  peer.send(frames("B"), frames("A"));
  assert.deepEqual(await next(subscriber), ["A"]);
  assert.equal(subscriber.stats().drops.filtered, 1);
});

test("RFC 29: SUB SHALL receive from its publishers by fair-queuing", async (t) => {
  const subscriber = sockets(t)(new Subscriber());
  subscriber.subscribe();
  const address = bound(subscriber, "tcp");
  const peers = [await RawPeer.dial(t, address), await RawPeer.dial(t, address)];
  for (const [index, peer] of peers.entries()) {
    await peer.shake("PUB");
    peer.send(frames(String(index)), frames(String(index)), frames(String(index)));
  }
  await until("all messages", () => subscriber.stats().queuedIn === 6);
  const order: string[] = [];
  for (let count = 0; count < 6; count++) order.push((await next(subscriber))[0] ?? "");
  assert.match(order.join(""), /^(?:01){3}$|^(?:10){3}$/);
});

test("RFC 29: subscriptions SHALL be additive: what was asked for twice ends when it was ended twice", async (t) => {
  const subscriber = sockets(t)(new Subscriber());
  const host = await RawHost.listen(t);
  subscriber.subscribe("A");
  subscriber.subscribe("A");
  subscriber.connect(host.endpoint);
  const peer = await host.accepts();
  await peer.shake("PUB");
  subscriber.unsubscribe("A");
  peer.send(frames("A1"));
  assert.deepEqual(await next(subscriber), ["A1"]);
  subscriber.unsubscribe("A");
  await peer.gets("CANCELA");
});

test("RFC 29: XPUB SHALL give subscriptions and their ends to the application, once for all peers", async (t) => {
  const publisher = sockets(t)(new XPublisher({ linger: 0 }));
  const address = bound(publisher, "tcp");
  const [one, other] = [await RawPeer.dial(t, address), await RawPeer.dial(t, address)];
  for (const peer of [one, other]) {
    await peer.shake("SUB");
    peer.send(SUBSCRIBE("A"));
  }
  await publisher.ready({ subscribers: 2, topic: "A", timeout: 5000 });
  assert.deepEqual(await next(publisher), ["\x01A"]);
  one.send(CANCEL("A"));
  await until("one of them", () => publisher.peers().length === 2 && publisher.topicsCount === 1);
  other.send(CANCEL("A"));
  assert.deepEqual(await next(publisher), ["\x00A"]);
});

test("RFC 29: XPUB MUST tell the application the end of a subscriber's topics when it vanishes", async (t) => {
  const publisher = sockets(t)(new XPublisher({ linger: 0 }));
  const peer = await RawPeer.dial(t, bound(publisher, "tcp"));
  await peer.shake("SUB");
  peer.send(SUBSCRIBE("A"), SUBSCRIBE("B"));
  assert.deepEqual([await next(publisher), await next(publisher)], [["\x01A"], ["\x01B"]]);
  peer.stream.destroy();
  const ends = [...(await next(publisher)), ...(await next(publisher))];
  assert.deepEqual(new Set(ends), new Set(["\x00A", "\x00B"]));
});

test("RFC 29: XPUB SHALL give data that subscribers send to the application", async (t) => {
  const publisher = sockets(t)(new XPublisher({ linger: 0 }));
  const peer = await RawPeer.dial(t, bound(publisher, "tcp"));
  await peer.shake("XSUB");
  peer.send(frames("data", "more"));
  assert.deepEqual(await next(publisher), ["data", "more"]);
});

test("RFC 29: XSUB SHALL take 01 and 00 with a topic as subscription and end, and send all else to every publisher", async (t) => {
  const subscriber = sockets(t)(new XSubscriber({ linger: 0 }));
  const hosts = [await RawHost.listen(t), await RawHost.listen(t)];
  for (const host of hosts) {
    subscriber.connect(host.endpoint);
    await (await host.accepts()).shake("XPUB");
  }
  await subscriber.ready({ peers: 2, timeout: 5000 });
  for (const text of ["\x01A", "\x00A", "data"]) await subscriber.send(text);
  for (const host of hosts) {
    const peer = await host.accepts();
    await peer.gets("SUBSCRIBEA");
    await peer.gets("CANCELA");
    await until("the data", () => peer.received.includes(frames("data")));
  }
});
