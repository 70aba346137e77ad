import type { Message } from "../base/message.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { INBOUND } from "./pipe-array.ts";
import { Rotation } from "./rotation.ts";

/**
 * Receives one message from each pipe in turn (RFC 28 to 31 "fair-queuing"), in the order of libzmq's fq_t.
 *
 * An empty pipe leaves the rotation until it is `readable`. One whose far end is gone stays until its last message was
 * taken; it is then taken out and named to `drained`, at the first `receive` or `ready` that finds it empty: not
 * earlier, so that what the caller knows of the last message's sender is still there while it handles that message.
 */
export class FairQueue {
  /** Where the last message came from; null when that pipe was detached since. */
  last: Pipe | null = null;
  readonly #rotation = new Rotation(INBOUND);
  readonly #drained: (pipe: Pipe) => void;

  constructor(drained: (pipe: Pipe) => void = () => undefined) {
    this.#drained = drained;
  }

  get size(): number {
    return this.#rotation.size;
  }

  attach(pipe: Pipe): void {
    this.#rotation.add(pipe);
  }

  detach(pipe: Pipe): void {
    this.#rotation.remove(pipe);
    if (this.last === pipe) this.last = null;
  }

  /** It has a message again, or ended and wants to be found empty. */
  readable(pipe: Pipe): void {
    this.#rotation.wake(pipe);
  }

  /** The next message, or undefined when there is none: then some pipe will be `readable`. */
  receive(): Message | undefined {
    const rotation = this.#rotation;
    for (let pipe = rotation.current; pipe !== null; pipe = rotation.current) {
      const message = pipe.read();
      if (message !== undefined) {
        this.last = pipe;
        rotation.next();
        return message;
      }
      this.#empty(pipe);
    }
    return undefined;
  }

  /** Whether the next `receive` gives a message. */
  get ready(): boolean {
    const rotation = this.#rotation;
    for (let pipe = rotation.current; pipe !== null; pipe = rotation.current) {
      if (pipe.queuedIn > 0) return true;
      this.#empty(pipe);
    }
    return false;
  }

  [Symbol.iterator](): IterableIterator<Pipe> {
    return this.#rotation[Symbol.iterator]();
  }

  #empty(pipe: Pipe): void {
    this.#rotation.rest();
    if (pipe.alive) return;
    this.detach(pipe);
    this.#drained(pipe);
  }
}
