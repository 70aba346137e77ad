import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionEnd } from "../../src/background/session-end.ts";
import { SocketEnd } from "../../src/background/socket-end.ts";
import { ManualClock } from "../../src/base/clock.ts";
import { concat } from "../../src/base/bytes.ts";
import { messagesOf, type FrameRun } from "../../src/base/frame-run.ts";
import type { Message } from "../../src/base/message.ts";
import type { Peer } from "../../src/base/peer.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import type { PipeSettings } from "../../src/pipe/settings.ts";
import { countsOf } from "../../src/sockets/ledger.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import { encodeFrame } from "../../src/wire/zmtp/frame.ts";
import { Link } from "../../src/transports/threads/link.ts";
import type { Strand } from "../../src/transports/threads/strand.ts";
import { FakeHost } from "../support/engine-host.ts";
import { ManualTurns } from "../transports/threads/turns.ts";

const PEER: Peer = {
  id: 7,
  endpoint: "tcp://x:1",
  address: "tcp://y:2",
  dialed: true,
  socketType: "PULL",
  routingId: Buffer.from("R"),
  protocol: "3.1",
  mechanism: "NULL",
  properties: new Map([["X-Name", "a"]]),
};

/**
 * A pipe between a socket and a session as two threads have it, in one: `socket` is the end that a socket would have here,
 * `session` the one that a session would have there. What one says arrives at the other when `run` is called.
 */
class Across {
  readonly turns: ManualTurns = new ManualTurns();
  readonly clock: ManualClock = new ManualClock();
  readonly links: readonly [Link, Link];
  readonly socket: Pipe;
  readonly session: Pipe;
  /** Who would be the socket: hears what its end of the pipe tells, and lets go of a pipe that ended. */
  readonly host: FakeHost = new FakeHost();
  readonly atSession: string[] = [];
  over = 0;
  readonly ends: readonly [SocketEnd, SessionEnd];

  constructor(settings: Partial<PipeSettings> = {}) {
    const memory = Link.memory();
    let strand: Strand | undefined;
    const events = { called: (called: Strand): void => void (strand = called), closed: (): void => {} };
    this.links = [new Link(memory, 0, this.turns, events), new Link(memory, 1, this.turns, events)];
    const pair = { outLimit: 4, inLimit: 4, conflate: false, far: "session", ...settings } as const;
    this.socket = Pipe.pair(pair);
    const here = { clock: this.clock, pipeOver: (): void => void this.over++ };
    const socketEnd = new SocketEnd(here, this.socket, (to) => this.links[0].call([Buffer.from("pipe")], to));
    this.host.attach(this.socket);
    this.run();
    const near = Pipe.pair(pair);
    this.session = near.far;
    const told = (what: string) => (): void => void this.atSession.push(what);
    this.session.owner = {
      readable: told("readable"),
      writable: told("writable"),
      opened: told("opened"),
      lost: told("lost"),
      ended: (_pipe, reason) => void this.atSession.push(`ended ${reason}`),
      subscription: (_pipe, topic, added) => void this.atSession.push(`${added ? "+" : "-"}${String(topic)}`),
    };
    const there = {
      clock: this.clock,
      atEndOfTurn: (run: () => void): void => this.turns.atEndOfTurn(run),
      pipeOver: (): void => void this.over++,
    };
    assert.ok(strand !== undefined, "the pipe's passage was opened");
    const passage = strand;
    const sessionEnd = new SessionEnd(there, near, (to) => {
      passage.events = to;
      return passage;
    });
    this.ends = [socketEnd, sessionEnd];
  }

  /** All that each side has for the other arrives. */
  run(): void {
    for (let round = 0; round < 10; round++) {
      for (const link of this.links) link.poll();
      this.turns.run();
    }
  }

  send(...texts: string[]): boolean[] {
    return texts.map((text) => this.socket.write([Buffer.from(text)]));
  }

