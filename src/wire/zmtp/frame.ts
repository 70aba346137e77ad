import { allocateSmall, readU64, writeU64 } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";

/** Flags of a frame (RFC 37 "framing"); the other bits are ignored, as libzmq does. */
export const MORE = 1;
/** The length has eight bytes. */
export const LONG = 2;
/** A command, not a message. */
export const COMMAND = 4;

/** The longest header: flags and a length of eight octets. */
export const MAX_HEADER = 9;

/** What stands before a frame's body. */
export interface FrameHeader {
  /** MORE and COMMAND; LONG is in `body`. */
  readonly flags: number;
  /** Exact up to 2^53; above that merely huge, which `checkLength` refuses. */
  readonly length: number;
  /** Where the body starts. */
  readonly body: number;
}

/** Reads the header that starts at `at`, or returns null when not all of it lies before `end`. It checks no limit. */
export function readHeader(bytes: Uint8Array, at: number, end: number): FrameHeader | null {
  if (end - at < 2) return null;
  const octet = bytes[at] as number; // in bounds: checked above
  const flags = octet & (MORE | COMMAND);
  if ((octet & LONG) === 0) return { flags, length: bytes[at + 1] as number, body: at + 2 };
  if (end - at < MAX_HEADER) return null;
  return { flags, length: readU64(bytes, at + 1), body: at + MAX_HEADER };
}

/** One frame as bytes: for users of the codec; a connection writes into its batch instead. */
export function encodeFrame(flags: number, body: Uint8Array): Uint8Array {
  const long = body.length > 255;
  const start = long ? MAX_HEADER : 2;
  const frame = allocateSmall(start + body.length);
  frame[0] = (flags & (MORE | COMMAND)) | (long ? LONG : 0);
  if (long) writeU64(frame, 1, body.length);
  else frame[1] = body.length;
  frame.set(body, start);
  return frame;
}

/**
 * The longest body a limit allows, with what sealing adds to it: -1 is no limit, and then the bound is what a number counts
 * exactly (2^53 - 1).
 */
export function longest(limit: number, overhead = 0): number {
  return limit < 0 ? Number.MAX_SAFE_INTEGER : Math.min(limit + overhead, Number.MAX_SAFE_INTEGER);
}

export function tooLong(flags: number, length: number, limit: number): ProtocolError {
  const what = (flags & COMMAND) !== 0 ? "command" : "frame";
  return new ProtocolError("ERR_ZMTP_TOO_BIG", `a ${what} of ${length} bytes, where ${limit} are allowed`);
}
