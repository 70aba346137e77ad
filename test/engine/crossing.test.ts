import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../src/base/message.ts";
import type { Peer } from "../../src/base/peer.ts";
import { Crossing } from "../../src/engine/crossing.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import type { Passage } from "../../src/transports/threads.ts";
import { FakeHost } from "../support/engine-host.ts";

/** A passage that remembers what was written, and has room as long as the test says. */
class FakePassage implements Passage {
  writable = true;
  idle = true;
  readonly written: string[][] = [];
  readonly told: unknown[] = [];

  write(message: Message): void {
    this.written.push(message.map(String));
  }
  subscription(topic: Uint8Array, added: boolean): void {
    this.told.push([String(topic), added]);
  }
  command(): void {}
  grant(count: number): void {
    this.told.push(count);
  }
  end(): void {
    this.told.push("end");
  }
}

const PEER: Peer = {
  id: 1,
  endpoint: "inproc://x",
  address: "inproc://x",
  dialed: false,
  socketType: "DEALER",
  routingId: Buffer.from("D"),
  protocol: "",
  mechanism: "",
  properties: new Map(),
};

interface Crossed {
  readonly host: FakeHost;
  readonly near: Pipe;
  readonly passage: FakePassage;
  readonly crossing: Crossing;
}

/** A crossing that has begun. */
function crossed({ outLimit = 3, inLimit = 4, epitaph = null as Uint8Array | null } = {}): Crossed {
  const host = new FakeHost();
  const near = Pipe.pair({ outLimit, inLimit, conflate: false, far: "session" });
  host.attach(near);
  const passage = new FakePassage();
  const crossing = new Crossing(host, near.far, passage, epitaph);
  crossing.begin(PEER);
  return { host, near, passage, crossing };
}

const send = (pipe: Pipe, ...bodies: string[]): boolean[] => bodies.map((body) => pipe.write([Buffer.from(body)]));
const bodies = (written: string[][]): string[] => written.map(([body]) => body ?? "");

test("the peer is granted what this side may have unread, and again whenever half of it was read", () => {
  const { near, passage, crossing } = crossed();
  assert.deepEqual(passage.told, [4]);
  for (const body of ["1", "2", "3", "4"]) crossing.message([Buffer.from(body)]);
  assert.equal(near.queuedIn, 4);
  near.read();
  assert.deepEqual(passage.told, [4]);
  near.read();
  assert.deepEqual(passage.told, [4, 2]);
  near.read();
  near.read();
  assert.deepEqual(passage.told, [4, 2, 2]);
});

test("what is read one by one as it comes is granted again all the same", () => {
  const { near, passage, crossing } = crossed({ inLimit: 3 });
  for (let count = 0; count < 100; count++) {
    crossing.message([Buffer.from("x")]);
    near.read();
  }
  const granted = passage.told.reduce<number>((sum, count) => sum + Number(count), 0);
  assert.ok(granted >= 100 && granted <= 103, `${granted}`);
});

test("messages go out as far as they are granted, and wait beyond up to the mark", () => {
  const { near, passage, crossing } = crossed();
  assert.deepEqual(send(near, "1", "2"), [true, true]);
  assert.deepEqual(passage.written, []);
  crossing.granted(3);
  assert.deepEqual(send(near, "3", "4", "5", "6", "7"), [true, true, true, true, false]);
  assert.deepEqual(bodies(passage.written), ["1", "2", "3"]);
  crossing.granted(2);
  assert.deepEqual(bodies(passage.written), ["1", "2", "3", "4", "5"]);
  assert.deepEqual([near.queuedOut, near.traffic.inFlight, near.traffic.delivered], [1, 5, 0]);
  crossing.delivered(5);
  assert.deepEqual([near.traffic.inFlight, near.traffic.delivered], [0, 5]);
});

test("without room in the passage messages wait, and go out in order when there is some", () => {
  const { near, passage, crossing } = crossed();
  crossing.granted(10);
  passage.writable = false;
  send(near, "1", "2");
  assert.deepEqual(passage.written, []);
  passage.writable = true;
  crossing.drained();
  assert.deepEqual(bodies(passage.written), ["1", "2"]);
});

