import type { Message } from "../base/message.ts";
import type { FairQueue } from "../routing/fair-queue.ts";
import type { PatternHost } from "./pattern.ts";

/**
 * What a fair queue has for a subscriber (SUB, XSUB, DISH): what it did not ask for is dropped, and counted. To know whether
 * there is something, one message may have to be taken in.
 */
export class Sieve {
  readonly #queue: FairQueue;
  readonly #passes: (message: Message) => boolean;
  readonly #host: PatternHost;
  #next: Message | undefined = undefined;

  constructor(queue: FairQueue, host: PatternHost, passes: (message: Message) => boolean) {
    this.#queue = queue;
    this.#host = host;
    this.#passes = passes;
  }

  receive(): Message | undefined {
    const message = this.#next ?? this.#wanted();
    this.#next = undefined;
    return message;
  }

  get ready(): boolean {
    this.#next ??= this.#wanted();
    return this.#next !== undefined;
  }

  /** Messages taken in that nobody received. */
  get held(): number {
    return this.#next === undefined ? 0 : 1;
  }

  #wanted(): Message | undefined {
    for (;;) {
      const message = this.#queue.receive();
      if (message === undefined || this.#passes(message)) return message;
      this.#host.drop("filtered");
    }
  }
}
