import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Pipe } from "../../src/pipe/pipe.ts";
import { LoadBalancer } from "../../src/routing/load-balancer.ts";
import { Owner } from "../pipe/owner.ts";
import { farReads, frame, newPipe, newPipes } from "./pipes.ts";
import { Turns } from "./turns.ts";

function balancing(pipes: readonly Pipe[]): LoadBalancer {
  const balancer = new LoadBalancer();
  const owner = new Owner();
  owner.onWritable = (pipe) => balancer.writable(pipe);
  for (const pipe of pipes) {
    pipe.owner = owner;
    balancer.attach(pipe);
  }
  return balancer;
}

test("RFC 30: messages go to the available peers in turn", () => {
  const pipes = newPipes(3);
  const balancer = balancing(pipes);
  for (const text of ["a", "b", "c", "d", "e"]) assert.equal(balancer.send([frame(text)]), true);
  assert.deepEqual(pipes.map(farReads), ["a", "b", "c"]);
  assert.deepEqual(pipes.map(farReads), ["d", "e", undefined]);
});

test("nothing is taken without a pipe", () => {
  const balancer = new LoadBalancer();
  assert.equal(balancer.ready, false);
  assert.equal(balancer.send([frame("a")]), false);
});

test("one pipe takes every message", () => {
  const [pipe] = newPipes(1) as [Pipe];
  const balancer = balancing([pipe]);
  for (const text of ["a", "b", "c"]) balancer.send([frame(text)]);
  assert.deepEqual([farReads(pipe), farReads(pipe), farReads(pipe)], ["a", "b", "c"]);
});

test("a full pipe leaves the rotation until it is writable", () => {
  const [small, large] = [newPipe(1), newPipe(100)];
  const balancer = balancing([small, large]);
  for (const text of ["a", "b", "c", "d"]) assert.equal(balancer.send([frame(text)]), true);
  assert.equal(large.queuedOut, 3);
  assert.equal(farReads(small), "a");
  balancer.send([frame("e")]);
  balancer.send([frame("f")]);
  assert.equal(small.queuedOut, 1);
});

test("it is ready exactly while a send would be taken", () => {
  const [pipe] = newPipes(1, 1) as [Pipe];
  const balancer = balancing([pipe]);
  assert.equal(balancer.ready, true);
  balancer.send([frame("a")]);
  assert.equal(balancer.ready, false);
  assert.equal(balancer.send([frame("b")]), false);
  farReads(pipe);
  assert.equal(balancer.ready, true);
});

test("it names the pipe that took the last message until that is detached", () => {
  const [first, second] = newPipes(2) as [Pipe, Pipe];
  const balancer = balancing([first, second]);
  assert.equal(balancer.last, null);
  balancer.send([frame("a")]);
  assert.equal(balancer.last, first);
  balancer.send([frame("b")]);
  assert.equal(balancer.last, second);
  balancer.detach(first);
  assert.equal(balancer.last, second);
  balancer.detach(second);
  assert.equal(balancer.last, null);
});

test("a pipe whose far end is gone gets nothing", () => {
  const [first, second] = newPipes(2) as [Pipe, Pipe];
  const balancer = balancing([first, second]);
  first.far.finish("unread");
  balancer.send([frame("a")]);
  assert.equal(farReads(second), "a");
  balancer.detach(first);
  assert.deepEqual([...balancer], [second]);
});

test("attaching twice, detaching a stranger and waking one change nothing", () => {
  const [pipe, stranger] = newPipes(2) as [Pipe, Pipe];
  const balancer = balancing([pipe]);
  balancer.attach(pipe);
  balancer.detach(stranger);
  balancer.writable(stranger);
  balancer.writable(pipe);
  assert.equal(balancer.size, 1);
  assert.deepEqual([...balancer], [pipe]);
});

/** A balancer over five pipes beside the plain model of it. */
class Trial {
  readonly #balancer: LoadBalancer;
  readonly #pipes: Pipe[];
  readonly #turns = new Turns();
  readonly #limits: readonly number[];
  readonly #queued: number[];
  readonly #refused: boolean[];

  constructor(limits: readonly number[]) {
    this.#limits = limits;
    this.#pipes = limits.map((limit) => newPipe(limit));
    this.#queued = limits.map(() => 0);
    this.#refused = limits.map(() => false);
    this.#balancer = balancing(this.#pipes);
    for (const pipe of this.#pipes) this.#balancer.detach(pipe);
  }

  attach(name: number): void {
    if (this.#turns.names.includes(name)) return;
    this.#balancer.attach(this.#pipes[name] as Pipe);
    this.#turns.attach(name);
  }

  detach(name: number): void {
    this.#balancer.detach(this.#pipes[name] as Pipe);
    if (this.#turns.names.includes(name)) this.#turns.terminated(name);
  }

  send(): void {
    const to = this.#turns.first(this.#able, true);
    assert.equal(this.#balancer.send([frame("m")]), to !== undefined);
    if (to === undefined) return;
    this.#queued[to] = (this.#queued[to] as number) + 1;
    assert.equal(this.#balancer.last, this.#pipes[to]);
  }

  ready(): void {
    assert.equal(this.#balancer.ready, this.#turns.first(this.#able, false) !== undefined);
  }

  read(name: number): void {
    if ((this.#pipes[name] as Pipe).far.read() === undefined) return;
    this.#queued[name] = (this.#queued[name] as number) - 1;
    if (this.#refused[name] === true && this.#turns.names.includes(name)) this.#turns.activated(name);
    this.#refused[name] = false;
  }

  check(): void {
    assert.deepEqual(
      this.#pipes.map((pipe) => pipe.queuedOut),
      this.#queued,
    );
    assert.deepEqual(
      [...this.#balancer],
      this.#turns.names.map((name) => this.#pipes[name]),
    );
  }

  readonly #able = (name: number): boolean => {
    const room = (this.#queued[name] as number) < (this.#limits[name] as number);
    if (!room) this.#refused[name] = true;
    return room;
  };
}

test("any sequence of attach, detach, send and read goes as in libzmq's lb_t", () => {
  // With a mark of 1 or 2, every message that is read makes room at once.
  const limits = fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 5, maxLength: 5 });
  const act = fc.constantFrom("attach", "detach", "send", "send", "send", "read", "ready");
  const steps = fc.array(fc.record({ act, which: fc.nat(4) }), { maxLength: 80, size: "max" });
  fc.assert(
    fc.property(limits, steps, (marks, acts) => {
      const trial = new Trial(marks);
      for (const step of acts) {
        trial[step.act](step.which);
        trial.check();
      }
    }),
  );
});
