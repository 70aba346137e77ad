import assert from "node:assert/strict";
import { test } from "node:test";
import { Newest } from "../../src/pipe/newest.ts";

test("a newer message takes the place of the one that waits", () => {
  const queue = new Newest();
  assert.equal(queue.length, 0);
  queue.push([Buffer.from("a")]);
  queue.push([Buffer.from("b"), Buffer.from("c")]);
  assert.equal(queue.length, 1);
  assert.deepEqual(queue.shift(), [Buffer.from("b"), Buffer.from("c")]);
  assert.equal(queue.shift(), undefined);
  assert.equal(queue.length, 0);
});

test("clearing takes it away", () => {
  const queue = new Newest();
  queue.push([Buffer.from("a")]);
  queue.clear();
  assert.equal(queue.length, 0);
  assert.equal(queue.shift(), undefined);
});
