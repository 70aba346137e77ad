import { Deque } from "../base/deque.ts";
import { ZmqError, type MessageLike, type Sending, type Socket } from "../index.ts";

/** Called when a message was taken, or could not be. */
export type Settle = (error?: Error) => void;

interface Unsent {
  readonly frames: readonly MessageLike[];
  readonly settle: Settle;
}

/**
 * Messages that wait to be sent, in order and without a limit: while the socket is paused, and while nobody can take the
 * next one.
 */
export class Outbox {
  readonly #socket: Socket & Sending;
  readonly #unsent = new Deque<Unsent>();
  #paused = false;
  #waiting = false;

  constructor(socket: Socket & Sending) {
    this.#socket = socket;
  }

  send(frames: readonly MessageLike[], settle: Settle): void {
    this.#unsent.push({ frames, settle });
    this.#flush();
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#flush();
  }

  /** The socket was closed: what waits is not sent. */
  close(): void {
    for (let next = this.#unsent.shift(); next !== undefined; next = this.#unsent.shift()) {
      next.settle(new ZmqError("EBADF", { hint: "the message was not sent before close()" }));
    }
  }

  #flush(): void {
    if (this.#socket.closed) return this.close();
    while (!this.#paused && !this.#waiting) {
      const next = this.#unsent.shift();
      if (next === undefined) return;
      this.#send(next);
    }
  }

  #send({ frames, settle }: Unsent): void {
    try {
      if (this.#socket.trySend(frames)) return settle();
    } catch (error) {
      return settle(error as Error); // what sockets throw
    }
    void this.#wait(frames, settle);
  }

  async #wait(frames: readonly MessageLike[], settle: Settle): Promise<void> {
    this.#waiting = true;
    let failure: Error | undefined;
    try {
      await this.#socket.send(frames);
    } catch (error) {
      failure = error as Error; // what sockets throw
    }
    this.#waiting = false;
    settle(failure);
    this.#flush();
  }
}
