import type { Pipe } from "../pipe/pipe.ts";

/** Which of a pipe's two places is meant: a pipe has at most one strategy each way. */
export const INBOUND = 0;
export const OUTBOUND = 1;
export type Way = typeof INBOUND | typeof OUTBOUND;

/** What all have before the first pipe; an array that is pushed into has room for 17, one made whole for what it holds. */
const NONE: Pipe[] = [];

/**
 * Pipes in an array, each knowing its place in it (libzmq's array_t), so that finding, swapping and removing take
 * constant time, and going through them is as fast as through any array.
 */
export class PipeArray {
  readonly #way: Way;
  #pipes: Pipe[] = NONE;

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
    const index = this.#way === INBOUND ? pipe.placeIn : pipe.placeOut;
    return this.#pipes[index] === pipe ? index : -1;
  }

  push(pipe: Pipe): void {
    if (this.#pipes.length === 0) this.#pipes = [pipe];
    else this.#pipes.push(pipe);
    this.#note(pipe, this.#pipes.length - 1);
  }

  swap(a: number, b: number): void {
    if (a === b) return;
    const first = this.at(a);
    this.#place(a, this.at(b));
    this.#place(b, first);
  }

  /** The last one takes its place. */
  remove(index: number): void {
    this.#note(this.at(index), -1);
    const last = this.#pipes.pop() as Pipe; // there is one at `index`
    if (index < this.#pipes.length) this.#place(index, last);
  }

  [Symbol.iterator](): IterableIterator<Pipe> {
    return this.#pipes.values();
  }

  #place(index: number, pipe: Pipe): void {
    this.#pipes[index] = pipe;
    this.#note(pipe, index);
  }

  #note(pipe: Pipe, index: number): void {
    if (this.#way === INBOUND) pipe.placeIn = index;
    else pipe.placeOut = index;
  }
}
