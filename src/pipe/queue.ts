import type { FrameRun, RunLimits } from "../base/frame-run.ts";
import type { Message } from "../base/message.ts";

/** What holds the messages of one direction of a pipe. Kinds: Runs (what arrives), Packed, Newest, Handover. */
export interface MessageQueue {
  readonly length: number;
  /** Messages whose memory is needed, where those that are on their way are copies. */
  readonly borrowed?: number;
  push(message: Message): void;
  shift(): Message | undefined;
  clear(): void;
  /** Takes what it can of many messages in memory, as `Runs` does, and returns where it stopped. Absent: never any. */
  pushRun?(memory: Uint8Array, from: number, end: number, limits: RunLimits): number;
  /** Takes a run, one message behind the other. Absent: they must be pushed. */
  addRun?(run: FrameRun): void;
}
