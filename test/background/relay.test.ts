import assert from "node:assert/strict";
import { test } from "node:test";
import { Relay } from "../../src/background/relay.ts";
import { RelayedStream } from "../../src/background/relayed-stream.ts";
import { platform } from "../../src/platform/node.ts";
import { Link } from "../../src/transports/threads/link.ts";
import type { Strand } from "../../src/transports/threads/strand.ts";
import { tcp } from "../../src/transports/node/tcp.ts";
import type { ByteStream, Transport } from "../../src/transports/transport.ts";
import { Recorder } from "../conformance/recorders.ts";
import { transportSuite } from "../conformance/transport.ts";
import { MemoryStream } from "../support/memory-transport.ts";
import { ManualTurns } from "../transports/threads/turns.ts";

type Turns = ConstructorParameters<typeof Link>[2];

/** Two threads' sides of a link, in one thread: connections are at the first, sessions at the second. */
class Pair {
  readonly links: readonly [Link, Link];
  over = 0;
  readonly #turns: Turns;
  #called: ((strand: Strand) => void) | null = null;

  constructor(turns: Turns) {
    this.#turns = turns;
    const memory = Link.memory();
    const called = (strand: Strand): void => this.#called?.(strand);
    const events = { called, closed: (): void => {} };
    this.links = [new Link(memory, 0, turns, events), new Link(memory, 1, turns, events)];
    for (const link of this.links) link.poll();
  }

  /** Calls back with the stream that a session would have of a connection. */
  relay(stream: ByteStream, relayed: (stream: RelayedStream, relay: Relay) => void): void {
    const [at, to] = this.links;
    const atEndOfTurn = (run: () => void): void => this.#turns.atEndOfTurn(run);
    const push = (): void => {
      to.push();
      at.poll();
    };
    this.#called = (strand) => {
      const made = new RelayedStream({ atEndOfTurn, push }, strand, stream);
      strand.events = made;
      relayed(made, relay);
    };
    const host = { atEndOfTurn, relayOver: (): void => void this.over++ };
    const relay = new Relay(host, stream, (events) => at.call([Buffer.from("peer")], events));
    at.flush();
    to.poll();
  }
}

const pair = new Pair(platform);

/** tcp with both ends relayed. */
const relayed: Transport = {
  scheme: "tcp",
  checkConnect: (address, options) => tcp.checkConnect(address, options),
  dial: (address, options, events) =>
    tcp.dial(address, options, {
      delayed: () => events.delayed(),
      failed: (error) => events.failed(error),
      opened: (stream) => pair.relay(stream, (made) => events.opened(made)),
    }),
  listen: (address, options, events) =>
    tcp.listen(address, options, {
      acceptFailed: (error) => events.acceptFailed(error),
      accepted: (stream) => pair.relay(stream, (made) => events.accepted(made)),
    }),
  listenLater: async (address, options, events) => relayed.listen(address, options, events),
};

// Memory for bodies is the thread's in which the session is, and `flushSync` takes both threads: see below.
transportSuite("tcp by way of another thread", {
  transport: relayed,
  plain: true,
  fresh: () => "127.0.0.1:*",
  nobody: () => "127.0.0.1:1",
});

/** A connection that the test plays, and the stream of its session. */
class Scene {
  readonly turns: ManualTurns = new ManualTurns();
  readonly pair: Pair = new Pair(this.turns);
  readonly peer: MemoryStream = new MemoryStream("mem://peer");
  readonly session: RelayedStream;
  readonly relay: Relay;
  readonly heard: Recorder = new Recorder();

  constructor() {
    let made: [RelayedStream, Relay] | undefined;
    this.pair.relay(this.peer, (stream, relay) => (made = [stream, relay]));
    assert.ok(made !== undefined, "the other side was called");
    [this.session, this.relay] = made;
    this.session.begin(this.heard);
    this.run();
  }

  /** All that each side has for the other arrives. */
  run(): void {
    for (let round = 0; round < 10; round++) {
      for (const link of this.pair.links) link.poll();
      this.turns.run();
    }
  }
}

const KIB = 1024;

test("a connection is what it was: where it comes from, and whether its end overtakes", () => {
  const { session, peer } = new Scene();
  const { remote, peerAddress, closeOvertakes } = session;
  assert.deepEqual([remote, peerAddress, closeOvertakes], [peer.remote, peer.peerAddress, peer.closeOvertakes]);
});

