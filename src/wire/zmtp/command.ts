import type { Batch } from "../../base/batch.ts";
import {
  EMPTY,
  allocateSmall,
  concat,
  keyOf,
  printable,
  readU16,
  startsWith,
  utf8,
  view,
  writeU16,
} from "../../base/bytes.ts";
import { AuthenticationError, ProtocolError } from "../../base/errors.ts";
import type { RefusalStatus } from "../connection.ts";
import { COMMAND } from "./frame.ts";
import type { Command } from "./mechanism.ts";

/** RFC 37 "heartbeating": a TTL counts tenths of a second in 16 bits; a context has at most 16 octets. */
const TTL_UNIT = 100;
const MAX_TTL = 0xffff;
const MAX_CONTEXT = 16;

const REFUSALS: ReadonlyMap<string, RefusalStatus> = new Map(
  [300, 400, 500].map((status) => [String(status), status as RefusalStatus]),
); // of these three

/** RFC 37 "group": octets in the name of one, in a JOIN or LEAVE and before a message's body. */
export const MAX_GROUP = 255;

/** The body of a command frame: its name's length, its name, its data. */
export function encodeCommand(name: string, data: Uint8Array): Uint8Array {
  const body = allocateSmall(1 + name.length + data.length);
  body[0] = name.length;
  for (let at = 0; at < name.length; at++) body[at + 1] = name.charCodeAt(at);
  body.set(data, 1 + name.length);
  return body;
}

/** Appends a command in clear, as every command of a handshake is. */
export function appendCommand(command: Command, into: Batch): void {
  into.frame(COMMAND, encodeCommand(command.name, command.data));
}

/** The command in a frame's body, or null when it has no name or less of it than it says. `data` is a view of `body`. */
export function parseCommand(body: Uint8Array): Command | null {
  const size = body[0];
  if (size === undefined || size === 0 || 1 + size > body.length) return null;
  return { name: keyOf(view(body, 1, size)), data: view(body, 1 + size, body.length - 1 - size) };
}

/** How libzmq (4.0 to 4.3.5) spells ERROR in PLAIN: what C makes of "\x5ERROR". Its clients understand nothing else. */
const MISSPELT = utf8("^RROR");

/** As `parseCommand`, for commands of a handshake. */
export function parseHandshakeCommand(body: Uint8Array): Command | null {
  if (!startsWith(body, MISSPELT)) return parseCommand(body);
  return { name: "ERROR", data: view(body, MISSPELT.length, body.length - MISSPELT.length) };
}

/** What a mechanism throws at a command that has no place where it came. */
export function unexpected(command: Command, wanted: string): ProtocolError {
  return new ProtocolError("ERR_ZMTP_UNEXPECTED_COMMAND", `${JSON.stringify(command.name)} instead of ${wanted}`);
}

/** An ERROR command; the reason has at most 255 octets. */
export function errorCommand(reason: string): Command {
  const bytes = utf8(reason).subarray(0, 255);
  return { name: "ERROR", data: concat([Uint8Array.of(bytes.length), bytes]) };
}

/** The peer's ERROR as what is thrown for it. Three digits are a verdict of RFC 27, as libzmq sends them. */
export function peerError(data: Uint8Array): ProtocolError {
  const length = data[0];
  if (length === undefined || 1 + length > data.length) return new ProtocolError("ERR_ZMTP_MALFORMED_COMMAND_ERROR");
  const reason = view(data, 1, length);
  const status = REFUSALS.get(keyOf(reason));
  if (status !== undefined) return new AuthenticationError(status, `the peer did not let this side in (${status})`);
  return new ProtocolError("ERR_ZMTP_PEER_ERROR", printable(reason));
}

/** The body of a SUBSCRIBE or CANCEL (ZMTP 3.1). */
export function subscriptionCommand(topic: Uint8Array, added: boolean): Uint8Array {
  return encodeCommand(added ? "SUBSCRIBE" : "CANCEL", topic);
}

/** The same as the body of a message (ZMTP 3.0). */
export function subscriptionMessage(topic: Uint8Array, added: boolean): Uint8Array {
  const body = allocateSmall(1 + topic.length);
  body[0] = added ? 1 : 0;
  body.set(topic, 1);
  return body;
}

/** The body of a JOIN or LEAVE. libzmq sends them to 3.0 peers too. */
export function groupCommand(group: Uint8Array, added: boolean): Uint8Array {
  return encodeCommand(added ? "JOIN" : "LEAVE", group);
}

/**
 * Whether a command begins a subscription (true) or ends one (false): to a group, or to a topic. Undefined for all else.
 * A JOIN to a longer group than there can be is refused: libzmq ends its process.
 */
export function subscribing({ name, data }: Command, groups: boolean): boolean | undefined {
  if (!groups) return name === "SUBSCRIBE" || (name === "CANCEL" ? false : undefined);
  if (name !== "JOIN" && name !== "LEAVE") return undefined;
  if (data.length <= MAX_GROUP) return name === "JOIN";
  throw new ProtocolError("ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED", `a group of ${data.length} octets`);
}

/** What a PING says. */
export interface Ping {
  /** In ms; 0 says nothing. */
  readonly ttl: number;
  /** To be echoed; a view. */
  readonly context: Uint8Array;
}

/** The body of a PING. `ttl` in ms is rounded down to tenths of a second, and at most 6553.5 s. */
export function encodePing(ttl: number, context: Uint8Array = EMPTY): Uint8Array {
  const data = allocateSmall(2 + context.length);
  writeU16(data, 0, Math.min(Math.floor(ttl / TTL_UNIT), MAX_TTL));
  data.set(context, 2);
  return encodeCommand("PING", data);
}

/**
 * What a PING holds. One without its TTL is refused, not answered: libzmq sends memory that is not its own back to such a
 * peer. A longer context than allowed is cut, as libzmq does.
 */
export function parsePing(data: Uint8Array): Ping {
  if (data.length < 2) throw new ProtocolError("ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED", "a PING without a TTL");
  return { ttl: readU16(data, 0) * TTL_UNIT, context: view(data, 2, Math.min(data.length - 2, MAX_CONTEXT)) };
}
