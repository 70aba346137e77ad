import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Pipe } from "../../src/pipe/pipe.ts";
import { FairQueue } from "../../src/routing/fair-queue.ts";
import { Owner } from "../pipe/owner.ts";
import { frame, newPipes, textOf } from "./pipes.ts";
import { Turns } from "./turns.ts";

function queueing(pipes: readonly Pipe[], drained?: (pipe: Pipe) => void): FairQueue {
  const queue = new FairQueue(drained);
  const owner = new Owner();
  owner.onReadable = (pipe) => queue.readable(pipe);
  for (const pipe of pipes) {
    pipe.owner = owner;
    queue.attach(pipe);
  }
  return queue;
}

function received(queue: FairQueue): string | undefined {
  return textOf(queue.receive()?.[0]);
}

test("RFC 30: messages are received from the peers in turn, one of each", () => {
  const pipes = newPipes(3);
  const queue = queueing(pipes);
  for (const [at, pipe] of pipes.entries()) for (const text of ["x", "y"]) pipe.far.write([frame(`${at}${text}`)]);
  const texts = Array.from({ length: 7 }, () => received(queue));
  assert.deepEqual(texts, ["0x", "1x", "2x", "0y", "1y", "2y", undefined]);
});

test("an empty pipe rests until it is readable", () => {
  const [first, second] = newPipes(2) as [Pipe, Pipe];
  const queue = queueing([first, second]);
  assert.equal(received(queue), undefined);
  second.far.write([frame("b")]);
  assert.equal(received(queue), "b");
  first.far.write([frame("a")]);
  assert.equal(received(queue), "a");
});

test("what a pipe held before it was attached is received", () => {
  const [pipe] = newPipes(1) as [Pipe];
  pipe.far.write([frame("a")]);
  assert.equal(received(queueing([pipe])), "a");
});

test("it is ready exactly while there is a message", () => {
  const pipes = newPipes(2) as [Pipe, Pipe];
  const queue = queueing(pipes);
  assert.equal(queue.ready, false);
  pipes[1].far.write([frame("a")]);
  assert.equal(queue.ready, true);
  received(queue);
  assert.equal(queue.ready, false);
});

test("it names the pipe of the last message until that is detached", () => {
  const [first, second] = newPipes(2) as [Pipe, Pipe];
  const queue = queueing([first, second]);
  second.far.write([frame("b")]);
  received(queue);
  assert.equal(queue.last, second);
  queue.detach(first);
  assert.equal(queue.last, second);
  queue.detach(second);
  assert.equal(queue.last, null);
});

test("a pipe whose far end is gone is read to its end, and named when it is found empty", () => {
  const drained: Pipe[] = [];
  const [pipe] = newPipes(1) as [Pipe];
  const queue = queueing([pipe], (each) => drained.push(each));
  pipe.far.write([frame("a")]);
  pipe.far.write([frame("b")]);
  pipe.far.finish("unread");
  assert.equal(received(queue), "a");
  assert.equal(received(queue), "b");
  assert.equal(queue.last, pipe);
  assert.deepEqual(drained, []);
  assert.equal(received(queue), undefined);
  assert.deepEqual(drained, [pipe]);
  assert.equal(queue.last, null);
  assert.equal(queue.size, 0);
});

test("an empty pipe that ends is named once it is told to be looked at", () => {
  const drained: Pipe[] = [];
  const [pipe] = newPipes(1) as [Pipe];
  const queue = queueing([pipe], (each) => drained.push(each));
  assert.equal(queue.ready, false);
  pipe.far.finish("unread");
  queue.readable(pipe);
  assert.equal(queue.ready, false);
  assert.deepEqual(drained, [pipe]);
  assert.deepEqual([...queue], []);
});

test("without anybody to be told, an ended pipe just goes", () => {
  const [pipe] = newPipes(1) as [Pipe];
  const queue = queueing([pipe]);
  pipe.far.finish("unread");
  assert.equal(queue.receive(), undefined);
  assert.equal(queue.size, 0);
});

/** A fair queue over five pipes beside the plain model of it. */
class Trial {
  readonly #pipes = newPipes(5);
  readonly #queued: number[][] = this.#pipes.map(() => []);
  readonly #turns = new Turns();
  readonly #ended = new Set<number>();
  /** Found empty since the last step. */
  readonly #empty = new Set<number>();
  readonly #gone: Pipe[] = [];
  readonly #drained: Pipe[] = [];
  readonly #queue = queueing(this.#pipes, (pipe) => this.#drained.push(pipe));
  #count = 0;

  constructor() {
    for (const pipe of this.#pipes) this.#queue.detach(pipe);
  }

  attach(name: number): void {
    if (this.#turns.names.includes(name)) return;
    this.#queue.attach(this.#pipes[name] as Pipe);
    this.#turns.attach(name);
  }

  detach(name: number): void {
    this.#queue.detach(this.#pipes[name] as Pipe);
    if (this.#turns.names.includes(name)) this.#turns.terminated(name);
  }

  write(name: number): void {
    const mark = this.#count++ & 255;
    if (!(this.#pipes[name] as Pipe).far.write([Uint8Array.of(mark)])) return;
    const waiting = (this.#queued[name] as number[]).push(mark);
    if (waiting === 1 && this.#turns.names.includes(name)) this.#turns.activated(name);
  }

  end(name: number): void {
    (this.#pipes[name] as Pipe).far.finish("unread");
    this.#ended.add(name);
  }

  receive(): void {
    const from = this.#turns.first(this.#able, true);
    const expected = from === undefined ? undefined : (this.#queued[from] as number[]).shift();
    assert.equal(this.#queue.receive()?.[0]?.[0], expected);
  }

  ready(): void {
    assert.equal(this.#queue.ready, this.#turns.first(this.#able, false) !== undefined);
  }

  check(): void {
    for (const name of this.#empty) {
      if (!this.#ended.has(name)) continue;
      this.#turns.terminated(name);
      this.#gone.push(this.#pipes[name] as Pipe);
    }
    this.#empty.clear();
    assert.deepEqual(this.#drained, this.#gone);
    assert.deepEqual(new Set(this.#queue), new Set(this.#turns.names.map((name) => this.#pipes[name])));
    for (const [name, pipe] of this.#pipes.entries()) assert.equal(pipe.queuedIn, this.#queued[name]?.length);
  }

  readonly #able = (name: number): boolean => {
    if ((this.#queued[name] as number[]).length > 0) return true;
    this.#empty.add(name);
    return false;
  };
}

test("any sequence of attach, detach, write, end and receive goes as in libzmq's fq_t", () => {
  const act = fc.constantFrom("attach", "detach", "write", "write", "write", "receive", "receive", "ready", "end");
  const steps = fc.array(fc.record({ act, which: fc.nat(4) }), { maxLength: 80, size: "max" });
  fc.assert(
    fc.property(steps, (acts) => {
      const trial = new Trial();
      for (const step of acts) {
        trial[step.act](step.which);
        trial.check();
      }
    }),
  );
});
