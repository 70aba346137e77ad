import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pipe } from "../../src/pipe/pipe.ts";
import { PeerNumbers } from "../../src/routing/peer-numbers.ts";
import { newPipes } from "./pipes.ts";

test("RFC 41: peers get numbers that count up from the start and are never 0", () => {
  const peers = new PeerNumbers(0xfffffffe);
  assert.equal(peers.last, 0);
  const pipes = newPipes(4);
  const numbers = pipes.map((pipe) => {
    peers.add(pipe);
    return peers.last;
  });
  assert.deepEqual(numbers, [0xfffffffe, 0xffffffff, 1, 2]);
  for (const [index, pipe] of pipes.entries()) assert.equal(peers.lookup(numbers[index] ?? 0), pipe);
  assert.equal(peers.lookup(0), undefined);
});

test("a random start of 0 is passed over", () => {
  const peers = new PeerNumbers(0);
  peers.add(...(newPipes(1) as [Pipe]));
  assert.equal(peers.last, 1);
});

test("a number is one peer's, for as long as it is there", () => {
  const peers = new PeerNumbers(0xffffffff);
  const [first, second, third] = newPipes(3) as [Pipe, Pipe, Pipe];
  peers.add(first);
  peers.add(second);
  peers.remove(first);
  peers.remove(first);
  assert.equal(peers.lookup(0xffffffff), undefined);
  assert.equal(peers.lookup(1), second);
  peers.add(third);
  assert.equal(peers.last, 2);
});

test("the frame that stands for a peer is the same each time, in network order, and outlives its place", () => {
  const peers = new PeerNumbers(0x01020304);
  const [pipe] = newPipes(1) as [Pipe];
  peers.add(pipe);
  const frame = peers.frameOf(pipe);
  assert.deepEqual([...frame], [1, 2, 3, 4]);
  peers.remove(pipe);
  assert.equal(peers.frameOf(pipe), frame);
});
