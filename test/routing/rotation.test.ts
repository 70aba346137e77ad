import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pipe } from "../../src/pipe/pipe.ts";
import { OUTBOUND } from "../../src/routing/pipe-array.ts";
import { Rotation } from "../../src/routing/rotation.ts";
import { newPipes } from "./pipes.ts";

// That the order is libzmq's is checked against a model in load-balancer.test.ts and fair-queue.test.ts.

function rotating(pipes: readonly Pipe[]): Rotation {
  const rotation = new Rotation(OUTBOUND);
  for (const pipe of pipes) rotation.add(pipe);
  return rotation;
}

test("the turn goes round those that are awake", () => {
  const [a, b, c] = newPipes(3) as [Pipe, Pipe, Pipe];
  const rotation = rotating([a, b, c]);
  rotation.next();
  assert.equal(rotation.current, b);
  rotation.rest();
  assert.equal(rotation.current, c);
  rotation.next();
  assert.equal(rotation.current, a);
  rotation.wake(b);
  rotation.next();
  rotation.next();
  assert.equal(rotation.current, b);
});

test("when all rest, it is nobody's turn", () => {
  const [a] = newPipes(1) as [Pipe];
  const rotation = rotating([a]);
  rotation.rest();
  assert.equal(rotation.current, null);
  assert.equal(rotation.size, 1);
  rotation.wake(a);
  assert.equal(rotation.current, a);
});

test("removing says whether it was there, awake or at rest", () => {
  const [a, b, c] = newPipes(3) as [Pipe, Pipe, Pipe];
  const rotation = rotating([a, b]);
  rotation.rest();
  assert.equal(rotation.remove(a), true);
  assert.equal(rotation.remove(a), false);
  assert.equal(rotation.remove(c), false);
  assert.equal(rotation.remove(b), true);
  assert.equal(rotation.current, null);
});

test("adding twice and waking who is awake, or a stranger, change nothing", () => {
  const [a, b, stranger] = newPipes(3) as [Pipe, Pipe, Pipe];
  const rotation = rotating([a, b, a]);
  rotation.wake(a);
  rotation.wake(stranger);
  assert.deepEqual([...rotation], [a, b]);
});
