import type { FrameRun } from "../base/frame-run.ts";
import type { Message } from "../base/message.ts";
import { Packed, type Block } from "./packed.ts";
import type { MessageQueue } from "./queue.ts";

/** Who takes messages at the far end of a lane without their being queued. */
export interface Sink {
  /** Takes the message (true) or leaves it to the queue. Keeps the frames, if at all, but not the array. */
  accept(message: Message): boolean;
  /** The same with messages that others get too; absent: each has to come by itself. */
  share?(block: Block): boolean;
  /** The same with a run of messages, all or none. Absent: none. */
  acceptRun?(run: FrameRun): boolean;
}

/**
 * One direction of a pipe: a queue with a high-water mark (ZMQ_SNDHWM, ZMQ_RCVHWM; messages; 0 is unlimited).
 *
 * As in libzmq, reads are credited to the writer in steps of the low mark, (HWM + 1) / 2: a writer stopped at the
 * mark goes on when the reader took that many.
 */
export class Lane {
  /** Messages that went through the queue, and those that never had to. */
  written = 0;
  passed = 0;
  /** Messages that left the queue, and those among them that nobody read. */
  taken = 0;
  dropped = 0;
  /** How often a writer found it full. */
  stops = 0;
  stopped = false;
  sink: Sink | null = null;
  queue: MessageQueue;
  #limit: number;
  #low: number;
  #credited = 0;

  constructor(queue: MessageQueue, limit: number) {
    this.queue = queue;
    this.#limit = limit;
    this.#low = lowMark(limit);
  }

  get limit(): number {
    return this.#limit;
  }

  /** Takes effect at once, on a lane in use too. Returns whether a stopped writer may go on. */
  setLimit(limit: number): boolean {
    this.#limit = limit;
    this.#low = lowMark(limit);
    this.#credited = this.taken;
    return this.#release();
  }

  /** Whether the next write is taken; if not, the writer is told when it is. */
  ready(): boolean {
    if (this.#limit === 0 || this.written - this.#credited < this.#limit) return true;
    if (!this.stopped) {
      this.stopped = true;
      this.stops++;
    }
    return false;
  }

  /** Whether the mark is reached, without asking to be told. */
  get full(): boolean {
    return this.#limit !== 0 && this.written - this.#credited >= this.#limit;
  }

  /** How many more writes are taken. */
  get room(): number {
    return this.#limit === 0 ? Infinity : this.#limit - (this.written - this.#credited);
  }

  /** How many messages it has room for at least, of those that several lanes share; -1 where it shares none. */
  get shareable(): number {
    const together = this.queue instanceof Packed && (this.sink === null || this.sink.share !== undefined);
    return together ? Math.max(0, this.room) : -1;
  }

  /** Takes all of them or none. */
  share(block: Block): boolean {
    const { queue, sink } = this;
    if (queue.length === 0 && sink?.share?.(block) === true) this.passed += block.messages;
    else if (block.messages <= this.shareable) {
      this.written += block.messages;
      (queue as Packed).share(block); // `shareable` says so
    } else return false;
    return true;
  }

  /** Takes a run beyond the mark; false: it can't, and takes messages only. */
  addRun(run: FrameRun): boolean {
    const { queue, sink } = this;
    if (queue.addRun === undefined) return false;
    if (queue.length > 0 || sink === null) {
      queue.addRun(run);
      this.written += run.count;
      return true;
    }
    if (sink.acceptRun?.(run) !== true) return false;
    this.passed += run.count;
    return true;
  }

  /** Asks to be told when the reader took as many as the low mark, whether the lane is full or not. */
  watch(): void {
    if (this.ready()) this.stopped = true;
  }

  /** Notes that the reader took `count`. Returns whether a stopped writer may go on. */
  took(count: number): boolean {
    this.taken += count;
    if (this.taken - this.#credited < this.#low) return false;
    this.#credited = this.taken - (this.taken % this.#low);
    return this.#release();
  }

  #release(): boolean {
    if (!this.stopped || this.full) return false;
    this.stopped = false;
    return true;
  }
}

function lowMark(limit: number): number {
  return limit === 0 ? 1024 : (limit + 1) >> 1;
}
