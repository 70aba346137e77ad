import { BY_REFERENCE, Batch, recycle } from "../base/batch.ts";
import { sizeOf, type Message } from "../base/message.ts";
import { BLOCK, pack } from "../pipe/packed.ts";
import type { Pending } from "../pipe/pending.ts";
import type { Pipe } from "../pipe/pipe.ts";

const NONE: readonly Pipe[] = [];

/** Turns of the loop for which a sender in the middle of a run is waited for, which is a few ms (as in engine/patience.ts). */
const TURNS = 24;

/** When things run (PatternHost). */
interface Turns {
  atEndOfTurn(run: () => void): void;
  afterIo(run: () => void): void;
  readonly busy: boolean;
}

/**
 * Messages for the same pipes that follow each other, framed once for all of them instead of once for each (PUB of 64 B to
 * 100 plain sockets: 11 to 40 M copies/s, to 10,000: 2 to 34 M). `Distributor` does the same message by message.
 *
 * At `settle` each pipe does with them what it would have done with one after the other: passes them to its stream, queues
 * them, drops those beyond its mark. That is when the sender pauses, when 64 KiB are there, and before anybody looks at one
 * of the pipes or changes it (`Pipe.pending`), so that nobody sees books in which they are missing.
 */
export class Bundle implements Pending {
  readonly #turns: Turns;
  readonly #look = (): void => this.#settleUnlessBusy();
  readonly #batch = new Batch();
  /** Whether `#look` will come, and how many turns of the loop the messages have waited. */
  #scheduled = false;
  #waited = 0;
  /** Whom they are for, as it was given, and as it was then. */
  #list: readonly Pipe[] = NONE;
  #pipes: readonly Pipe[] = NONE;
  #messages = 0;
  /** How many each of the pipes has room for. */
  #room = 0;

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  /**
   * Takes a message over for all these pipes; false, with nothing done, when each has to get it by itself. The same list means
   * the same pipes: before it changes, somebody calls `settle`. With `lossless`, no more are taken than all have room for.
   */
  send(list: readonly Pipe[], message: Message, lossless: boolean): boolean {
    if (sizeOf(message) >= BY_REFERENCE) return false;
    if (list !== this.#list || (lossless && this.#messages >= this.#room)) {
      this.settle();
      if (!this.#begin(list) || (lossless && this.#room === 0)) return false;
    }
    pack(message, this.#batch);
    this.#messages++;
    if (this.#batch.size >= BLOCK) this.settle();
    return true;
  }

  settle(): void {
    const pipes = this.#pipes;
    if (pipes.length === 0) return;
    const block = { ...this.#batch.take(), messages: this.#messages, sharers: pipes.length };
    this.#list = this.#pipes = NONE;
    this.#messages = 0;
    for (const pipe of pipes) pipe.pending = null;
    for (const pipe of pipes) pipe.share(block);
    if (block.parts.every((part) => part.length < BY_REFERENCE)) recycle(block);
  }

  /** Whether all of them can share. */
  #begin(list: readonly Pipe[]): boolean {
    let room = Infinity;
    for (const pipe of list) room = Math.min(room, pipe.shareable);
    this.#room = room;
    if (room < 0) return false;
    this.#list = list;
    this.#pipes = list.slice();
    for (const pipe of list) pipe.pending = this;
    this.#waited = 0;
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#turns.atEndOfTurn(this.#look);
    }
    return true;
  }

  #settleUnlessBusy(): void {
    if (this.#messages > 0 && this.#turns.busy && this.#waited++ < TURNS) return this.#turns.afterIo(this.#look);
    this.#scheduled = false;
    this.settle();
  }
}
