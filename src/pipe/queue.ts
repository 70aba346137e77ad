import type { Message } from "../base/message.ts";

/** What holds the messages of one direction of a pipe. Kinds: Deque (messages as they are), Packed, Newest. */
export interface MessageQueue {
  readonly length: number;
  push(message: Message): void;
  shift(): Message | undefined;
  clear(): void;
}
