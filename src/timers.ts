import { platform } from "#platform";
import { ZmqError } from "./base/errors.ts";

/** Called each time a timer is due, with its id. */
export type TimerHandler = (id: number) => void;

interface Entry {
  readonly handler: TimerHandler;
  interval: number;
  due: number;
}

/**
 * Repeating timers that run when `execute()` is called (zmq_timers): for programs that come from C and poll in a loop
 * with `timeout()` as the time limit. Nothing runs by itself; others have `setInterval`.
 */
export class Timers {
  readonly #timers: Map<number, Entry> = new Map();
  readonly #now: () => number;
  #ids = 0;

  /** `now` gives milliseconds and never goes back; the default is the platform's clock. */
  constructor(now: () => number = () => platform.clock.now()) {
    this.#now = now;
  }

  /** Adds a timer that is due every `interval` ms, first after that long; returns its id, 1 or more. */
  add(interval: number, handler: TimerHandler): number {
    if (typeof handler !== "function") throw new TypeError("Handler must be a function");
    const id = ++this.#ids;
    this.#timers.set(id, { handler, interval: checked(interval), due: this.#now() + interval });
    return id;
  }

  /** Ends a timer. @throws ZmqError EINVAL when there is none of that id */
  cancel(id: number): void {
    this.#entry(id);
    this.#timers.delete(id);
  }

  /** Changes a timer's interval, which begins now. @throws ZmqError EINVAL when there is none of that id */
  setInterval(id: number, interval: number): void {
    this.#entry(id).interval = checked(interval);
    this.reset(id);
  }

  /** Begins a timer's interval again. @throws ZmqError EINVAL when there is none of that id */
  reset(id: number): void {
    const timer = this.#entry(id);
    timer.due = this.#now() + timer.interval;
  }

  /** Whole ms until the next timer is due, 0 when one is; -1 without any: what a Poller takes as its `timeout`. */
  timeout(): number {
    let first = Infinity;
    for (const { due } of this.#timers.values()) first = Math.min(first, due);
    return first === Infinity ? -1 : Math.max(0, Math.ceil(first - this.#now()));
  }

  /** Runs all timers that are due, earliest first. Each is due again one interval after this call: what was missed is not made up for. */
  execute(): void {
    const now = this.#now();
    const due = [...this.#timers].filter(([, timer]) => timer.due <= now).sort(([, a], [, b]) => a.due - b.due);
    for (const [id, timer] of due) {
      if (this.#timers.get(id) !== timer || timer.due > now) continue; // an earlier one cancelled it or put it off
      timer.due = now + timer.interval;
      timer.handler(id);
    }
  }

  #entry(id: number): Entry {
    const entry = this.#timers.get(id);
    if (entry === undefined) throw new ZmqError("EINVAL", { hint: `there is no timer ${String(id)}` });
    return entry;
  }
}

function checked(interval: number): number {
  if (typeof interval === "number" && interval >= 0 && interval < Infinity) return interval;
  throw new ZmqError("EINVAL", { hint: `an interval is a number of ms, 0 or more, not ${String(interval)}` });
}
