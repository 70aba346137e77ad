import type { Pipe } from "../pipe/pipe.ts";
import { PipeArray, type Way } from "./pipe-array.ts";

/**
 * Pipes that take turns, and behind them in the same array those that rest until they have something to do again.
 *
 * It keeps the order of libzmq's lb_t and fq_t (swap instead of shift) and knows nothing of messages: what a turn is,
 * and when a pipe rests or is woken, its user says.
 */
export class Rotation {
  readonly #pipes: PipeArray;
  /** The first `#active` of the pipes take turns. */
  #active = 0;
  #index = 0;
  /** Whose turn it is; null when all rest. A field, as every message asks. */
  current: Pipe | null = null;

  constructor(way: Way) {
    this.#pipes = new PipeArray(way);
  }

  /** Pipes in all. */
  get size(): number {
    return this.#pipes.length;
  }

  /** Adds one that is awake; once more does nothing. */
  add(pipe: Pipe): void {
    if (this.#pipes.indexOf(pipe) >= 0) return;
    this.#pipes.push(pipe);
    this.wake(pipe);
  }

  /** Whether it was in here. */
  remove(pipe: Pipe): boolean {
    let index = this.#pipes.indexOf(pipe);
    if (index < 0) return false;
    if (index < this.#active) {
      this.#shrink(index);
      index = this.#active;
    }
    this.#pipes.remove(index);
    this.#point();
    return true;
  }

  /** It takes turns again, after all others. Nothing happens when it already does, or is not in here. */
  wake(pipe: Pipe): void {
    const index = this.#pipes.indexOf(pipe);
    if (index < this.#active) return;
    this.#pipes.swap(index, this.#active++);
    this.#point();
  }

  /** The turn passes on. */
  next(): void {
    if (this.#active === 1) return;
    if (++this.#index >= this.#active) this.#index = 0;
    this.#point();
  }

  /** The one whose turn it is rests until it is woken, and the turn passes on. */
  rest(): void {
    this.#shrink(this.#index);
  }

  [Symbol.iterator](): IterableIterator<Pipe> {
    return this.#pipes[Symbol.iterator]();
  }

  /** The last active one takes the place of the one at `index`, which is the first that rests now. */
  #shrink(index: number): void {
    this.#pipes.swap(index, --this.#active);
    if (this.#index === this.#active) this.#index = 0;
    this.#point();
  }

  #point(): void {
    this.current = this.#active === 0 ? null : this.#pipes.at(this.#index);
  }
}
