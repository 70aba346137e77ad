import { allocateSmall, printable } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";

/** RFC 37 "greeting": signature 10, version 2, mechanism 20, as-server 1, filler 31. */
export const GREETING_SIZE = 64;

const MECHANISM_AT = 12;
const MECHANISM_SIZE = 20;

/** The versions a greeting can tell; a higher one than ours is spoken to as ours (RFC 37: "SHALL accept"). */
export type ZmtpVersion = "1.0" | "2.0" | "3.0" | "3.1";

/**
 * The whole greeting, sent at once: that is allowed (RFC 37), saves a round trip, and gives up 1.0 and 2.0 peers only.
 * The as-server octet stays 0, as libzmq's does even on a server.
 */
export function encodeGreeting(mechanism: string): Uint8Array {
  const bytes = allocateSmall(GREETING_SIZE).fill(0);
  bytes[0] = 0xff;
  bytes[8] = 1;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes[11] = 1;
  bytes.set(mechanismField(mechanism), MECHANISM_AT);
  return bytes;
}

/**
 * The version of the peer whose first `size` bytes are here, or null while they do not tell. It decides as early as they
 * do, and never reads the padding of the signature.
 *
 * Revision 2 is 2.0 by RFC 37, yet no such peer exists and libzmq takes it for 3.1: so do we.
 */
export function detectVersion(bytes: Uint8Array, size: number): ZmtpVersion | null {
  if (size >= 1 && bytes[0] !== 0xff) return "1.0";
  if (size >= 10 && ((bytes[9] as number) & 1) === 0) return "1.0"; // in bounds: size says so
  if (size < 11) return null;
  const major = bytes[10] as number; // in bounds, likewise
  if (major === 0) return "1.0";
  if (major === 1) return "2.0";
  if (major !== 3) return "3.1";
  if (size < 12) return null;
  return bytes[11] === 0 ? "3.0" : "3.1";
}

/** Refuses a peer of another mechanism once its name is among the first `size` bytes: all 20 octets must be equal. */
export function checkMechanism(bytes: Uint8Array, size: number, mechanism: string): void {
  if (size < MECHANISM_AT + MECHANISM_SIZE) return;
  const own = mechanismField(mechanism);
  for (let at = 0; at < MECHANISM_SIZE; at++) {
    if (bytes[MECHANISM_AT + at] === own[at]) continue;
    const detail = `this side uses ${mechanism}, the peer ${mechanismName(bytes)}`;
    throw new ProtocolError("ERR_ZMTP_MECHANISM_MISMATCH", detail);
  }
}

function mechanismField(name: string): Uint8Array {
  const field = allocateSmall(MECHANISM_SIZE).fill(0);
  for (let at = 0; at < name.length; at++) field[at] = name.charCodeAt(at);
  return field;
}

/** As a person reads it: the padding is left away when it is one. */
function mechanismName(bytes: Uint8Array): string {
  let end = MECHANISM_AT + MECHANISM_SIZE;
  while (end > MECHANISM_AT && bytes[end - 1] === 0) end--;
  return printable(bytes.subarray(MECHANISM_AT, end));
}
