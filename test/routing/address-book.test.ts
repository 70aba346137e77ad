import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Pipe } from "../../src/pipe/pipe.ts";
import { AddressBook } from "../../src/routing/address-book.ts";
import { frame, newPipe, newPipes } from "./pipes.ts";

const NONE = new Uint8Array(0);

test("a pipe is found by the id it wanted", () => {
  const book = new AddressBook(0);
  const [pipe] = newPipes(1) as [Pipe];
  const wanted = frame("worker-1");
  assert.equal(book.add(pipe, wanted), "added");
  assert.equal(book.lookup(frame("worker-1")), pipe);
  assert.equal(book.lookup(frame("worker-2")), undefined);
  wanted[0] = 0x58;
  assert.deepEqual(book.idOf(pipe), frame("worker-1"));
  assert.equal(book.idOf(pipe), book.idOf(pipe));
});

test("a pipe without an id gets 00 and a big-endian number that counts up from the start", () => {
  const book = new AddressBook(0xfffffffe);
  const pipes = newPipes(3);
  for (const pipe of pipes) assert.equal(book.add(pipe, NONE), "added");
  assert.deepEqual(
    pipes.map((pipe) => [...(book.idOf(pipe) as Uint8Array)]),
    [
      [0, 0xff, 0xff, 0xff, 0xfe],
      [0, 0xff, 0xff, 0xff, 0xff],
      [0, 0, 0, 0, 0],
    ],
  );
  for (const pipe of pipes) assert.equal(book.lookup(book.idOf(pipe) as Uint8Array), pipe);
  assert.deepEqual([...book], pipes);
});

test("a generated id skips one that a peer has chosen", () => {
  const book = new AddressBook(7);
  const [chosen, generated] = newPipes(2) as [Pipe, Pipe];
  book.add(chosen, Uint8Array.of(0, 0, 0, 0, 7));
  book.add(generated, NONE);
  assert.deepEqual([...(book.idOf(generated) as Uint8Array)], [0, 0, 0, 0, 8]);
});

test("an id in use is a duplicate, and the first keeps it", () => {
  const book = new AddressBook(0);
  const [first, second] = newPipes(2) as [Pipe, Pipe];
  book.add(first, frame("A"));
  assert.equal(book.add(second, frame("A")), "duplicate");
  assert.equal(book.lookup(frame("A")), first);
  assert.equal(book.idOf(second), undefined);
  assert.equal(book.size, 1);
});

test("ROUTER_HANDOVER: the newer pipe takes the id over, and the old one is given back", () => {
  const book = new AddressBook(0);
  const [old, next] = newPipes(2) as [Pipe, Pipe];
  assert.equal(book.takeOver(old, frame("A")), undefined);
  assert.equal(book.takeOver(old, frame("A")), undefined);
  assert.equal(book.takeOver(next, frame("A")), old);
  assert.equal(book.lookup(frame("A")), next);
  assert.equal(book.idOf(old), undefined);
  assert.equal(book.remove(old), false);
  assert.equal(book.lookup(frame("A")), next);
  assert.equal(book.takeOver(next, NONE), undefined);
  assert.deepEqual([...(book.idOf(next) as Uint8Array)], [0, 0, 0, 0, 0]);
  assert.equal(book.lookup(frame("A")), undefined);
});

test("a pipe that is removed leaves nothing behind, even if its id frame was written into", () => {
  const book = new AddressBook(0);
  const [pipe] = newPipes(1) as [Pipe];
  book.add(pipe, frame("A"));
  (book.idOf(pipe) as Uint8Array)[0] = 0x42;
  assert.equal(book.remove(pipe), true);
  assert.equal(book.remove(pipe), false);
  assert.equal(book.lookup(frame("A")), undefined);
  assert.equal(book.size, 0);
});

test("any ids of 1 to 255 bytes are kept apart", () => {
  const generatedLike = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((rest) => Uint8Array.of(0, ...rest));
  const id = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 6 }),
    generatedLike,
    fc.uint8Array({ minLength: 255, maxLength: 255 }),
  );
  fc.assert(
    fc.property(fc.array(id, { maxLength: 30, size: "max" }), (ids) => {
      const book = new AddressBook(0);
      const model = new Map<string, Pipe>();
      for (const each of ids) {
        const key = Buffer.from(each).toString("hex");
        const pipe = newPipe();
        assert.equal(book.add(pipe, Buffer.from(each)), model.has(key) ? "duplicate" : "added");
        if (!model.has(key)) model.set(key, pipe);
      }
      for (const each of ids) assert.equal(book.lookup(each), model.get(Buffer.from(each).toString("hex")));
    }),
  );
});
