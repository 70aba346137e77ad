import type { Message } from "../base/message.ts";
import type { Pipe } from "../pipe/pipe.ts";

/**
 * The one pipe of a PAIR (RFC 31 "SHALL NOT accept more than one peer") or CHANNEL, both ways.
 *
 * A pipe whose far end is gone keeps its place until its last message was taken; `drained` is then called with it, by
 * the first `receive` that finds it empty, and the next peer may come.
 */
export class Exclusive {
  /** The one there is. */
  pipe: Pipe | null = null;
  readonly #drained: (pipe: Pipe) => void;

  constructor(drained: (pipe: Pipe) => void = () => undefined) {
    this.#drained = drained;
  }

  /** False when another is there: then this one is the caller's to close. */
  attach(pipe: Pipe): boolean {
    if (this.pipe !== null) return this.pipe === pipe;
    this.pipe = pipe;
    return true;
  }

  detach(pipe: Pipe): void {
    if (this.pipe === pipe) this.pipe = null;
  }

  send(message: Message): boolean {
    return this.pipe !== null && this.pipe.write(message);
  }

  receive(): Message | undefined {
    const pipe = this.pipe;
    if (pipe === null) return undefined;
    const message = pipe.read();
    if (message === undefined && !pipe.alive) {
      this.pipe = null;
      this.#drained(pipe);
    }
    return message;
  }

  /** Whether the next `send` is taken. */
  get sendReady(): boolean {
    return this.pipe !== null && this.pipe.ready();
  }

  /** Whether the next `receive` gives a message. */
  get receiveReady(): boolean {
    return this.pipe !== null && this.pipe.queuedIn > 0;
  }
}
