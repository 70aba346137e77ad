import type { Message } from "../base/message.ts";

/** What holds the messages of one direction of a pipe. Kinds: Runs (what arrives), Packed, Newest, Handover. */
export interface MessageQueue {
  readonly length: number;
  /** Messages whose memory is needed, where those that are on their way are copies. */
  readonly borrowed?: number;
  push(message: Message): void;
  shift(): Message | undefined;
  clear(): void;
}
