import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pipe } from "../../src/pipe/pipe.ts";
import { INBOUND, OUTBOUND, PipeArray } from "../../src/routing/pipe-array.ts";
import { newPipes } from "./pipes.ts";

function filled(pipes: readonly Pipe[]): PipeArray {
  const array = new PipeArray(INBOUND);
  for (const pipe of pipes) array.push(pipe);
  return array;
}

test("a pipe knows its place after swapping and removing", () => {
  const [a, b, c] = newPipes(3) as [Pipe, Pipe, Pipe];
  const array = filled([a, b, c]);
  array.swap(0, 2);
  assert.deepEqual([...array], [c, b, a]);
  array.remove(0);
  assert.deepEqual([...array], [a, b]);
  assert.deepEqual(
    [a, b, c].map((pipe) => array.indexOf(pipe)),
    [0, 1, -1],
  );
  array.remove(1);
  array.swap(0, 0);
  assert.deepEqual([...array], [a]);
  assert.equal(array.length, 1);
  assert.equal(array.at(0), a);
});

test("a pipe can be in one array each way, and is not found in a third", () => {
  const [a] = newPipes(1) as [Pipe];
  const inbound = filled([a]);
  const outbound = new PipeArray(OUTBOUND);
  assert.equal(outbound.indexOf(a), -1);
  outbound.push(a);
  inbound.remove(0);
  assert.equal(outbound.indexOf(a), 0);
  assert.equal(new PipeArray(OUTBOUND).indexOf(a), -1);
});