  receive(...texts: string[]): boolean[] {
    return texts.map((text) => this.session.write([Buffer.from(text)]));
  }

  read(end: Pipe): string[] {
    const texts: string[] = [];
    for (let next = end.read(); next !== undefined; next = end.read()) texts.push(next.map(String).join());
    return texts;
  }

  check(): void {
    assert.equal(unaccounted(countsOf(this.socket)), 0, JSON.stringify(countsOf(this.socket)));
  }
}

test("what the socket sends waits at the session, counts as queued at the socket, and both know when it left", () => {
  const across = new Across();
  assert.deepEqual(across.send("a", "b"), [true, true]);
  across.run();
  assert.deepEqual([across.socket.queuedOut, across.session.queuedIn], [2, 2]);
  assert.deepEqual(across.read(across.session), ["a", "b"]);
  across.session.traffic.delivered += 2;
  across.session.traffic.moved?.();
  across.check();
  across.run();
  across.check();
  const { queuedOut, messagesDelivered } = countsOf(across.socket);
  assert.deepEqual([queuedOut, messagesDelivered], [0, 2]);
});

test("the mark of what is sent holds across the threads: no message more, and a signal when half of them left", () => {
  const across = new Across();
  assert.deepEqual(across.send("1", "2", "3", "4", "5"), [true, true, true, true, false]);
  across.run();
  assert.deepEqual(across.send("5"), [false]);
  across.session.read();
  across.session.read();
  across.session.traffic.moved?.();
  across.run();
  assert.deepEqual(across.host.signals, ["writable"]);
  assert.deepEqual(across.send("5", "6", "7"), [true, true, false]);
});

test("the mark of what is received holds across the threads: the session is stopped until the socket read half", () => {
  const across = new Across();
  assert.deepEqual(across.receive("1", "2", "3", "4", "5"), [true, true, true, true, false]);
  across.run();
  assert.equal(across.socket.queuedIn, 4);
  assert.equal(across.session.write([Buffer.from("5")]), false);
  across.socket.read();
  across.socket.read();
  across.run();
  assert.ok(across.atSession.includes("writable"));
  assert.deepEqual(across.receive("5", "6"), [true, true]);
  across.run();
  assert.deepEqual(across.read(across.socket), ["3", "4", "5", "6"]);
  across.check();
});

test("the peer is known at the socket as at the session, gone and back again", () => {
  const across = new Across();
  across.session.open(PEER);
  across.run();
  assert.deepEqual({ ...across.socket.peer }, PEER);
  assert.ok(across.socket.connected);
  across.session.lose();
  across.run();
  assert.ok(!across.socket.connected);
  across.session.open({ ...PEER, id: 8 });
  across.run();
  assert.equal(across.socket.peer?.id, 8);
  assert.deepEqual(across.host.signals, ["opened", "lost", "opened"]);
});

test("subscriptions go to a peer that the socket knows: none twice, when one comes while another is on its way", () => {
  const across = new Across();
  across.socket.subscription(Buffer.from("early"), true); // nobody is there: whoever comes is told all
  across.session.open(PEER);
  across.run();
  across.socket.subscription(Buffer.from("a"), true);
  across.run();
  assert.deepEqual(across.atSession, ["+a"]);
  across.session.lose();
  across.session.open({ ...PEER, id: 8 });
  across.socket.subscription(Buffer.from("b"), true); // meant for the first, whom the socket still takes for there
  across.run();
  assert.deepEqual(across.atSession, ["+a"]);
  across.session.subscription(Buffer.from("theirs"), true);
  across.run();
  assert.ok(across.host.signals.includes("+theirs"));
});

test("a socket that lets go is heard after its last message, and the pipe is over once that is delivered", () => {
  const across = new Across();
  across.send("last");
  across.socket.finish("unread");
  across.run();
  assert.deepEqual(across.atSession, ["readable", "ended unread"]);
  assert.equal(across.over, 0);
  assert.deepEqual(across.read(across.session), ["last"]);
  across.session.traffic.delivered++;
  across.session.finish("peer-lost");
  across.session.traffic.moved?.();
  across.run();
  assert.equal(across.over, 2);
  across.check();
  assert.equal(countsOf(across.socket).messagesDelivered, 1);
});

