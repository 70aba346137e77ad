import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Message } from "../../src/base/message.ts";
import type { Sink } from "../../src/pipe/lane.ts";
import { unpacked, type Block } from "../../src/pipe/packed.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import { Bundle } from "../../src/routing/bundle.ts";
import { Distributor } from "../../src/routing/distributor.ts";
import { frame, newPipe } from "./pipes.ts";

const KIB = 1024;

/** What a stream with a peer behind it does: takes messages as long as the kernel does. */
class Stream implements Sink {
  blocked = false;
  blocks = 0;
  readonly got: string[] = [];

  accept(message: Message): boolean {
    if (!this.blocked) this.got.push(named(message));
    return !this.blocked;
  }

  share(block: Block): boolean {
    if (this.blocked) return false;
    this.blocks++;
    for (const message of unpacked(block)) this.got.push(named(message));
    return true;
  }
}

/** The near end of a pipe to a session, and its stream. */
class Peer {
  readonly pipe: Pipe;
  readonly stream = new Stream();

  constructor(limit = 0) {
    this.pipe = Pipe.pair({ outLimit: limit, inLimit: 0, conflate: false, far: "session" });
    this.pipe.far.sink = this.stream;
  }

  /** The kernel takes what is queued. */
  drain(): void {
    const { far } = this.pipe;
    if (far.closed) return;
    for (let message = far.read(); message !== undefined; message = far.read()) this.stream.got.push(named(message));
  }

  get books(): object {
    const { pipe } = this;
    const { writes, rejected, queuedOut, borrowed, full, stops, drops } = pipe;
    return { writes, rejected, queuedOut, borrowed, full, stops, drops: { ...drops }, reads: pipe.far.reads };
  }
}

function named(message: Message): string {
  return message.map((part) => `${part[0] ?? ""}*${part.length}`).join(",");
}

function peers(...limits: number[]): Peer[] {
  return limits.map((limit) => new Peer(limit));
}

function pipesOf(all: readonly Peer[]): Pipe[] {
  return all.map(({ pipe }) => pipe);
}

/** A bundle, and the callbacks that run when the turn ends, and after the I/O that follows. */
function bundled(): { bundle: Bundle; turn: (() => void)[]; turns: { busy: boolean } } {
  const turn: (() => void)[] = [];
  const later = (run: () => void): void => void turn.push(run);
  const turns = { busy: false, atEndOfTurn: later, afterIo: later };
  return { bundle: new Bundle(turns), turn, turns };
}

test("messages for the same pipes leave together at the end of the turn, each in one block", () => {
  const all = peers(0, 0);
  const pipes = pipesOf(all);
  const { bundle, turn } = bundled();
  for (const text of ["a", "b", "c"]) assert.equal(bundle.send(pipes, [frame(text)], false), true);
  for (const { stream } of all) assert.deepEqual(stream.got, []);
  assert.equal(turn.length, 1);
  turn[0]?.();
  for (const { stream } of all) {
    assert.deepEqual(stream.got, ["97*1", "98*1", "99*1"]);
    assert.equal(stream.blocks, 1);
  }
});

test("in the middle of a run of sends messages wait for more, for some turns of the loop", () => {
  for (const pauses of [true, false]) {
    const { bundle, turn, turns } = bundled();
    const [peer] = peers(0) as [Peer];
    turns.busy = true;
    bundle.send([peer.pipe], [frame("a")], false);
    turn.shift()?.();
    assert.deepEqual(peer.stream.got, []);
    if (pauses) turns.busy = false;
    for (let left = pauses ? 1 : 25; left > 0; left--) turn.shift()?.();
    assert.deepEqual(peer.stream.got, ["97*1"]);
    assert.equal(turn.length, 0);
  }
});

