import assert from "node:assert/strict";
import { test } from "node:test";
import type { Peer } from "../../src/base/peer.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import type { PipeSettings } from "../../src/pipe/settings.ts";
import { Owner } from "./owner.ts";

const PEER = { id: 1, socketType: "PULL" } as Peer; // nothing reads the rest

function newPipe(limit: number = 0, settings: Partial<PipeSettings> = {}): Pipe {
  return Pipe.pair({ outLimit: limit, inLimit: limit, conflate: false, far: "socket", ...settings });
}

function write(pipe: Pipe, ...texts: string[]): boolean {
  return pipe.write(texts.map((text) => Buffer.from(text)));
}

function read(pipe: Pipe): string | undefined {
  return pipe.read()?.map(String).join("|");
}

/** As many writes as are taken, at most 100. */
function fill(pipe: Pipe): number {
  let count = 0;
  while (count < 100 && write(pipe, "m")) count++;
  return count;
}

test("messages come whole, in order, both ways", () => {
  const near = newPipe();
  write(near, "a", "b");
  write(near, "c");
  write(near.far, "d");
  assert.equal(read(near.far), "a|b");
  assert.equal(read(near.far), "c");
  assert.equal(read(near.far), undefined);
  assert.equal(read(near), "d");
});

test("the reader is told when the queue was empty, and only then", () => {
  const near = newPipe();
  const owner = (near.far.owner = new Owner());
  write(near, "a");
  write(near, "b");
  assert.equal(owner.signals.readable, 1);
  read(near.far);
  read(near.far);
  write(near, "c");
  assert.equal(owner.signals.readable, 2);
});

test("HWM 10: the eleventh is refused, and writing goes on after five were read", () => {
  const near = newPipe(10);
  const owner = (near.owner = new Owner());
  assert.equal(fill(near), 10);
  assert.equal(near.full, true);
  assert.deepEqual(near.stops, { out: 1, in: 0 });
  for (let count = 0; count < 4; count++) read(near.far);
  assert.equal(near.ready(), false);
  assert.equal(owner.signals.writable, 0);
  read(near.far);
  assert.equal(owner.signals.writable, 1);
  assert.equal(fill(near), 5);
});

test("a writer that was never refused is not told", () => {
  const near = newPipe(10);
  const owner = (near.owner = new Owner());
  for (let count = 0; count < 10; count++) write(near, "m");
  assert.equal(near.full, true);
  for (let count = 0; count < 10; count++) read(near.far);
  assert.equal(owner.signals.writable, 0);
});

test("HWM 0 is unlimited", () => {
  assert.equal(fill(newPipe(0)), 100);
});

test("each end has its own mark", () => {
  const near = newPipe(0, { outLimit: 2, inLimit: 3 });
  assert.equal(fill(near), 2);
  assert.equal(fill(near.far), 3);
});

test("a raised mark lets a stopped writer go on at once", () => {
  const near = newPipe(2);
  const owner = (near.owner = new Owner());
  const far = (near.far.owner = new Owner());
  fill(near);
  fill(near.far);
  near.setLimits(4, 5);
  assert.deepEqual([owner.signals.writable, far.signals.writable], [1, 1]);
  assert.deepEqual([fill(near), fill(near.far)], [2, 3]);
  near.setLimits(0, 0);
  assert.equal(fill(near), 100);
});

test("a lowered mark holds the writer until what is queued has gone below it", () => {
  const near = newPipe(10);
  fill(near);
  near.setLimits(2, 10);
  for (let count = 0; count < 8; count++) {
    assert.equal(read(near.far), "m");
    assert.equal(near.full, true);
  }
  read(near.far);
  assert.equal(write(near, "m"), true);
});

test("CONFLATE: only the newest message is kept, and no mark refuses it", () => {
  const near = newPipe(1, { conflate: true, far: "session" });
  for (const text of ["a", "b", "c"]) assert.equal(write(near, text), true);
  assert.equal(near.drops.hwm, 2);
  assert.equal(near.queuedOut, 1);
  assert.equal(read(near.far), "c");
  near.setLimits(1, 1);
  for (const text of ["d", "e"]) assert.equal(write(near, text), true);
  assert.equal(read(near.far), "e");
  assert.deepEqual([near.writes, near.far.reads, near.drops.hwm], [5, 2, 3]);
});

test("a sink takes messages while nothing is queued, and leaves what it does not want to the queue", () => {
  const near = newPipe(0, { far: "session" });
  let wants = true;
  const taken: string[] = [];
  near.far.sink = { accept: (message) => wants && taken.push(String(message[0])) > 0 };
  write(near, "a");
  wants = false;
  write(near, "b");
  wants = true;
  write(near, "c");
  assert.deepEqual(taken, ["a"]);
  assert.equal(near.queuedOut, 2);
  assert.deepEqual([read(near.far), read(near.far)], ["b", "c"]);
  write(near, "d");
  assert.deepEqual(taken, ["a", "d"]);
  near.far.sink = null;
  write(near, "e");
  assert.deepEqual([near.writes, near.far.reads, near.queuedOut], [5, 4, 1]);
});

