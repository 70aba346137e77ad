import { concat, utf8 } from "../../src/base/bytes.ts";
import { octets } from "../wire/recorder.ts";
import { GREETING, ready } from "./raw-peer.ts";

/** All that a peer of a type sends before its first message (RFC 37, NULL). */
export function hello(socketType: string, routingId?: string): Uint8Array {
  return concat([GREETING, ready(socketType, routingId)]);
}

/** PING without a time to live, with one of a second and a context; PONG. */
export const PING: Uint8Array = octets("04 07 04 50494e47 0000");
export const PING_TTL_1S: Uint8Array = octets("04 0a 04 50494e47 000a 616263");
export const PONG: Uint8Array = octets("04 05 04 504f4e47");

/** A message of one short frame. */
export function short(text: string): Uint8Array {
  return concat([Uint8Array.of(0, text.length), utf8(text)]);
}
