/**
 * How long to wait before the next connection attempt, as libzmq has it (libzmq.md 8.6): the interval plus a random part
 * of the same size; or, when there is a maximum, exact doubling up to it. Waits for nothing itself.
 */
export class Backoff {
  readonly #interval: number;
  readonly #max: number;
  readonly #random: () => number;
  #next: number;

  /** `max` 0 is none. `random` gives numbers in [0, 1). */
  constructor(interval: number, max: number, random: () => number) {
    this.#interval = interval;
    this.#max = max;
    this.#random = random;
    this.#next = interval;
  }

  /** Milliseconds until the next attempt; null when there is to be none (interval 0 or -1). */
  next(): number | null {
    if (this.#interval <= 0) return null;
    if (this.#max <= 0) return this.#interval + Math.floor(this.#random() * this.#interval);
    const delay = Math.min(this.#next, this.#max);
    this.#next = delay * 2;
    return delay;
  }

  /** A connection was made, whatever became of it: doubling starts again. */
  reset(): void {
    this.#next = this.#interval;
  }
}