test("a reader may take from the source and say how many", () => {
  const near = newPipe(2);
  const owner = (near.owner = new Owner());
  fill(near);
  near.far.source.shift();
  near.far.took(1);
  assert.equal(owner.signals.writable, 1);
  assert.equal(near.far.reads, 1);
});

test("who packs does not keep the array; who hands over or replaces does", () => {
  const packing = newPipe(0, { far: "session" });
  assert.equal(packing.keepsArray, false);
  assert.equal(packing.far.keepsArray, true);
  assert.equal(newPipe().keepsArray, true);
  assert.equal(newPipe(0, { conflate: true }).keepsArray, true);
});

test("finish: what was written can still be read, what was not read is dropped", () => {
  const near = newPipe();
  const owner = (near.far.owner = new Owner());
  write(near, "a");
  write(near.far, "b");
  near.finish("unread");
  near.finish("unread");
  assert.equal(owner.signals.ended, 1);
  assert.equal(near.drops.unread, 1);
  assert.deepEqual([near.alive, near.closed, near.far.alive, near.far.closed], [false, true, false, false]);
  assert.equal(write(near.far, "c"), false);
  assert.equal(read(near.far), "a");
  near.far.finish("unread");
  assert.equal(owner.signals.ended, 1);
  assert.equal(near.far.closed, true);
});

test("close: what was written is dropped too, also after finish", () => {
  const near = newPipe();
  write(near, "a");
  write(near, "b");
  write(near.far, "c");
  near.finish("unread");
  near.close("linger-expired", "unread");
  assert.deepEqual([near.drops["linger-expired"], near.drops.unread], [2, 1]);
  assert.equal(read(near.far), undefined);
});

test("an end that is closed gets no more signals", () => {
  const near = newPipe(4);
  const owner = (near.owner = new Owner());
  fill(near);
  near.finish("unread");
  near.far.source.shift();
  near.far.source.shift();
  near.far.took(2);
  fill(near);
  read(near.far);
  near.far.setLimits(10, 10);
  near.far.subscription(Buffer.from("a"), true);
  near.far.finish("unread");
  assert.deepEqual(owner.signals, new Owner().signals);
});

test("a peer opens, is lost and opens again; what is queued stays", () => {
  const near = newPipe();
  const owner = (near.owner = new Owner());
  near.far.open(PEER);
  assert.deepEqual([near.connected, near.peer, owner.signals.opened], [true, PEER, 1]);
  write(near, "a");
  near.far.lose();
  near.far.lose();
  assert.deepEqual([near.connected, near.peer, owner.signals.lost], [false, PEER, 1]);
  near.far.open(PEER);
  assert.equal(owner.signals.opened, 2);
  assert.equal(near.queuedOut, 1);
});

test("two sockets that meet are told both, each of the other", () => {
  const near = newPipe();
  const owner = (near.owner = new Owner());
  const far = (near.far.owner = new Owner());
  const other = { ...PEER, id: 2 };
  near.meet(PEER, other);
  assert.deepEqual([near.peer, near.far.peer], [PEER, other]);
  assert.deepEqual([owner.signals.opened, far.signals.opened, near.traffic.handshakes], [1, 1, 1]);
});

test("a subscription passes all queues", () => {
  const near = newPipe(1);
  const owner = (near.far.owner = new Owner());
  fill(near);
  near.subscription(Buffer.from("topic"), true);
  assert.equal(owner.signals.subscription, 1);
});

test("a message that is not written at all is counted apart", () => {
  const near = newPipe();
  near.reject("hwm");
  assert.deepEqual([near.rejected, near.drops.hwm, near.writes], [1, 1, 0]);
});

test("parting ends writing on both sides and leaves what is queued readable", () => {
  const near = newPipe();
  const { far } = near;
  const owners = [new Owner(), new Owner()] as const;
  near.owner = owners[0];
  far.owner = owners[1];
  write(near, "down");
  write(far, "up");
  near.part("unread");
  near.part("unread");
  assert.deepEqual([write(near, "no"), write(far, "no")], [false, false]);
  assert.deepEqual([owners[0].signals.ended, owners[1].signals.ended], [1, 1]);
  assert.deepEqual([String(near.read()), String(far.read())], ["up", "down"]);
  near.finish("unread");
  far.finish("unread");
  assert.deepEqual([owners[0].signals.ended, owners[1].signals.ended], [1, 1], "both know already");
});

test("a run is taken short of the mark, counted, and told once; what keeps no runs takes none", () => {
  const near = newPipe(4, { far: "session" });
  const owner = new Owner();
  near.owner = owner;
  const run = Buffer.from([0, 1, 97, 0, 1, 98, 0, 1, 99, 0, 1, 100]);
  assert.equal(near.far.writeRun(run, 0, run.length, 9), 9);
  assert.equal(near.far.full, false);
  assert.equal(near.far.writeRun(run, 9, run.length, 9), 9);
  assert.deepEqual([near.queuedIn, near.far.writes], [3, 3]);
  assert.deepEqual([read(near), read(near), read(near), read(near)], ["a", "b", "c", undefined]);
  assert.equal(near.reads, 3);
  assert.equal(newPipe(0, { conflate: true, far: "session" }).far.writeRun(run, 0, run.length, 9), 0);
  near.finish("unread");
  assert.equal(near.far.writeRun(run, 0, run.length, 9), 0);
});
