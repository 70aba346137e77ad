import { EMPTY, readU64, view } from "./bytes.ts";
import type { Message } from "./message.ts";

/** Flags of a frame whose length has eight bytes instead of one; a message of one frame has no other. */
export const LONG = 2;

/** Messages of one frame each, one after the other in memory that lasts, as ZMTP 2+ frames them (RFC 23 "framing"). */
export interface FrameRun {
  readonly memory: Uint8Array;
  readonly from: number;
  readonly end: number;
  readonly count: number;
}

/** What a run may have. */
export interface RunLimits {
  /** Messages. */
  readonly most: number;
  /** Bytes of one. */
  readonly longest: number;
}

/** The run that begins at `from`: whole messages of one frame each, within the limits. It may be empty. */
export function measureRun(memory: Uint8Array, from: number, end: number, limits: RunLimits): FrameRun {
  const { most, longest } = limits;
  let at = from;
  let count = 0;
  while (count < most && end - at >= 2) {
    const flags = memory[at] as number; // in bounds: the loop's condition
    let length = memory[at + 1] as number; // likewise
    let body = at + 2;
    if (flags !== 0) {
      body += 7;
      if (flags !== LONG || body > end) break;
      length = readU64(memory, at + 1);
    }
    if (length > longest || length > end - body) break;
    at = body + length;
    count++;
  }
  return { memory, from, end: at, count };
}

/** The messages of a run, for who can't take it as it is. */
export function messagesOf({ memory, from, count }: FrameRun): Message[] {
  const messages: Message[] = [];
  for (let at = from; messages.length < count;) {
    const long = memory[at] === LONG;
    const length = long ? readU64(memory, at + 1) : (memory[at + 1] as number); // what was counted is there
    const body = at + (long ? 9 : 2);
    messages.push([length === 0 ? EMPTY : view(memory, body, length)]);
    at = body + length;
  }
  return messages;
}
