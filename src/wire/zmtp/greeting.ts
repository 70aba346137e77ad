import { allocateSmall, printable, writeU64 } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";
import type { Mechanism } from "./mechanism.ts";

/** RFC 37 "greeting": signature 10, version 2, mechanism 20, as-server 1, filler 31. */
export const GREETING_SIZE = 64;

/** FF, eight octets that only ZMTP 1.0 heeds, 7F. */
export const SIGNATURE_SIZE = 10;

/** Where the revision stands, which is the major version from 3 on. */
export const REVISION_AT = 10;

const MECHANISM_AT = 12;
const MECHANISM_SIZE = 20;

/** The versions a greeting can tell; a higher one than ours is spoken to as ours (RFC 37: "SHALL accept"). */
export type ZmtpVersion = "1.0" | "2.0" | "3.0" | "3.1";

/**
 * The whole greeting. Its signature is also the header of a ZMTP 1.0 frame that holds a routing id of `idLength` octets
 * (0 to 255), which a peer of that version then expects. The as-server octet stays 0, as libzmq's does even on a server.
 */
export function encodeGreeting(mechanism: string, idLength = 0): Uint8Array {
  const bytes = allocateSmall(GREETING_SIZE).fill(0);
  bytes[0] = 0xff;
  writeU64(bytes, 1, idLength + 1);
  bytes[9] = 0x7f;
  bytes[REVISION_AT] = 3;
  bytes[11] = 1;
  for (let at = 0; at < mechanism.length; at++) bytes[MECHANISM_AT + at] = mechanism.charCodeAt(at);
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
  if (size >= SIGNATURE_SIZE && !isSigned(bytes, size)) return "1.0";
  if (size <= REVISION_AT) return null;
  const major = bytes[REVISION_AT] as number; // in bounds: size says so
  if (major === 0) return "1.0";
  if (major === 1) return "2.0";
  if (major !== 3) return "3.1";
  if (size < 12) return null;
  return bytes[11] === 0 ? "3.0" : "3.1";
}

/** Whether the first `size` bytes are a signature: those of a peer that tells its version. */
export function isSigned(bytes: Uint8Array, size: number): boolean {
  return size >= SIGNATURE_SIZE && bytes[0] === 0xff && ((bytes[9] as number) & 1) === 1; // in bounds: size says so
}

/** Refuses a peer of another mechanism once its name is among the first `size` bytes: all 20 octets must be equal. */
export function checkMechanism(bytes: Uint8Array, size: number, own: Pick<Mechanism, "name" | "chosenBy">): void {
  if (size < MECHANISM_AT + MECHANISM_SIZE) return;
  const { name } = own;
  for (let at = 0; at < MECHANISM_SIZE; at++) {
    if (bytes[MECHANISM_AT + at] === (at < name.length ? name.charCodeAt(at) : 0)) continue;
    const demanded = own.chosenBy === "" ? own.name : `${own.name} (${own.chosenBy})`;
    const detail = `the peer offers ${mechanismName(bytes)}, this side demands ${demanded}`;
    throw new ProtocolError("ERR_ZMTP_MECHANISM_MISMATCH", detail);
  }
}

/** As a person reads it: the padding is left away when it is one. */
function mechanismName(bytes: Uint8Array): string {
  let end = MECHANISM_AT + MECHANISM_SIZE;
  while (end > MECHANISM_AT && bytes[end - 1] === 0) end--;
  return printable(bytes.subarray(MECHANISM_AT, end));
}
