import type { Clock, Timer } from "../base/clock.ts";
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

/** What becomes of a wait; `expired` makes the error of a time-out. */
export interface Outcome {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly expired: () => unknown;
}

/** Somebody who waits; settled once, by whatever comes first. Methods, as four functions for each wait took 300 bytes. */
export class Waiter<T> {
  readonly value: T;
  settled = false;
  readonly #line: { left(): void };
  readonly #outcome: Outcome;
  readonly #signal: AbortSignal | null;
  #timer: Timer | null = null;

  /** `line` hears when it no longer waits. */
  constructor(value: T, line: { left(): void }, outcome: Outcome, signal: AbortSignal | null) {
    this.value = value;
    this.#line = line;
    this.#outcome = outcome;
    this.#signal = signal;
    signal?.addEventListener("abort", this, { once: true });
  }

  /** From now on it waits for so many ms. */
  limit(clock: Clock, timeout: number): void {
    this.#timer = clock.after(timeout, () => this.fail(this.#outcome.expired()));
  }

  finish(): void {
    if (this.#settle()) this.#outcome.resolve();
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#outcome.reject(error);
  }

  /** The signal is aborted. */
  handleEvent(): void {
    this.fail(this.#signal?.reason);
  }

  /** Whether it waited until now. */
  #settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.#line.left();
    this.#timer?.cancel();
    this.#signal?.removeEventListener("abort", this);
    return true;
  }
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
    const { signal, timeout } = options;
    const waiter = new Waiter(value, this, outcome, signal ?? null);
    if (this.#live++ === 0) this.#platform.hold();
    (this.#queue ??= new Deque()).push(waiter);
    if (timeout !== undefined && timeout >= 0 && timeout !== Infinity) waiter.limit(this.#platform.clock, timeout);
    return waiter;
  }

  /** One of them no longer waits. */
  left(): void {
    if (--this.#live === 0) this.#platform.release();
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