test("messages leave without waiting for the turn to end once 64 KiB are there", () => {
  const [peer, other] = peers(0, 0) as [Peer, Peer];
  const pipes = pipesOf([peer, other]);
  const { bundle } = bundled();
  for (let sent = 0; sent < 100; sent++) bundle.send(pipes, [Buffer.alloc(KIB, sent)], false);
  assert.equal(peer.stream.got.length, 63);
  assert.equal(other.stream.got.length, 63);
});

test("messages for other pipes come after those that were sent before them", () => {
  const all = peers(0, 0, 0);
  const { bundle } = bundled();
  bundle.send(pipesOf(all), [frame("a")], false);
  bundle.send(pipesOf(all.slice(1)), [frame("b")], false);
  bundle.settle();
  assert.deepEqual(
    all.map(({ stream }) => stream.got),
    [["97*1"], ["97*1", "98*1"], ["97*1", "98*1"]],
  );
});

test("whoever looks at a pipe finds in it what was sent", () => {
  const [peer, other] = peers(0, 0) as [Peer, Peer];
  const { bundle } = bundled();
  bundle.send(pipesOf([peer, other]), [frame("a")], false);
  assert.equal(peer.pipe.writes, 1);
  assert.deepEqual(other.stream.got, ["97*1"]);
});

test("a pipe that ends takes with it what was sent before", () => {
  for (const end of [(pipe: Pipe) => pipe.finish("unread"), (pipe: Pipe) => pipe.far.finish("peer-lost")]) {
    const [peer, other] = peers(0, 0) as [Peer, Peer];
    const { bundle } = bundled();
    bundle.send(pipesOf([peer, other]), [frame("a")], false);
    end(peer.pipe);
    assert.deepEqual(peer.stream.got, ["97*1"]);
    assert.equal(bundle.send(pipesOf([peer, other]), [frame("b")], false), false);
  }
});

test("pipes between sockets, and sinks that share nothing, get each message by itself", () => {
  const { bundle } = bundled();
  const [peer, other] = peers(0, 0) as [Peer, Peer];
  assert.equal(bundle.send([peer.pipe, newPipe()], [frame("a")], false), false);
  other.pipe.far.sink = { accept: () => true };
  assert.equal(bundle.send(pipesOf([peer, other]), [frame("a")], false), false);
  assert.equal(peer.pipe.writes, 0);
});

test("large bodies are not copied into a bundle", () => {
  const { bundle } = bundled();
  assert.equal(bundle.send(pipesOf(peers(0, 0)), [Buffer.alloc(17 * KIB)], false), false);
});

test("RFC 29: each pipe drops what is beyond its own mark, and counts it", () => {
  const all = peers(2, 0, 3);
  for (const { stream } of all) stream.blocked = true;
  const { bundle } = bundled();
  for (const text of ["a", "b", "c", "d"]) bundle.send(pipesOf(all), [frame(text)], false);
  assert.deepEqual(
    all.map(({ pipe }) => [pipe.queuedOut, pipe.rejected, pipe.drops.hwm]),
    [
      [2, 2, 2],
      [4, 0, 0],
      [3, 1, 1],
    ],
  );
  for (const peer of all) peer.drain();
  assert.deepEqual(all[2]?.stream.got, ["97*1", "98*1", "99*1"]);
});

test("XPUB_NODROP: no more are taken than all have room for", () => {
  const all = peers(2, 0);
  for (const { stream } of all) stream.blocked = true;
  const { bundle } = bundled();
  const sent = ["a", "b", "c"].map((text) => bundle.send(pipesOf(all), [frame(text)], true));
  assert.deepEqual(sent, [true, true, false]);
  assert.deepEqual(
    all.map(({ pipe }) => [pipe.queuedOut, pipe.rejected]),
    [
      [2, 0],
      [2, 0],
    ],
  );
});

interface World {
  readonly peers: readonly Peer[];
  readonly lists: readonly (readonly Pipe[])[];
  send(list: readonly Pipe[], message: Message, lossless: boolean): boolean;
  endTurn(): void;
}