test("a socket that lets go: what it had written is the peer's, granted or not", () => {
  const { host, near, passage, crossing } = crossed();
  send(near, "1", "2", "3");
  passage.writable = false;
  near.finish("unread");
  assert.equal(host.lingerers, 1);
  assert.deepEqual(passage.told, [4]);
  passage.writable = true;
  crossing.drained();
  assert.deepEqual(bodies(passage.written), ["1", "2", "3"]);
  assert.deepEqual(passage.told, [4, "end"]);
  assert.equal(host.lingerers, 0);
  assert.deepEqual([near.traffic.inFlight, near.traffic.delivered], [0, 3]);
  crossing.ended(false);
  assert.equal(host.lingerers, 0);
});

test("a large message that is half written holds the end up until it is out", () => {
  const { near, passage, crossing } = crossed();
  crossing.granted(1);
  send(near, "large");
  passage.idle = false;
  near.finish("unread");
  assert.deepEqual(passage.told, [4]);
  passage.idle = true;
  crossing.drained();
  assert.deepEqual(passage.told, [4, "end"]);
});

test("a peer that ends: what it had sent is still read, whatever the mark, and what waited for it is lost", () => {
  const { host, near, passage, crossing } = crossed();
  send(near, "unsent");
  for (let count = 0; count < 9; count++) crossing.message([Buffer.from(`${count}`)]);
  crossing.ended(false);
  assert.deepEqual(passage.told, [4, "end"]);
  assert.equal(near.alive, false);
  assert.equal(near.far.drops["peer-lost"], 1);
  assert.equal(near.queuedIn, 9);
  assert.equal(host.events.length, 0);
  assert.equal(host.lingerers, 0);
});

test("a peer whose thread is gone: what was on its way is lost and counted, and the socket is told", () => {
  const { host, near, passage, crossing } = crossed({ epitaph: Buffer.from("gone") });
  crossing.granted(5);
  send(near, "1", "2");
  crossing.delivered(1);
  crossing.ended(true);
  assert.deepEqual(bodies(passage.written), ["1", "2"]);
  assert.equal(near.far.drops["peer-lost"], 1);
  assert.deepEqual(near.read()?.map(String), ["gone"]);
  assert.equal(host.connections.disconnects, 1);
  const [event] = host.events;
  assert.equal(event?.type, "disconnect");
  assert.equal(event?.fields.socketType, "DEALER");
});

test("what arrives for a socket that has let go is counted as unread", () => {
  const { near, crossing } = crossed();
  near.finish("unread");
  crossing.message([Buffer.from("late")]);
  assert.equal(near.far.drops.unread, 1);
});

test("subscriptions cross both ways", () => {
  const { host, near, passage, crossing } = crossed();
  near.subscription(Buffer.from("a"), true);
  crossing.subscription(Buffer.from("b"), false);
  assert.deepEqual(passage.told, [4, ["a", true]]);
  assert.ok(host.signals.includes("-b"));
});

test("without a mark the peer is granted some at a time, and more when the user keeps up or takes none", () => {
  const { host, near, passage, crossing } = crossed({ inLimit: 0 });
  assert.deepEqual(passage.told, [1024]);
  for (let count = 0; count < 512; count++) crossing.message([Buffer.from("x")]);
  assert.deepEqual(passage.told, [1024, 1024]);
  for (let count = 0; count < 1024; count++) crossing.message([Buffer.from("x")]);
  assert.deepEqual(passage.told, [1024, 1024]);
  near.read();
  host.turn();
  host.turn();
  assert.deepEqual(passage.told, [1024, 1024, 1024]);
});

test("a peer that is refused is left at once", () => {
  const { near, passage } = crossed();
  send(near, "1");
  near.close("refused", "refused");
  assert.deepEqual(passage.told, [4, "end"]);
  assert.deepEqual(passage.written, []);
});

test("a thread that ends writes what is queued, granted or not", () => {
  const { near, passage, crossing } = crossed();
  send(near, "1", "2");
  crossing.leaving();
  assert.deepEqual(bodies(passage.written), ["1", "2"]);
});

test("a socket that has let go before it was met sends what it had, and ends", () => {
  const host = new FakeHost();
  const near = Pipe.pair({ outLimit: 9, inLimit: 9, conflate: false, far: "socket" });
  host.attach(near);
  send(near, "1", "2");
  near.finish("unread");
  near.becomeWire();
  const passage = new FakePassage();
  new Crossing(host, near.far, passage, null).begin(PEER);
  assert.deepEqual(bodies(passage.written), ["1", "2"]);
  assert.deepEqual(passage.told, ["end"]);
  assert.equal(near.traffic.delivered, 2);
});
