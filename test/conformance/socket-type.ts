import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { SOCKETS } from "../../src/sockets/index.ts";
import type { SocketType } from "../../src/sockets/type.ts";
import { meet } from "../support/meeting.ts";
import { bound, nobody, type Kind } from "../support/places.ts";
import { frame, RawPeer } from "../support/raw-peer.ts";
import { secure, type Security } from "../support/securities.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";
import { create, deliver, fitting, inOrder, subscribe, to, type AnySocket, type Side } from "./dialog.ts";
import { until } from "./recorders.ts";

/** Raw bytes have no handshake in which anybody could be refused. */
const ZMTP_TYPES = SOCKETS.filter((type) => type.wire === "zmtp");

function byName(name: string): SocketType {
  const type = SOCKETS.find((each) => each.name === name);
  assert.ok(type, `there is no socket type ${name}`);
  return type;
}

/** What changes for a socket type when its peers are authenticated, or its traffic encrypted. */
export function securedSuite(type: SocketType, kind: Kind, security: Security): void {
  describe(`${type.name} over ${kind} with ${security.name}`, () => {
    for (const name of type.peers) {
      test(`exchanges whole messages with a ${name}, and the books balance`, (t) =>
        exchange(t, type, byName(name), { kind, security }));
    }
    test("refuses all other types in the handshake, with an event on both sides", (t) =>
      refuse(t, type, { kind, security }));
  });
}

/** How two sockets meet. */
interface Way {
  readonly kind: Kind;
  readonly security?: Security;
}

/** What every socket type must do, over one way for two sockets to meet. */
export function socketTypeSuite(type: SocketType, kind: Kind): void {
  describe(`${type.name} over ${kind}`, () => {
    for (const name of type.peers) {
      test(`exchanges whole messages with a ${name}, and the books balance`, (t) =>
        exchange(t, type, byName(name), { kind }));
    }
    if (type.wire === "zmtp")
      test("refuses all other types in the handshake, with an event on both sides", (t) => refuse(t, type, { kind }));
    if (type.sends) test(`without a peer: ${type.whenMute}`, (t) => sendAlone(t, type));
    if (type.whenMute === "wait") test("waits when its queue is full", (t) => fill(t, type, kind));
    if (type.receives && type.wire === "zmtp" && kind !== "inproc") {
      test("delivers nothing of a message whose last frame never comes", (t) => cutOff(t, type, kind));
    }
    if (!type.sends) test("has no send", (t) => lacks(t, type, "send", "trySend"));
    if (!type.receives) test("has no receive", (t) => lacks(t, type, "receive", "tryReceive", "batches", "onMessage"));
  });
}

async function exchange(t: TestContext, type: SocketType, peer: SocketType, { kind, security }: Way): Promise<void> {
  const use = sockets(t);
  const binder: Side = { type, socket: use(create(type)) };
  const connector: Side = { type: peer, socket: use(create(peer)) };
  if (security !== undefined) secure(binder.socket, security, "server");
  if (security !== undefined) secure(connector.socket, security, "client");
  await meet(binder.socket, connector.socket, kind);
  const [first, second] = inOrder(binder, connector);
  await subscribe(second, first);
  for (const body of [["one"], ["a", "", "c"], ["x".repeat(100_000), "y"]]) {
    await deliver(first, second, body);
    if (second.type.sends && first.type.receives && second.type.name !== "XPUB") {
      await deliver(second, first, ["re", ...body]);
    }
  }
  const [report] = binder.socket.peers();
  assert.equal(report?.socketType, peer.name);
  if (security !== undefined) assert.equal(report?.mechanism, security.name);
  assert.equal(binder.socket.stats().peers, 1);
}

