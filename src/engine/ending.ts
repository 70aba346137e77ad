import { AuthenticationError, ProtocolError, ZmqError } from "../base/errors.ts";
import type { DropReason } from "../observe/drops.ts";
import type { EventFields } from "../observe/events.ts";
import type { EngineHost, NoVerdict } from "./host.ts";

/**
 * Why a connection ended.
 *
 * - `lost`: the peer or the network ended it, or heartbeats stayed out
 * - `timeout`: no handshake in time
 * - `protocol`: the peer broke the rules, or can't talk with this socket
 * - `denied`: whoever authenticates, here or there, said no
 * - `unjudged`: nobody could say whether the peer may come in
 * - `refused`: the socket takes no such peer (a second one at a PAIR, a routing id in use)
 * - `finished`: all was sent after the socket let go of it
 * - `linger`: the same, but the linger time ran out first
 */
export type EndKind = "lost" | "timeout" | "protocol" | "denied" | "unjudged" | "refused" | "finished" | "linger";

export interface Ending {
  readonly kind: EndKind;
  /** For people. */
  readonly reason: string;
  readonly error?: Error;
}

export function ending(kind: EndKind, reason: string, error?: Error): Ending {
  return error === undefined ? { kind, reason } : { kind, reason, error };
}

/**
 * What a throw out of the wire means; `who` says whose credentials are in question. Anything but a ProtocolError is a bug
 * of ours, and goes on as such.
 */
export function endingOf(error: unknown, who: string): Ending {
  if (error instanceof AuthenticationError) return ending("denied", `${error.reason} [${who}]`, error);
  if (!(error instanceof ProtocolError)) throw error;
  return ending("protocol", error.message, error);
}

/** No verdict could be had: a handler that makes no sense is a protocol error, as in libzmq, all else is not. */
export function unjudged({ error, reason }: NoVerdict, who: string): Ending {
  return ending(error instanceof ProtocolError ? "protocol" : "unjudged", `${reason} [${who}]`, error);
}

/** What CURVE computes with could not be loaded: the installation is broken. */
export function unloaded(error: unknown): Ending {
  const cause = error instanceof Error ? error : new Error(String(error));
  return ending("lost", `the cryptography of CURVE could not be loaded: ${cause.message}`, cause);
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
  } else if (why.kind === "denied") {
    connections.handshakeAuth++;
    host.emit("handshake:error:auth", { ...reason, error: why.error });
  } else {
    connections[OTHERS[why.kind]]++;
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

/** What a handshake failed of that neither rules nor verdicts ended. */
const OTHERS = {
  lost: "handshakeLost",
  timeout: "handshakeTimeout",
  unjudged: "handshakeUnjudged",
  refused: "handshakeLost",
} as const;

function isPeerType(error: Error | undefined): boolean {
  return error instanceof ProtocolError && error.code === "ERR_ZMTP_SOCKET_TYPE_MISMATCH";
}

/** libzmq reports errno 11 for a time-out and 32 for a connection that was dropped. */
function otherError(why: Ending): Error {
  return new ZmqError(why.kind === "timeout" ? "EAGAIN" : "EPIPE", { hint: why.reason });
}
