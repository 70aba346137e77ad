import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pipe } from "../../src/pipe/pipe.ts";
import { Exclusive } from "../../src/routing/exclusive.ts";
import { farReads, frame, newPipe, newPipes, textOf } from "./pipes.ts";

test("RFC 31: PAIR SHALL NOT accept more than one peer at a time", () => {
  const [first, second] = newPipes(2) as [Pipe, Pipe];
  const exclusive = new Exclusive();
  assert.equal(exclusive.attach(first), true);
  assert.equal(exclusive.attach(second), false);
  assert.equal(exclusive.attach(first), true);
  exclusive.detach(second);
  assert.equal(exclusive.pipe, first);
  exclusive.detach(first);
  assert.equal(exclusive.attach(second), true);
});

test("messages go both ways through the one pipe", () => {
  const pipe = newPipe();
  const exclusive = new Exclusive();
  exclusive.attach(pipe);
  assert.equal(exclusive.send([frame("out")]), true);
  assert.equal(farReads(pipe), "out");
  assert.equal(exclusive.receiveReady, false);
  pipe.far.write([frame("in")]);
  assert.equal(exclusive.receiveReady, true);
  assert.equal(textOf(exclusive.receive()?.[0]), "in");
  assert.equal(exclusive.receive(), undefined);
});

test("without a pipe nothing is taken and nothing is there", () => {
  const exclusive = new Exclusive();
  assert.equal(exclusive.sendReady, false);
  assert.equal(exclusive.receiveReady, false);
  assert.equal(exclusive.send([frame("a")]), false);
  assert.equal(exclusive.receive(), undefined);
});

test("a full pipe takes nothing", () => {
  const exclusive = new Exclusive();
  exclusive.attach(newPipe(1));
  assert.equal(exclusive.sendReady, true);
  exclusive.send([frame("a")]);
  assert.equal(exclusive.sendReady, false);
  assert.equal(exclusive.send([frame("b")]), false);
});

test("a pipe whose far end is gone keeps its place until it was read to its end", () => {
  const drained: Pipe[] = [];
  const [pipe, next] = newPipes(2) as [Pipe, Pipe];
  const exclusive = new Exclusive((each) => drained.push(each));
  exclusive.attach(pipe);
  pipe.far.write([frame("a")]);
  pipe.far.finish("unread");
  assert.equal(exclusive.attach(next), false);
  assert.equal(textOf(exclusive.receive()?.[0]), "a");
  assert.deepEqual(drained, []);
  assert.equal(exclusive.receive(), undefined);
  assert.deepEqual(drained, [pipe]);
  assert.equal(exclusive.attach(next), true);
});

test("without anybody to be told, an ended pipe just goes", () => {
  const pipe = newPipe();
  const exclusive = new Exclusive();
  exclusive.attach(pipe);
  pipe.far.finish("unread");
  assert.equal(exclusive.receive(), undefined);
  assert.equal(exclusive.pipe, null);
});