/** Each wrong type in turn, so that one failure names it. */
async function refuse(t: TestContext, type: SocketType, { kind, security }: Way): Promise<void> {
  const use = sockets(t);
  const binder = use(create(type));
  if (security !== undefined) secure(binder, security, "server");
  const atBinder = new Watch(binder);
  const address = bound(binder, kind);
  const wrong = ZMTP_TYPES.filter((each) => !type.peers.includes(each.name));
  for (const [index, each] of wrong.entries()) {
    const connector = use(create(each));
    if (security !== undefined) secure(connector, security, "client");
    const atConnector = new Watch(connector);
    connector.connect(address);
    const events = [
      await atConnector.first("handshake:error:protocol"),
      await atBinder.nth("handshake:error:protocol", index + 1),
    ];
    for (const { error, reason } of events) {
      assert.equal((error as { code?: unknown }).code, "ERR_ZMTP_SOCKET_TYPE_MISMATCH", each.name);
      assert.ok(reason?.includes(type.name) === true || reason?.includes(each.name) === true, reason);
    }
    assert.equal(atConnector.of("handshake").length, 0);
    connector.close();
  }
  assert.equal(atBinder.of("handshake").length, 0);
  assert.equal(binder.stats().handshakePeerType, wrong.length);
  assert.equal(binder.stats().peers, 0);
}

async function sendAlone(t: TestContext, type: SocketType): Promise<void> {
  const side: Side = { type, socket: sockets(t)(create(type)) };
  const { socket } = side;
  const message = fitting(type, ["nobody", "", "hears"]);
  if (type.name === "REP") {
    await assert.rejects(socket.send(message), zmqError("EFSM", "REP"));
  } else if (type.whenMute === "wait") {
    assert.equal(socket.trySend(message), false);
    assert.equal(socket.writable, false);
    await assert.rejects(socket.send(message, { timeout: 0 }), zmqError("EAGAIN", type.name));
    await assert.rejects(socket.send(message, { timeout: 5 }), zmqError("EAGAIN", type.name));
  } else if (type.whenMute === "error") {
    const named = type.beside === undefined ? "nobody" : "77";
    await assert.rejects(
      socket.send(fitting(type, ["nobody", "hears"]), to(side, 77)),
      zmqError("EHOSTUNREACH", named),
    );
  } else {
    assert.equal(socket.trySend(message, to(side)), true);
    await socket.send(message, to(side));
    const { messagesSent, drops } = socket.stats();
    assert.equal(messagesSent, 2);
    assert.equal(drops["no-peer"] + drops["no-subscriber"] + drops.unroutable, 2);
  }
}

/** A lock-step type has only one message on its way; all others stop at their mark. */
async function fill(t: TestContext, type: SocketType, kind: Kind): Promise<void> {
  const socket = sockets(t)(create(type, { sendHighWaterMark: 2, linger: 0 }));
  socket.connect(nobody(kind));
  assert.equal(socket.trySend("1"), true);
  if (type.name === "REQ") return;
  assert.equal(socket.writable, true);
  assert.equal(socket.trySend("2"), true);
  assert.equal(socket.writable, false);
  assert.equal(socket.trySend("3"), false);
  await assert.rejects(socket.send("3", { timeout: 1 }), zmqError("EAGAIN", "full"));
  const { messagesSent, queuedOut } = socket.stats();
  assert.deepEqual([messagesSent, queuedOut], [2, 2]);
}

/** A peer goes away in the middle of a message; the next one's message is not stuck to its beginning. */
async function cutOff(t: TestContext, type: SocketType, kind: Kind): Promise<void> {
  const socket = sockets(t)(create(type));
  const atSocket = new Watch(socket);
  const address = bound(socket, kind);
  const peer = await RawPeer.dial(t, address);
  await peer.shake(type.peers[0] ?? "");
  await atSocket.first("handshake");
  peer.send(frame("", true), frame("half", true));
  await until("the bytes to arrive", () => (socket.peers()[0]?.bytesReceived ?? 0) > 7);
  peer.stream.destroy();
  await atSocket.first("disconnect");
  assert.equal(readNow(socket, type), undefined);
  const { drops, messagesTaken } = socket.stats();
  assert.equal(drops.incomplete, 1);
  assert.equal(messagesTaken, 0);
}

/** A REQ may not receive before it has sent. */
function readNow(socket: AnySocket, type: SocketType): Buffer[] | undefined {
  return type.name === "REQ" ? undefined : socket.tryReceive();
}

function lacks(t: TestContext, type: SocketType, ...methods: string[]): void {
  const socket = sockets(t)(create(type));
  for (const method of methods) assert.equal(method in socket, false, method);
}
