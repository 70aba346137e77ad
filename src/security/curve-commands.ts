import { allocateSmall, concat, view, writeU64 } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { unexpected } from "../wire/zmtp/command.ts";
import type { Command } from "../wire/zmtp/mechanism.ts";
import { TAG } from "./box-stream.ts";

/** RFC 26: sizes in octets of a key, of the counter in a nonce, and of the random part of one. */
export const KEY = 32;
export const SHORT = 8;
export const LONG = 16;

/** A HELLO's box holds zeros: that it opens is all it says. */
export const HELLO_ZEROS = 64;
/** And so many stand before it, lest it be smaller than the WELCOME it calls for. */
export const HELLO_PADDING = 72;
/** The server's memory, which the client keeps: a nonce, and a box of the two transient keys C' and s'. */
export const COOKIE: number = LONG + TAG + 2 * KEY;
/** A nonce, and a box of C' and S. */
export const VOUCH: number = LONG + TAG + 2 * KEY;

/** The commands of the handshake. */
export type CurveCommand = "HELLO" | "WELCOME" | "INITIATE" | "READY";

/** What follows each command's name: exactly so much, or at least. */
const SIZES: Readonly<Record<CurveCommand, number>> = {
  HELLO: 2 + HELLO_PADDING + KEY + SHORT + TAG + HELLO_ZEROS,
  WELCOME: LONG + TAG + KEY + COOKIE,
  INITIATE: COOKIE + SHORT + TAG + KEY + VOUCH,
  READY: SHORT + TAG,
};

/** What nonces begin with; a counter or random octets make them 24. */
const PREFIXES: Readonly<Record<CurveCommand | "COOKIE" | "VOUCH", Uint8Array>> = {
  HELLO: ascii("CurveZMQHELLO---"),
  WELCOME: ascii("WELCOME-"),
  COOKIE: ascii("COOKIE--"),
  INITIATE: ascii("CurveZMQINITIATE"),
  VOUCH: ascii("VOUCH---"),
  READY: ascii("CurveZMQREADY---"),
};

/** The same of MESSAGE, by who sends it. */
export const MESSAGE_PREFIXES: Readonly<Record<"client" | "server", Uint8Array>> = {
  client: ascii("CurveZMQMESSAGEC"),
  server: ascii("CurveZMQMESSAGES"),
};

/** A whole nonce; `rest` is its counter or random part. */
export function nonce(of: keyof typeof PREFIXES, rest: Uint8Array): Uint8Array {
  return concat([PREFIXES[of], rest]);
}

/** The counter of a nonce, as it goes over the wire. */
export function counter(value: number): Uint8Array {
  const bytes = allocateSmall(SHORT);
  writeU64(bytes, 0, value);
  return bytes;
}

/** Takes octets off the front of some, one part after the other. */
export function taker(bytes: Uint8Array): (size: number) => Uint8Array {
  let at = 0;
  return (size) => {
    at += size;
    return view(bytes, at - size, size);
  };
}

/** Checks that it is this command, of its size; INITIATE and READY may have more: metadata. */
export function expect(command: Command, name: CurveCommand, hint = ""): void {
  if (command.name !== name) throw unexpected(command, `${name}${hint}`);
  const { length } = command.data;
  const open = name === "INITIATE" || name === "READY";
  if (open ? length >= SIZES[name] : length === SIZES[name]) return;
  const wanted = `${open ? "at least " : ""}${SIZES[name]}`;
  throw new ProtocolError(`ERR_ZMTP_MALFORMED_COMMAND_${name}`, `${length} octets instead of ${wanted}`);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
