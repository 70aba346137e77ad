import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Pipe } from "../../src/pipe/pipe.ts";
import type { PipeSettings } from "../../src/pipe/settings.ts";
import { Owner } from "./owner.ts";

/** One direction as a plain list, and the rule of marks as libzmq's pipe_t has it. */
class Way {
  readonly queue: number[] = [];
  limit: number;
  written = 0;
  taken = 0;
  credited = 0;
  stopped = false;
  /** How often the writer and the reader must have been told. */
  writable = 0;
  readable = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get full(): boolean {
    return this.limit > 0 && this.written - this.credited >= this.limit;
  }

  take(alive: boolean): number | undefined {
    const value = this.queue.shift();
    if (value === undefined) return undefined;
    this.taken++;
    const low = this.limit === 0 ? 1024 : Math.ceil(this.limit / 2);
    if (this.taken - this.credited < low) return value;
    this.credited = this.taken - (this.taken % low);
    this.release(alive);
    return value;
  }

  release(alive: boolean): void {
    if (!this.stopped || this.full) return;
    this.stopped = false;
    if (alive) this.writable++;
  }
}

type End = 0 | 1;

/** A pipe beside its model. */
class Trial {
  readonly #ends: readonly [Pipe, Pipe];
  /** By the end that writes. */
  readonly #ways: readonly [Way, Way];
  readonly #owners: readonly [Owner, Owner] = [new Owner(), new Owner()];
  readonly #closed = [false, false];
  /** How often each end must have been told of the other's end. */
  readonly #told = [0, 0];
  readonly #conflate: boolean;
  readonly #taken: number[] = [];
  #sinks = false;
  #count = 0;

  constructor(settings: PipeSettings) {
    const near = Pipe.pair(settings);
    this.#conflate = settings.conflate;
    this.#ends = [near, near.far];
    near.owner = this.#owners[0];
    near.far.owner = this.#owners[1];
    near.far.sink = {
      accept: (message) => this.#sinks && this.#taken.push((message[0] as Uint8Array)[0] as number) > 0,
    };
    this.#ways = [
      new Way(settings.conflate ? 0 : settings.outLimit),
      new Way(settings.conflate ? 0 : settings.inLimit),
    ];
  }

  get #alive(): boolean {
    return !this.#closed.includes(true);
  }

  write(end: End): void {
    const way = this.#ways[end];
    const value = this.#count++ & 255;
    const expected = this.#alive && !way.full;
    const passes = expected && end === 0 && this.#sinks && way.queue.length === 0;
    if (this.#alive && way.full) way.stopped = true;
    assert.equal(this.#ends[end].write([Uint8Array.of(value)]), expected);
    if (passes) assert.equal(this.#taken.pop(), value);
    if (!expected || passes) return;
    if (this.#conflate && way.queue.length > 0) way.take(true);
    else if (way.queue.length === 0) way.readable++;
    way.written++;
    way.queue.push(value);
  }

  read(end: End): void {
    if (this.#closed[end] === true) return;
    const way = this.#ways[end === 0 ? 1 : 0];
    const expected = way.take(this.#alive);
    assert.equal(this.#ends[end].read()?.[0]?.[0], expected);
  }

  limit(end: End, out: number, into: number): void {
    this.#ends[end].setLimits(out, into);
    if (this.#conflate) return;
    for (const [way, limit] of [
      [this.#ways[end], out],
      [this.#ways[end === 0 ? 1 : 0], into],
    ] as const) {
      way.limit = limit;
      way.credited = way.taken;
      way.release(this.#alive);
    }
  }

  finish(end: End): void {
    this.#ends[end].finish("unread");
    if (this.#closed[end] !== true) this.#end(end, [this.#ways[end === 0 ? 1 : 0]]);
  }

  close(end: End): void {
    this.#ends[end].close("linger-expired", "unread");
    this.#end(end, this.#ways);
  }

  #end(end: End, emptied: readonly Way[]): void {
    for (const way of emptied) way.queue.length = 0;
    const other = end === 0 ? 1 : 0;
    if (this.#closed[end] !== true && this.#closed[other] !== true) this.#told[other] = 1;
    this.#closed[end] = true;
  }

  sink(): void {
    this.#sinks = !this.#sinks;
  }

  check(): void {
    for (const end of [0, 1] as const) {
      const other = end === 0 ? 1 : 0;
      const [pipe, far] = [this.#ends[end], this.#ends[other]];
      assert.equal(pipe.queuedOut, this.#ways[end].queue.length);
      const drops = Object.values(pipe.drops).reduce((sum, count) => sum + count, 0);
      assert.equal(pipe.writes, far.reads + pipe.queuedOut + (drops - pipe.droppedIn) + far.droppedIn);
      assert.equal(pipe.full, !this.#alive || this.#ways[end].full);
      assert.equal(this.#owners[end].signals.writable, this.#ways[end].writable);
      assert.equal(this.#owners[end].signals.readable, this.#ways[other].readable);
      assert.equal(this.#owners[end].signals.ended, this.#told[end]);
    }
  }
}

test("whatever is done to a pipe, every message is read, queued or counted as dropped, and nobody waits for nothing", () => {
  const act = fc.constantFrom("write", "write", "write", "write", "read", "read", "limit", "sink", "finish", "close");
  const end = fc.constantFrom<End>(0, 1);
  const step = fc.record({ act, end, out: fc.nat(6), into: fc.nat(6) });
  const settings = fc.record({
    outLimit: fc.nat(6),
    inLimit: fc.nat(6),
    conflate: fc.boolean(),
    far: fc.constantFrom("session" as const, "socket" as const),
  });
  fc.assert(
    fc.property(settings, fc.array(step, { maxLength: 100, size: "max" }), (chosen, steps) => {
      const trial = new Trial(chosen);
      for (const { act: verb, end: which, out, into } of steps) {
        trial[verb](which, out, into);
        trial.check();
      }
    }),
    { numRuns: 500 },
  );
});
