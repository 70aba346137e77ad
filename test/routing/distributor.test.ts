import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Pipe } from "../../src/pipe/pipe.ts";
import { Distributor } from "../../src/routing/distributor.ts";
import { Owner } from "../pipe/owner.ts";
import { farReads, frame, newPipe, newPipes } from "./pipes.ts";

function distributing(pipes: readonly Pipe[]): Distributor {
  const distributor = new Distributor();
  for (const pipe of pipes) distributor.attach(pipe);
  return distributor;
}

test("a message goes to the marked pipes, once each, and the marks are gone", () => {
  const pipes = newPipes(3) as [Pipe, Pipe, Pipe];
  const distributor = distributing(pipes);
  distributor.match(pipes[0]);
  distributor.match(pipes[2]);
  distributor.match(pipes[0]);
  assert.equal(distributor.matching, 2);
  assert.equal(distributor.sendToMatching([frame("a")]), 2);
  assert.deepEqual(pipes.map(farReads), ["a", undefined, "a"]);
  assert.equal(distributor.sendToMatching([frame("b")]), 0);
  assert.deepEqual(pipes.map(farReads), [undefined, undefined, undefined]);
});

test("a message goes to all pipes", () => {
  const pipes = newPipes(3);
  const distributor = distributing(pipes);
  assert.equal(distributor.sendToAll([frame("a"), frame("b")]), 3);
  for (const pipe of pipes) assert.equal(pipe.far.read()?.length, 2);
  assert.equal(distributor.size, 3);
  assert.deepEqual([...distributor], pipes);
});

test("each pipe that keeps the array gets its own", () => {
  const pipes = newPipes(3);
  distributing(pipes).sendToAll([frame("a")]);
  const arrays = pipes.map((pipe) => pipe.far.read());
  assert.equal(new Set(arrays).size, 3);
  for (const array of arrays) assert.deepEqual(array, [frame("a")]);
});

test("pipes that pack, hand over or replace can be mixed", () => {
  const shared = { outLimit: 0, inLimit: 0 };
  const packed = Pipe.pair({ ...shared, conflate: false, far: "session" });
  const newest = Pipe.pair({ ...shared, conflate: true, far: "session" });
  const pipes = [packed, newPipe(), newest, newPipe()];
  assert.equal(distributing(pipes).sendToAll([frame("a")]), 4);
  assert.deepEqual(pipes.map(farReads), ["a", "a", "a", "a"]);
});

test("RFC 29: a message for a full queue is dropped, and counted", () => {
  const [full, free] = [newPipe(1), newPipe(2)];
  const distributor = distributing([full, free]);
  assert.equal(distributor.sendToAll([frame("a")]), 2);
  assert.equal(distributor.sendToAll([frame("b")]), 1);
  assert.deepEqual([distributor.delivered, distributor.dropped], [1, 1]);
  assert.deepEqual([full.drops.hwm, free.drops.hwm], [1, 0]);
  farReads(full);
  assert.equal(distributor.sendToAll([frame("c")]), 1);
  assert.deepEqual([full.drops.hwm, free.drops.hwm], [1, 1]);
});

test("XPUB_NODROP: it is ready only while every marked pipe has room, and asks to be told", () => {
  const [full, free] = [newPipe(1), newPipe()];
  const owner = new Owner();
  full.owner = owner;
  const distributor = distributing([full, free]);
  distributor.sendToAll([frame("a")]);
  distributor.match(free);
  assert.equal(distributor.checkReady(), true);
  distributor.match(full);
  assert.equal(distributor.checkReady(), false);
  assert.equal(distributor.matching, 2);
  distributor.unmark();
  assert.equal(distributor.checkReady(), true);
  farReads(full);
  assert.equal(owner.signals.writable, 1);
});

test("INVERT_MATCHING: the marks are turned round", () => {
  const pipes = newPipes(3) as [Pipe, Pipe, Pipe];
  const distributor = distributing(pipes);
  distributor.match(pipes[1]);
  distributor.invert();
  distributor.sendToMatching([frame("a")]);
  assert.deepEqual(pipes.map(farReads), ["a", undefined, "a"]);
});

test("a pipe whose far end is gone neither gets nor loses anything", () => {
  const pipe = newPipe();
  const distributor = distributing([pipe]);
  pipe.far.finish("unread");
  distributor.match(pipe);
  assert.equal(distributor.checkReady(), true);
  assert.equal(distributor.sendToMatching([frame("a")]), 0);
  assert.equal(distributor.dropped, 0);
  assert.equal(pipe.drops.hwm, 0);
});

test("a pipe can come twice and go twice", () => {
  const [pipe, other] = newPipes(2) as [Pipe, Pipe];
  const distributor = distributing([pipe, pipe, other]);
  distributor.detach(pipe);
  distributor.detach(pipe);
  assert.equal(distributor.sendToAll([frame("a")]), 1);
  assert.equal(farReads(other), "a");
});

test("a send inside a send, and a detach, disturb nothing", () => {
  const pipes = newPipes(3) as [Pipe, Pipe, Pipe];
  const distributor = distributing(pipes);
  const owner = new Owner();
  owner.onReadable = (): void => {
    distributor.detach(pipes[1]);
    distributor.sendToAll([frame("inner")]);
  };
  pipes[0].far.owner = owner;
  assert.equal(distributor.sendToAll([frame("outer")]), 3);
  assert.deepEqual(pipes.map(farReads), ["outer", "outer", "inner"]);
  assert.deepEqual(pipes.map(farReads), ["inner", undefined, "outer"]);
});

test("any marks on any pipes deliver to those with room and drop for the others", () => {
  const marks = fc.array(fc.nat(5), { maxLength: 12 });
  const reads = fc.array(fc.nat(5), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.record({ marks, reads }), { maxLength: 30, size: "max" }), (sends) => {
      const pipes = Array.from({ length: 6 }, (_, at) => newPipe(at === 0 ? 0 : 1));
      const distributor = distributing(pipes);
      const expected = pipes.map(() => ({ queued: 0, dropped: 0 }));
      for (const send of sends) {
        for (const at of send.marks) distributor.match(pipes[at] as Pipe);
        distributor.sendToMatching([frame("m")]);
        for (const at of new Set(send.marks)) {
          const each = expected[at] as { queued: number; dropped: number };
          if (at === 0 || each.queued === 0) each.queued++;
          else each.dropped++;
        }
        for (const at of send.reads) {
          if (farReads(pipes[at] as Pipe) !== undefined) (expected[at] as { queued: number }).queued--;
        }
        const found = pipes.map((pipe) => ({ queued: pipe.queuedOut, dropped: pipe.drops.hwm }));
        assert.deepEqual(found, expected);
      }
    }),
  );
});