test("a session that does not read has no more than the window read for it, and loses nothing", () => {
  const scene = new Scene();
  scene.session.pause();
  let sent = 0;
  while (!scene.peer.paused) {
    scene.peer.arrive(Buffer.alloc(64 * KIB, sent++));
    scene.run();
    assert.ok(sent < 100, "reading never stops");
  }
  assert.equal(scene.heard.size, 0);
  assert.ok(sent * 64 <= 1024, `${sent * 64} KiB were read`);
  scene.peer.arrive(Buffer.alloc(64 * KIB, sent++));
  scene.session.resume();
  scene.run();
  scene.peer.arrive();
  scene.run();
  assert.equal(scene.peer.paused, false);
  const all = Buffer.concat(Array.from({ length: sent }, (_, at) => Buffer.alloc(64 * KIB, at)));
  assert.ok(Buffer.from(scene.heard.bytes).equals(all));
});

test("what the kernel has not taken is pending; beyond the mark write says no, and drained follows", () => {
  const scene = new Scene();
  scene.peer.blocked = true;
  const done: boolean[] = [];
  const write = (): boolean => scene.session.write([Buffer.alloc(100 * KIB)], (delivered) => done.push(delivered));
  assert.deepEqual([write(), write(), write()], [true, true, false]);
  scene.run();
  assert.deepEqual([scene.session.pending, done, scene.heard.drains], [300 * KIB, [], 0]);
  scene.peer.unblock();
  scene.run();
  assert.deepEqual([scene.session.pending, done, scene.heard.drains], [0, [true, true, true], 1]);
});

test("a peer that is gone is told of after the bytes before it, however late they are read; what was written is lost", () => {
  const scene = new Scene();
  scene.session.pause();
  scene.peer.arrive(Buffer.from("last words"));
  scene.run();
  scene.peer.blocked = true;
  const done: boolean[] = [];
  scene.session.write([Buffer.from("too late")], (delivered) => done.push(delivered));
  scene.run();
  scene.peer.vanish(new Error("of a test"));
  scene.run();
  scene.session.write([Buffer.from("later still")], (delivered) => done.push(delivered));
  assert.deepEqual([scene.heard.ends, done], [[], []]);
  scene.session.resume();
  scene.run();
  assert.equal(String(scene.heard.bytes), "last words");
  assert.deepEqual(
    scene.heard.ends.map((error) => error?.message),
    ["of a test"],
  );
  assert.deepEqual([done, scene.session.pending, scene.pair.over], [[false, false], 0, 1]);
});

test("close cuts off what the kernel has not taken, and end does not", () => {
  for (const how of ["close", "end"] as const) {
    const scene = new Scene();
    scene.peer.blocked = true;
    const done: boolean[] = [];
    scene.session.write([Buffer.from("pending")], (delivered) => done.push(delivered));
    scene.session[how]();
    scene.session[how]();
    scene.run();
    assert.equal(scene.peer.over, how);
    scene.peer.unblock();
    scene.run();
    assert.deepEqual([done, scene.heard.ends, scene.pair.over], [[how === "end"], [], 1]);
    assert.equal(String(Buffer.from(scene.peer.taken(), "hex")), how === "end" ? "pending" : "");
  }
});

test("flushSync has all with the other thread when it returns, and that writes it before it returns", () => {
  const scene = new Scene();
  const [before, last] = [Buffer.alloc(300 * KIB, 1), Buffer.alloc(3000 * KIB, 2)];
  scene.peer.blocked = true;
  scene.session.write([before], () => undefined);
  assert.equal(scene.session.flushSync([last], 100), last.length);
  scene.pair.links[0].poll();
  scene.relay.flushSync(100);
  assert.ok(Buffer.from(scene.peer.taken(), "hex").equals(Buffer.concat([before, last])));
});

test("flushSync gives up on a thread that takes nothing", () => {
  const scene = new Scene();
  const stuck = new RelayedStream(
    { atEndOfTurn: (run) => scene.turns.atEndOfTurn(run), push: () => {} },
    scene.pair.links[1].call([Buffer.from("nobody")], scene.session),
    scene.peer,
  );
  stuck.flushSync([Buffer.alloc(2000 * KIB)], 1);
});

test("when the connection's thread is gone, the session is told so, and what was not taken is lost", () => {
  const scene = new Scene();
  scene.peer.blocked = true;
  const done: boolean[] = [];
  scene.session.write([Buffer.from("lost")], (delivered) => done.push(delivered));
  scene.run();
  scene.pair.links[1].lose();
  scene.run();
  assert.deepEqual([done, scene.heard.ends.length], [[false], 1]);
  assert.match(String(scene.heard.ends[0]), /thread/);
});

test("when the session's thread is gone, the connection is closed", () => {
  const scene = new Scene();
  scene.pair.links[0].lose();
  scene.run();
  assert.deepEqual([scene.peer.over, scene.pair.over], ["close", 1]);
});