test("a session that ends leaves what it received to be read, and what it had not sent is dropped for its reason", () => {
  const across = new Across();
  across.receive("kept");
  across.send("lost");
  across.run();
  across.session.finish("peer-lost");
  across.run();
  assert.deepEqual(across.host.signals, ["ended peer-lost"]);
  assert.deepEqual(across.read(across.socket), ["kept"]);
  across.socket.finish("unread");
  across.run();
  assert.equal(across.over, 2);
  across.check();
  assert.equal(countsOf(across.socket).drops["peer-lost"], 1);
});

test("what was on its way when the session ended is dropped and counted", () => {
  const across = new Across();
  across.session.finish("peer-lost");
  across.send("too late");
  across.run();
  across.check();
  assert.equal(countsOf(across.socket).drops["peer-lost"], 1);
});

test("a peer that the socket refuses ends the session, and nothing of it is left", () => {
  const across = new Across();
  across.receive("x");
  across.send("y");
  across.run();
  across.socket.close("refused", "refused");
  across.run();
  assert.deepEqual(across.atSession, ["readable", "ended refused"]);
  across.session.finish("peer-lost");
  across.session.traffic.moved?.();
  across.run();
  assert.equal(across.over, 2);
  across.check();
});

test("with conflate, the newest message is the one that is there, whatever is between the threads", () => {
  const across = new Across({ conflate: true });
  across.send("1", "2", "3");
  across.run();
  assert.deepEqual(across.read(across.session), ["3"]);
  across.session.traffic.delivered++;
  across.session.traffic.moved?.();
  across.run();
  across.check();
  assert.equal(countsOf(across.socket).drops.hwm, 2);
});

test("more than there is room for between the threads goes over in its order", () => {
  const across = new Across({ outLimit: 0 });
  const body = Buffer.alloc(100_000);
  for (let count = 0; count < 40; count++) across.socket.write([Buffer.from(String(count)), body]);
  const read: number[] = [];
  for (let round = 0; round < 40; round++) {
    across.run();
    for (let next = across.session.read(); next !== undefined; next = across.session.read()) read.push(Number(next[0]));
  }
  assert.deepEqual(
    read,
    Array.from({ length: 40 }, (_, count) => count),
  );
});

test("a thread that is gone takes along what it had, which is counted", () => {
  const across = new Across();
  across.send("a", "b");
  across.run();
  across.links[0].lose();
  across.check();
  assert.equal(countsOf(across.socket).drops["peer-lost"], 2);
  assert.deepEqual(across.host.signals, ["ended peer-lost"]);
});

for (const plain of [true, false]) {
  test(`messages of a run are counted and arrive in order, ${plain ? "whether" : "and one by one"} a sink takes runs`, () => {
    const across = new Across({ outLimit: 100, inLimit: 100 });
    const sunk: string[] = [];
    const accept = (message: Message): boolean => sunk.push(message.map(String).join()) > 0;
    const acceptRun = (run: FrameRun): boolean => plain && messagesOf(run).every(accept);
    across.session.sink = { accept, acceptRun };
    across.send("a", "b", "c", "d");
    across.run();
    assert.deepEqual(sunk, ["a", "b", "c", "d"]);
    const frames = concat(["1", "2", "3"].map((body) => encodeFrame(0, Buffer.from(body))));
    assert.equal(across.session.writeRun(frames, 0, frames.length, 10), frames.length);
    across.receive("4");
    across.run();
    assert.deepEqual(across.read(across.socket), ["1", "2", "3", "4"]);
    across.session.traffic.delivered += 4;
    across.session.traffic.moved?.();
    across.run();
    across.check();
    assert.equal(countsOf(across.socket).queuedOut, 0);
  });
}
