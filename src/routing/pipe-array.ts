import type { Pipe } from "../pipe/pipe.ts";

/** Which of a pipe's two slots says where it is: a pipe has at most one strategy each way. */
export const INBOUND = 0;
export const OUTBOUND = 1;
export type Way = typeof INBOUND | typeof OUTBOUND;

/**
 * Pipes in an array, each knowing its place in it (libzmq's array_t), so that finding, swapping and removing take
 * constant time, and going through them is as fast as through any array.
 */
export class PipeArray {
  readonly #way: Way;
  readonly #pipes: Pipe[] = [];

  constructor(way: Way) {
    this.#way = way;
  }

  get length(): number {
    return this.#pipes.length;
  }

  at(index: number): Pipe {
    return this.#pipes[index] as Pipe; // below `length`, which is the caller's to keep
  }

  /** -1 when it is not in here. */
  indexOf(pipe: Pipe): number {
    const index = pipe.slots[this.#way] as number; // both slots are always set
    return this.#pipes[index] === pipe ? index : -1;
  }

  push(pipe: Pipe): void {
    pipe.slots[this.#way] = this.#pipes.push(pipe) - 1;
  }

  swap(a: number, b: number): void {
    if (a === b) return;
    const first = this.at(a);
    this.#place(a, this.at(b));
    this.#place(b, first);
  }

  /** The last one takes its place. */
  remove(index: number): void {
    this.at(index).slots[this.#way] = -1;
    const last = this.#pipes.pop() as Pipe; // there is one at `index`
    if (index < this.#pipes.length) this.#place(index, last);
  }

  [Symbol.iterator](): IterableIterator<Pipe> {
    return this.#pipes.values();
  }

  #place(index: number, pipe: Pipe): void {
    this.#pipes[index] = pipe;
    pipe.slots[this.#way] = index;
  }
}
