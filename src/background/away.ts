import { measureRun, type FrameRun, type RunLimits } from "../base/frame-run.ts";
import type { Message } from "../base/message.ts";
import type { MessageQueue } from "../pipe/queue.ts";

/** Bytes of a run that goes over in one piece. */
const RUN = 8 * 1024;

/** What takes messages to another thread. */
interface Carrier {
  readonly writable: boolean;
  /** Whether all that was written is over there. */
  readonly idle: boolean;
  write(message: Message): void;
  /** Absent, or false: one by one. */
  writeRun?(run: FrameRun): boolean;
}

/**
 * A queue whose reader is in another thread: messages go over at once, and count as queued until it is told that they
 * left the queue over there, so that high-water marks and books mean what they do within one thread.
 *
 * What has no room between the threads waits here, in the queue that the pipe would have had.
 */
export class Away implements MessageQueue {
  /** All messages that went over. */
  sent = 0;
  readonly #carrier: Carrier;
  readonly #waiting: MessageQueue;
  /** How many of those have left the queue over there. */
  #left = 0;

  constructor(carrier: Carrier, waiting: MessageQueue) {
    this.#carrier = carrier;
    this.#waiting = waiting;
  }

  get length(): number {
    return this.#waiting.length + this.sent - this.#left;
  }

  get borrowed(): number {
    return this.#waiting.length + (this.#carrier.idle ? 0 : 1);
  }

  /** How many have not gone over yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  push(message: Message): void {
    if (this.#waiting.length === 0 && this.#carrier.writable) this.#send(message);
    else this.#waiting.push(message);
  }

  /** Hands on what the decoder found (decision 52) without a look at each message. */
  pushRun(memory: Uint8Array, from: number, end: number, limits: RunLimits): number {
    let at = from;
    for (let most = limits.most; this.#waiting.length === 0 && this.#carrier.writable;) {
      const run = measureRun(memory, at, Math.min(end, at + RUN), { most, longest: limits.longest });
      if (run.count === 0 || this.#carrier.writeRun?.(run) !== true) break;
      this.sent += run.count;
      most -= run.count;
      at = run.end;
    }
    return at;
  }

  /** Nothing: who reads it is elsewhere. */
  shift(): undefined {
    return undefined;
  }

  /** Drops what has not gone over; the rest is the other thread's. */
  clear(): void {
    this.#waiting.clear();
  }

  /** There is room between the threads. */
  goOn(): void {
    while (this.#waiting.length > 0 && this.#carrier.writable) {
      const message = this.#waiting.shift();
      if (message !== undefined) this.#send(message);
    }
  }

  /** So many of all that went over have left by now; how many that are more than before. */
  leftInAll(total: number): number {
    const more = total - this.#left;
    this.#left = total;
    return more;
  }

  #send(message: Message): void {
    this.sent++;
    this.#carrier.write(message);
  }
}
