/** A timer that was set; ending it twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time, handed in so that everything which waits can be tested without waiting. Milliseconds everywhere.
 *
 * Timers never hold the process: what must hold it says so to the platform.
 */
export interface Clock {
  /** Milliseconds since some fixed point; never goes back. */
  now(): number;
  /** Milliseconds since 1970, for people. */
  date(): number;
  after(delay: number, run: () => void): Timer;
}

/** A clock that moves only when told. */
export class ManualClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #timers: { at: number; order: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  date(): number {
    return this.#now;
  }

  /** How many timers wait: zero after everything was closed. */
  get waiting(): number {
    return this.#timers.length;
  }

  after(delay: number, run: () => void): Timer {
    const timer = { at: this.#now + delay, order: this.#order++, run };
    this.#timers.push(timer);
    return { cancel: (): void => this.#remove(timer) };
  }

  /** Lets `duration` ms pass; what falls due runs in order, each at its own time. */
  advance(duration: number): void {
    const end = this.#now + duration;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined) break;
      this.#remove(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  #remove(timer: { at: number; order: number; run: () => void }): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }
}
