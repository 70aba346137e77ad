import type { Timer } from "../base/clock.ts";
import { Deque } from "../base/deque.ts";
import { ZmqError } from "../base/errors.ts";
import type { Platform } from "../platform/platform.ts";

/** How long to wait, and what ends the waiting early. */
export interface WaitOptions {
  /** Ends the waiting; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** ms; 0 tries once, -1 (or Infinity) waits for ever. Default: the socket's sendTimeout or receiveTimeout. */
  readonly timeout?: number;
}

/** Somebody who waits. `settled` is set once, by whatever comes first. */
export interface Waiter<T> {
  readonly value: T;
  settled: boolean;
  finish(): void;
  fail(error: unknown): void;
}

/** What becomes of a wait; `expired` makes the error of a time-out. */
export interface Outcome {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly expired: () => unknown;
}

/**
 * Those who wait for their turn at a socket, in order, each with its own time limit and signal. While anybody waits, the
 * process is held.
 */
export class Waiters<T> {
  readonly #platform: Platform;
  /** Null before the first: at most sockets only one side ever waits. */
  #queue: Deque<Waiter<T>> | null = null;
  #live = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** How many wait. */
  get length(): number {
    return this.#live;
  }

  /** Whose turn it is. */
  first(): Waiter<T> | undefined {
    const queue = this.#queue;
    if (queue === null) return undefined;
    for (;;) {
      const waiter = queue.peek();
      if (waiter === undefined || !waiter.settled) return waiter;
      queue.shift();
    }
  }

  /** Adds one; `finish` resolves it. */
  add(value: T, options: WaitOptions, outcome: Outcome): Waiter<T> {
    const { resolve, reject, expired } = outcome;
    let timer: Timer | null = null;
    const { signal, timeout } = options;
    const done = (then: () => void): void => {
      if (waiter.settled) return;
      waiter.settled = true;
      if (--this.#live === 0) this.#platform.release();
      timer?.cancel();
      signal?.removeEventListener("abort", abort);
      then();
    };
    const waiter: Waiter<T> = {
      value,
      settled: false,
      finish: () => done(resolve),
      fail: (error) => done(() => reject(error)),
    };
    const abort = (): void => waiter.fail(signal?.reason);
    if (this.#live++ === 0) this.#platform.hold();
    (this.#queue ??= new Deque()).push(waiter);
    if (timeout !== undefined && timeout >= 0 && timeout !== Infinity) {
      timer = this.#platform.clock.after(timeout, () => waiter.fail(expired()));
    }
    signal?.addEventListener("abort", abort, { once: true });
    return waiter;
  }

  /** Ends all of them with an error. */
  failAll(error: () => unknown): void {
    for (let waiter = this.first(); waiter !== undefined; waiter = this.first()) waiter.fail(error());
    this.#queue = null;
  }
}

/** Checks `{ signal, timeout }` as a user gave it. A signal that was aborted before makes the wait fail, not this. */
export function checkWait(options: WaitOptions | undefined, timeout: number): WaitOptions {
  if (options === undefined) return { timeout };
  if (typeof options !== "object" || options === null) throw new TypeError("Options must be an object");
  const given = options.timeout;
  if (given !== undefined && (typeof given !== "number" || Number.isNaN(given) || given < -1)) {
    throw new TypeError(`Option timeout must be a number of ms, or -1 to wait for ever (got ${String(given)})`);
  }
  const { signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError("Option signal must be an AbortSignal");
  }
  return signal === undefined ? { timeout: given ?? timeout } : { timeout: given ?? timeout, signal };
}

/** libzmq's EAGAIN, in zeromq.js' words, and what to look at. */
export function timedOut(hint: string): ZmqError {
  return new ZmqError("EAGAIN", { hint });
}
