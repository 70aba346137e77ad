import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Dealer, Publisher, Pull, Push, Router, Subscriber } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound } from "../support/places.ts";
import { GREETING, RawHost, RawPeer, frames, ready } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";

/** ZMTP 3.0 and 3.1 (RFC 23, 37) as sockets keep to it; what the codec alone keeps to is in test/wire/zmtp. */

const bytes = (digits: string): Buffer => Buffer.from(digits.replaceAll(" ", ""), "hex");

/** A PULL that a raw PUSH has shaken hands with, by a greeting of its own. */
async function pulled(t: TestContext, greeting: Buffer): Promise<[Pull, RawPeer]> {
  const pull = sockets(t)(new Pull());
  const peer = await RawPeer.dial(t, bound(pull, "tcp"));
  peer.send(greeting, ready("PUSH"));
  await peer.gets("READY");
  return [pull, peer];
}

test("RFC 37: a peer SHALL begin with the greeting, of 64 octets: its signature without waiting for the other's", async (t) => {
  const greeting = bytes(`ff 0000000000000001 7f 03 01 4e554c4c ${"00".repeat(16)} 00 ${"00".repeat(31)}`);
  const peer = await RawPeer.dial(t, bound(sockets(t)(new Pull()), "tcp"));
  await until("the signature", () => peer.received.length >= 10);
  assert.deepEqual(peer.received, greeting.subarray(0, 10));
  peer.send(GREETING.subarray(0, 10));
  await until("the major version", () => peer.received.length >= 11);
  assert.deepEqual(peer.received, greeting.subarray(0, 11));
  peer.send(GREETING.subarray(10, 11));
  await until("the greeting", () => peer.received.length >= 64);
  assert.deepEqual(peer.received.subarray(0, 64), greeting);
});

test("RFC 37: the padding of the signature and the filler SHALL NOT be judged", async (t) => {
  const greeting = Buffer.from(GREETING);
  greeting.fill(0xaa, 1, 9).fill(0xbb, 33, 64);
  const [pull, peer] = await pulled(t, greeting);
  peer.send(frames("hello"));
  assert.deepEqual(await next(pull), ["hello"]);
});

test("RFC 37: a peer SHALL accept a higher version than its own, and speak its own", async (t) => {
  const greeting = Buffer.from(GREETING);
  greeting.set([9, 7], 10);
  const [pull, peer] = await pulled(t, greeting);
  peer.send(frames("hello"));
  assert.deepEqual(await next(pull), ["hello"]);
  assert.deepEqual([...peer.received.subarray(10, 12)], [3, 1]);
});

test("RFC 37: peers SHALL use the same mechanism, or the connection SHALL be closed", async (t) => {
  const greeting = Buffer.from(GREETING);
  greeting.write("PLAIN", 12);
  const peer = await RawPeer.dial(t, bound(sockets(t)(new Pull()), "tcp"));
  peer.send(greeting, ready("PUSH"));
  await peer.ends();
});

test("RFC 37: no message SHALL be sent before the handshake is done", async (t) => {
  const push = sockets(t)(new Push({ linger: 0 }));
  const host = await RawHost.listen(t);
  push.connect(host.endpoint);
  await push.send("early");
  const peer = await host.accepts();
  peer.send(GREETING);
  await peer.gets("READY");
  assert.equal(peer.received.includes("early"), false);
  peer.send(ready("PULL"));
  await peer.gets("early");
});

test("RFC 37: READY SHALL tell the Socket-Type, and the Identity of a type that has one", async (t) => {
  const use = sockets(t);
  const plain = await RawPeer.dial(t, bound(use(new Pull()), "tcp"));
  await plain.shake("PUSH");
  assert.ok(plain.received.includes(bytes("0b 536f636b65742d54797065 00000004 50554c4c")));
  assert.equal(plain.received.includes("Identity"), false);
  const named = await RawPeer.dial(t, bound(use(new Router({ routingId: "ABC" })), "tcp"));
  await named.shake("DEALER");
  assert.ok(named.received.includes(bytes("08 4964656e74697479 00000003 414243")));
});

test("RFC 37: names of properties SHALL be the same in any case", async (t) => {
  const pull = sockets(t)(new Pull());
  const peer = await RawPeer.dial(t, bound(pull, "tcp"));
  peer.send(GREETING, bytes("04 1a 05 5245414459 0b 534f434b45542d74797045 00000004 50555348"), frames("hello"));
  assert.deepEqual(await next(pull), ["hello"]);
  assert.equal(pull.peers()[0]?.socketType, "PUSH");
});

test("RFC 37: a peer whose type does not match SHOULD get an ERROR, and SHALL be closed", async (t) => {
  const peer = await RawPeer.dial(t, bound(sockets(t)(new Pull()), "tcp"));
  await peer.shake("SUB");
  await peer.ends();
  assert.ok(peer.received.includes("\x05ERROR"));
});

