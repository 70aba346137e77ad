import type { Message } from "../base/message.ts";
import type { MessageQueue } from "./queue.ts";

/** A queue of one, replaced by the newest (ZMQ_CONFLATE). */
export class Newest implements MessageQueue {
  #message: Message | undefined = undefined;

  get length(): number {
    return this.#message === undefined ? 0 : 1;
  }

  push(message: Message): void {
    this.#message = message;
  }

  shift(): Message | undefined {
    const message = this.#message;
    this.#message = undefined;
    return message;
  }

  clear(): void {
    this.#message = undefined;
  }
}
