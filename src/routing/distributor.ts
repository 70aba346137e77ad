import type { Message } from "../base/message.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { OUTBOUND, PipeArray } from "./pipe-array.ts";

/**
 * Sends a message to all pipes, or to those marked for it (PUB, XPUB, XSUB, RADIO; libzmq's dist_t).
 *
 * A full pipe loses the message, counted in its `drops` (RFC 29 "SHALL silently drop"). It keeps no record of which
 * pipes have room: asking each costs less than keeping it, and `writable` need not be told.
 */
export class Distributor {
  /** How many pipes took the last message, and how many lost it. */
  delivered = 0;
  dropped = 0;
  readonly #pipes = new PipeArray(OUTBOUND);
  /** Pipes marked for the message at hand: the first `#count`; each has `#send` as its stamp. */
  #marked: Pipe[] = [];
  #count = 0;
  #send = 1;
  /** The list of the send before, to be used again. */
  #spare: Pipe[] | null = [];

  get size(): number {
    return this.#pipes.length;
  }

  attach(pipe: Pipe): void {
    if (this.#pipes.indexOf(pipe) < 0) this.#pipes.push(pipe);
  }

  detach(pipe: Pipe): void {
    const index = this.#pipes.indexOf(pipe);
    if (index < 0) return;
    this.#pipes.remove(index);
    // Neither list may hold on to it. Lists are short-lived but for these two; this is rare.
    this.unmark();
    this.#marked.length = 0;
    if (this.#spare !== null) this.#spare.length = 0;
  }

  /** Marks a pipe for the next message; again does nothing. A property, to be handed to a matcher as it is. */
  readonly match = (pipe: Pipe): void => {
    if (pipe.stamp === this.#send) return;
    pipe.stamp = this.#send;
    this.#marked[this.#count++] = pipe;
  };

  /** Marks all that are not marked, and only them (ZMQ_INVERT_MATCHING). */
  invert(): void {
    const marked = this.#send;
    this.unmark();
    for (let at = 0; at < this.#pipes.length; at++) {
      const pipe = this.#pipes.at(at);
      if (pipe.stamp !== marked) this.match(pipe);
    }
  }

  /** Forgets the marks. */
  unmark(): void {
    this.#send++;
    this.#count = 0;
  }

  /** How many are marked. */
  get matching(): number {
    return this.#count;
  }

  /** Whether every marked pipe has room (ZMQ_XPUB_NODROP); each that has none will be `writable`. Marks stay. */
  checkReady(): boolean {
    let ready = true;
    for (let at = 0; at < this.#count; at++) {
      const pipe = this.#marked[at] as Pipe; // below #count
      if (pipe.alive && !pipe.ready()) ready = false;
    }
    return ready;
  }

  /** Takes the message over for the marked pipes and forgets the marks. How many took it; see `dropped` too. */
  sendToMatching(message: Message): number {
    const pipes = this.#marked;
    const count = this.#count;
    // Another list for the time: a write can lead to a send in here, when both ends of a pipe are in one process.
    this.#marked = this.#spare ?? [];
    this.#spare = null;
    this.unmark();
    let delivered = 0;
    let dropped = 0;
    for (let at = 0; at < count; at++) {
      const pipe = pipes[at] as Pipe; // below #count
      if (pipe.write(pipe.keepsArray && at < count - 1 ? message.slice() : message)) delivered++;
      else if (pipe.alive) {
        pipe.reject("hwm");
        dropped++;
      }
    }
    this.#spare = pipes;
    this.dropped = dropped;
    return (this.delivered = delivered);
  }

  sendToAll(message: Message): number {
    for (let at = 0; at < this.#pipes.length; at++) this.match(this.#pipes.at(at));
    return this.sendToMatching(message);
  }

  [Symbol.iterator](): IterableIterator<Pipe> {
    return this.#pipes[Symbol.iterator]();
  }
}