const LIMITS = [0, 1, 2, 5, 40];

function world(makes: (distributor: Distributor) => Pick<World, "send" | "endTurn">): World {
  const all = peers(...LIMITS);
  const pipes = pipesOf(all);
  const distributor = new Distributor();
  for (const pipe of pipes) distributor.attach(pipe);
  const lists = [pipes, pipes.slice(0, 2), pipes.slice(2)];
  return { peers: all, lists, ...makes(distributor) };
}

function plain(distributor: Distributor): Pick<World, "send" | "endTurn"> {
  return {
    endTurn: () => undefined,
    send: (list, message, lossless) => {
      for (const pipe of list) distributor.match(pipe);
      const ready = !lossless || distributor.checkReady();
      if (ready) distributor.sendToMatching(message);
      else distributor.unmark();
      return ready;
    },
  };
}

function shared(distributor: Distributor): Pick<World, "send" | "endTurn"> {
  const { bundle } = bundled();
  const each = plain(distributor);
  return {
    endTurn: () => bundle.settle(),
    send: (list, message, lossless) => bundle.send(list, message, lossless) || each.send(list, message, lossless),
  };
}

type Step = (world: World) => unknown;

const peerAt = fc.nat(LIMITS.length - 1);

function onPeer(act: (peer: Peer) => unknown): fc.Arbitrary<Step> {
  return peerAt.map((at) => (world) => act(world.peers[at] as Peer));
}

/** What only happens between turns. */
function between(act: (peer: Peer) => unknown): fc.Arbitrary<Step> {
  return peerAt.map((at) => (world) => {
    world.endTurn();
    return act(world.peers[at] as Peer);
  });
}

const sizes = fc.oneof(fc.nat(300), fc.constantFrom(KIB, 9 * KIB, 17 * KIB, 70 * KIB));
const sends: fc.Arbitrary<Step> = fc
  .record({
    list: fc.nat(2),
    frames: fc.array(sizes, { minLength: 1, maxLength: 3 }),
    times: fc.nat(12),
    lossless: fc.boolean(),
  })
  .map(({ list, frames, times, lossless }) => (world) => {
    const taken: boolean[] = [];
    for (let sent = 0; sent <= times; sent++) {
      const message = frames.map((size) => Buffer.alloc(size, sent + size));
      taken.push(world.send(world.lists[list] as Pipe[], message, lossless));
    }
    return taken;
  });

const steps = fc.oneof(
  { weight: 8, arbitrary: sends },
  { weight: 2, arbitrary: onPeer((peer) => peer.books) },
  { weight: 2, arbitrary: between(({ stream }) => (stream.blocked = true)) },
  {
    weight: 3,
    arbitrary: between((peer) => {
      peer.stream.blocked = false;
      peer.drain();
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(peerAt, fc.nat(6)).map(([at, limit]): Step => ({ peers: all }) => {
      all[at]?.pipe.setLimits(limit, 0);
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>((world) => world.endTurn()) },
  { weight: 1, arbitrary: onPeer(({ pipe }) => pipe.finish("unread")) },
  { weight: 1, arbitrary: onPeer(({ pipe }) => pipe.far.finish("peer-lost")) },
  { weight: 1, arbitrary: onPeer(({ pipe }) => pipe.far.close("peer-lost", "peer-lost")) },
);

test("whatever happens, each pipe gets, queues and drops the same as when it gets each message by itself", () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 40, size: "max" }), (run) => {
      const [one, other] = [world(plain), world(shared)];
      for (const step of run) assert.deepEqual(step(other), step(one));
      for (const each of [one, other]) each.endTurn();
      for (const [at, { stream, books }] of one.peers.entries()) {
        assert.deepEqual(other.peers[at]?.books, books);
        assert.deepEqual(other.peers[at]?.stream.got, stream.got);
      }
    }),
  );
});
