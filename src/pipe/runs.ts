import { EMPTY, readU64, viewOf } from "../base/bytes.ts";
import { Deque } from "../base/deque.ts";
import { LONG, measureRun, type FrameRun, type RunLimits } from "../base/frame-run.ts";
import type { Message } from "../base/message.ts";
import type { MessageQueue } from "./queue.ts";

const NOWHERE = EMPTY.buffer;

/** Messages of one frame each, one after the other in memory as ZMTP 2+ frames them (RFC 23 "framing"). */
interface Run {
  readonly memory: Uint8Array;
  /** Where the memory lies, asked for once: to ask for each view takes 27 ns instead of 10. */
  readonly buffer: ArrayBufferLike;
  readonly at: number;
  readonly count: number;
}

/**
 * What arrived and nobody read yet: messages as they are, and runs of small ones, of which a message is made when it is read.
 *
 * A message in a run costs its writer a look at its header, and while it waits no object that the garbage collector would
 * have to carry around (1 B over tcp: from 9 to 12 M msg/s once warm). A `Deque` of the messages means the same.
 */
export class Runs implements MessageQueue {
  length = 0;
  /** Behind the run that is being read. */
  readonly #behind = new Deque<Message | Run>();
  /** What is left of the run that is being read. */
  #left = 0;
  #memory: Uint8Array = EMPTY;
  #at = 0;
  #buffer: ArrayBufferLike = NOWHERE;
  #offset = 0;

  push(message: Message): void {
    this.#behind.push(message);
    this.length++;
  }

  /**
   * Takes whole messages of one frame each, no longer than `longest`, from `memory`, which must not change any more: at most
   * `most`. Returns where it stopped.
   */
  pushRun(memory: Uint8Array, from: number, end: number, limits: RunLimits): number {
    const run = measureRun(memory, from, end, limits);
    if (run.count > 0) this.addRun(run);
    return run.end;
  }

  /** Takes a run that was measured already. */
  addRun({ memory, from, count }: FrameRun): void {
    this.length += count;
    this.#behind.push({ memory, buffer: memory.buffer, at: from, count });
  }

  shift(): Message | undefined {
    if (this.#left === 0 && !this.#open()) return this.#whole();
    this.length--;
    const memory = this.#memory;
    let body = this.#at + 2;
    let length = memory[body - 1] as number; // what was counted is there
    if (memory[body - 2] === LONG) {
      length = readU64(memory, body - 1);
      body += 7;
    }
    this.#at = body + length;
    const frame = length === 0 ? EMPTY : viewOf(this.#buffer, this.#offset + body, length);
    if (--this.#left === 0) this.#letGo();
    return [frame];
  }

  clear(): void {
    this.#behind.clear();
    this.length = this.#left = 0;
    this.#letGo();
  }

  /** A message that is no part of a run, whose turn it is. */
  #whole(): Message | undefined {
    if (this.length === 0) return undefined;
    this.length--;
    return this.#behind.shift() as Message; // `#open` found no run
  }

  /** Begins with the next run, when it is its turn. */
  #open(): boolean {
    const next = this.#behind.peek();
    if (next === undefined || Array.isArray(next)) return false;
    this.#behind.shift();
    this.#memory = next.memory;
    this.#buffer = next.buffer;
    this.#offset = next.memory.byteOffset;
    this.#at = next.at;
    this.#left = next.count;
    return true;
  }

  /** A queue that was read empty keeps no memory that all share from being freed. */
  #letGo(): void {
    this.#memory = EMPTY;
    this.#buffer = NOWHERE;
  }
}