test("RFC 37: after an ERROR the peer SHALL NOT be tried again", async (t) => {
  const push = sockets(t)(new Push({ linger: 0, reconnectInterval: 1 }));
  const host = await RawHost.listen(t);
  push.connect(host.endpoint);
  const peer = await host.accepts();
  peer.send(GREETING, bytes("04 0a 05 4552524f52 03 626164"));
  await peer.ends();
  await until("its failure", () => push.stats().handshakeProtocol === 1);
  const other = sockets(t)(new Push({ linger: 0 })); // whoever comes later shows that the first did not come again
  other.connect(host.endpoint);
  await host.accepts(2);
  assert.equal(host.peers.length, 2);
  assert.deepEqual([push.stats().connects, push.stats().reconnects], [1, 0]);
});

test("RFC 37: a body of up to 255 octets SHALL have a short length, a longer one a long", async (t) => {
  const push = sockets(t)(new Push({ linger: 0 }));
  const peer = await RawPeer.dial(t, bound(push, "tcp"));
  await peer.shake("PULL");
  const at = peer.received.length;
  await push.send(["a".repeat(255), "b".repeat(256)]);
  await until("both frames", () => peer.received.length >= at + 2 + 255 + 9 + 256);
  assert.deepEqual(peer.received.subarray(at, at + 2), bytes("01 ff"));
  assert.deepEqual(peer.received.subarray(at + 257, at + 266), bytes("02 0000000000000100"));
});

test("RFC 37: a message SHALL be delivered whole or not at all", async (t) => {
  const [pull, peer] = await pulled(t, GREETING);
  peer.send(frames("whole"), bytes("01 01 61 01 01 62"));
  assert.deepEqual(await next(pull), ["whole"]);
  peer.stream.destroy();
  await until("the peer's end", () => pull.stats().peers === 0);
  assert.equal(pull.tryReceive(), undefined);
  assert.equal(pull.stats().drops.incomplete, 1);
});

test("RFC 37: a PING SHALL be answered by a PONG with the same context", async (t) => {
  const [, peer] = await pulled(t, GREETING);
  peer.send(bytes("04 09 04 50494e47 0000 6162"));
  await until("the PONG", () => peer.received.includes(bytes("04 07 04 504f4e47 6162")));
});

test("RFC 37: a peer that keeps silent for the TTL of its own PING MAY be given up", async (t) => {
  const [pull, peer] = await pulled(t, GREETING);
  peer.send(bytes("04 07 04 50494e47 0001"));
  await peer.ends();
  await until("the loss to be counted", () => pull.stats().disconnects === 1);
});

test("RFC 37: any traffic SHALL count as a sign of life", async (t) => {
  const pull = sockets(t)(new Pull({ heartbeatInterval: 20, heartbeatTimeout: 60 }));
  const peer = await RawPeer.dial(t, bound(pull, "tcp"));
  await peer.shake("PUSH");
  const timer = setInterval(() => peer.send(frames("alive")), 5);
  t.after(() => clearInterval(timer));
  const began = performance.now();
  while (performance.now() < began + 200) assert.deepEqual(await next(pull), ["alive"]);
  assert.equal(peer.closed, false);
  clearInterval(timer);
  await peer.ends();
});

test("RFC 37: to a 3.1 publisher a subscription SHALL be a command, to a 3.0 one a message", async (t) => {
  const subscriber = sockets(t)(new Subscriber());
  subscriber.subscribe("A");
  const host = await RawHost.listen(t);
  subscriber.connect(host.endpoint);
  const newer = await host.accepts();
  await newer.shake("PUB");
  await until("the command", () => newer.received.includes(bytes("04 0b 09 535542534352494245 41")));
  const old = await RawHost.listen(t);
  subscriber.connect(old.endpoint);
  const older = await old.accepts();
  const greeting = Buffer.from(GREETING);
  greeting[11] = 0;
  older.send(greeting, ready("PUB"));
  await until("the message", () => older.received.includes(bytes("00 02 01 41")));
});

test("RFC 37: a publisher SHALL take both forms of subscriptions", async (t) => {
  const publisher = sockets(t)(new Publisher());
  const address = bound(publisher, "tcp");
  const [command, message] = [await RawPeer.dial(t, address), await RawPeer.dial(t, address)];
  await command.shake("SUB");
  await message.shake("SUB");
  command.send(bytes("04 0b 09 535542534352494245 41"));
  message.send(bytes("00 02 01 41"));
  await publisher.ready({ subscribers: 2, topic: "A", timeout: 5000 });
  await publisher.send("A1");
  await command.gets("A1");
  await message.gets("A1");
});

test("RFC 37: messages between two peers SHALL arrive in the order they were sent", async (t) => {
  const use = sockets(t);
  const [one, other] = [use(new Dealer({ linger: 0 })), use(new Dealer({ linger: 0 }))];
  one.connect(bound(other, "tcp"));
  for (let count = 0; count < 3000; count++) void one.send(String(count));
  for (let count = 0; count < 3000; count++) assert.deepEqual(await next(other), [String(count)]);
});
