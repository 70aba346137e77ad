import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { WaitOptions } from "./waiters.ts";

/** Where messages come from. */
export interface Source {
  /** Whether the socket is open. */
  readonly open: boolean;
  /**
   * A message that is there, as it is; a promise of one when the loop must turn first; undefined when one has to wait, or
   * the socket is closed.
   */
  ready(): Message | Promise<Message> | undefined;
  receive(options?: WaitOptions): Promise<Message>;
  /** A first message and all that is there besides, up to a limit. */
  batch(first: Message): Message[];
}

type Result = IteratorResult<unknown, undefined>;

/**
 * What `for await` reads a socket with. While messages are there, `next` gives plain results, which `for await` takes
 * without a promise; the types don't know that an async iterator may.
 */
export class MessageIterator implements AsyncIterableIterator<unknown, undefined> {
  readonly #incoming: Source;
  readonly #batches: boolean;
  readonly #options: WaitOptions | undefined;
  #done = false;

  constructor(incoming: Source, batches: boolean, options: WaitOptions | undefined) {
    this.#incoming = incoming;
    this.#batches = batches;
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.#done) return END;
    const ready = this.#options?.signal?.aborted === true ? undefined : this.#incoming.ready();
    if (ready === undefined || ready instanceof Promise) return this.#incoming.open ? this.#later(ready) : END;
    // A plain result instead of a promise of one: see above.
    return { value: this.#batches ? this.#incoming.batch(ready) : ready, done: false } as unknown as Promise<Result>;
  }

  /** Ends the loop; the socket stays open, as in zeromq.js. */
  return(): Promise<Result> {
    this.#done = true;
    return END;
  }

  async #later(coming: Promise<Message> | undefined): Promise<Result> {
    try {
      const message = await (coming ?? this.#incoming.receive(this.#options));
      return { value: this.#batches ? this.#incoming.batch(message) : message, done: false };
    } catch (error) {
      if (!this.#incoming.open && error instanceof ZmqError && error.code === "EAGAIN") return END;
      throw error;
    }
  }
}

const END: Promise<Result> = Promise.resolve({ value: undefined, done: true });
