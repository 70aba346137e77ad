import { ProtocolError, ZmqError } from "../base/errors.ts";
import type { DropReason } from "../observe/drops.ts";
import type { EventFields } from "../observe/events.ts";
import type { EngineHost } from "./host.ts";

/**
 * Why a connection ended.
 *
 * - `lost`: the peer or the network ended it, or heartbeats stayed out
 * - `timeout`: no handshake in time
 * - `protocol`: the peer broke the rules, or can't talk with this socket
 * - `refused`: the socket takes no such peer (a second one at a PAIR, a routing id in use)
 * - `finished`: all was sent after the socket let go of it
 * - `linger`: the same, but the linger time ran out first
 */
export type EndKind = "lost" | "timeout" | "protocol" | "refused" | "finished" | "linger";

export interface Ending {
  readonly kind: EndKind;
  /** For people. */
  readonly reason: string;
  readonly error?: Error;
}

export function ending(kind: EndKind, reason: string, error?: Error): Ending {
  return error === undefined ? { kind, reason } : { kind, reason, error };
}

/** What a throw out of the wire means. Anything but a ProtocolError is a bug of ours, and goes on as such. */
export function endingOf(error: unknown): Ending {
  if (!(error instanceof ProtocolError)) throw error;
  return ending("protocol", error.message, error);
}

/**
 * Emits what the end of a connection means to an observer and counts it: a failed handshake, and the disconnection.
 * Nothing for an end that this side chose.
 */
export function report(host: EngineHost, why: Ending, wasReady: boolean, fields: EventFields): void {
  const { connections } = host;
  if (why.kind === "finished" || why.kind === "linger") return;
  const reason = { ...fields, reason: why.reason };
  if (wasReady) connections.disconnects++;
  else if (why.kind === "protocol") {
    connections[isPeerType(why.error) ? "handshakePeerType" : "handshakeProtocol"]++;
    host.emit("handshake:error:protocol", { ...reason, error: why.error });
  } else {
    connections[why.kind === "timeout" ? "handshakeTimeout" : "handshakeLost"]++;
    host.emit("handshake:error:other", { ...reason, error: why.error ?? otherError(why) });
  }
  if (why.kind === "refused") {
    connections.refused++;
    return; // the socket has told of it, and why
  }
  host.emit("disconnect", why.error === undefined ? reason : { ...reason, error: why.error });
}

/** What the end makes of the message that it came in the middle of, or because of; null when there is none. */
export function lossOf(why: Ending, held: number): DropReason | null {
  if (why.kind !== "protocol") return held > 0 ? "incomplete" : null;
  return why.error instanceof ProtocolError && why.error.code === "ERR_ZMTP_TOO_BIG" ? "too-big" : "decode-error";
}

function isPeerType(error: Error | undefined): boolean {
  return error instanceof ProtocolError && error.code === "ERR_ZMTP_SOCKET_TYPE_MISMATCH";
}

/** libzmq reports errno 11 for a time-out and 32 for a connection that was dropped. */
function otherError(why: Ending): Error {
  return new ZmqError(why.kind === "timeout" ? "EAGAIN" : "EPIPE", { hint: why.reason });
}
