import { ZmqError } from "../base/errors.ts";
import type { Threads } from "./threads.ts";

/** A `connect` that came before the `bind`; ending it twice, or after it was met, does nothing. */
export interface Waiting {
  cancel(): void;
}

/**
 * The inproc names of one context: who bound what, and who waits for it. A context that all threads of the process share
 * shares its names with them; who waits for a name in another thread is the threads' business.
 *
 * It joins no pipes and moves no messages: a `Binder` is whatever the sockets need to do that.
 */
export class InprocNames<Binder> {
  readonly #bound = new Map<string, Binder>();
  readonly #waiting = new Map<string, Set<(binder: Binder) => void>>();
  readonly #threads: Threads | null;

  constructor(threads: Threads | null = null) {
    this.#threads = threads;
  }

  /**
   * Takes the name, and calls those who wait for it, in the order they came. Throws EADDRINUSE. `lost` is called if it
   * turns out later that another thread had it before.
   */
  bind(name: string, binder: Binder, lost: () => void = () => {}): void {
    if (this.#bound.has(name)) throw new ZmqError("EADDRINUSE", { address: `inproc://${name}` });
    this.#threads?.claim(name, () => {
      this.#bound.delete(name);
      lost();
    });
    this.#bound.set(name, binder);
    const waiting = this.#waiting.get(name);
    this.#waiting.delete(name);
    for (const met of waiting ?? []) met(binder);
  }

  /** Frees the name; what was joined through it lives on. Throws ENOENT. */
  unbind(name: string): void {
    if (!this.#bound.delete(name)) throw new ZmqError("ENOENT", { address: `inproc://${name}` });
    this.#threads?.release(name);
  }

  lookup(name: string): Binder | undefined {
    return this.#bound.get(name);
  }

  /** Calls `met` once, when somebody binds the name: for a name that `lookup` does not know yet. */
  wait(name: string, met: (binder: Binder) => void): Waiting {
    const waiting = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, waiting);
    // A closure of its own, so that the same callback may wait twice.
    const entry = (binder: Binder): void => met(binder);
    waiting.add(entry);
    return {
      cancel: () => {
        waiting.delete(entry);
        if (waiting.size === 0 && this.#waiting.get(name) === waiting) this.#waiting.delete(name);
      },
    };
  }

  /** How many wait for any name. */
  get waiting(): number {
    let count = 0;
    for (const each of this.#waiting.values()) count += each.size;
    return count;
  }
}
