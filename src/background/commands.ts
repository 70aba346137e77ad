import type { Peer } from "../base/peer.ts";
import type { Applicant, NoVerdict, Settings } from "../engine/host.ts";
import type { DropReason } from "../observe/drops.ts";
import type { EventFields, EventType } from "../observe/events.ts";
import type { Verdict } from "../wire/connection.ts";

/**
 * What the application and an I/O thread say to each other beside messages: the commands of libzmq's mailboxes.
 *
 * Sockets and parts (what bind() and connect() made) go by numbers that the application gives.
 */

/** What the engine may ask of a socket at any time, and so is kept on both sides. */
export interface SocketFacts {
  /** The socket type, as in READY: "PUSH". */
  readonly type: string;
  readonly watched: boolean;
  readonly judges: boolean;
  readonly departed: number;
  readonly onlyFirstSubscribe: boolean;
  readonly linger: number;
}

/** What makes a part. */
export interface PartOrder {
  readonly socket: number;
  readonly part: number;
  readonly endpoint: string;
  /** Options in force. Sockets are mostly set alike: records that came before are called by their place. */
  readonly settings: { readonly place: number; readonly values?: Settings };
}

/** To an I/O thread; with `ask`, the application waits for the answer, blocked. */
export type IoCommand =
  | ({ readonly do: "facts"; readonly socket: number } & SocketFacts)
  | ({ readonly do: "listen"; readonly datagrams: boolean; readonly ask?: number } & PartOrder)
  | ({ readonly do: "dial" } & PartOrder)
  | ({ readonly do: "connect"; readonly ask: number } & PartOrder)
  | { readonly do: "close"; readonly part: number; readonly ask?: number }
  | { readonly do: "abort"; readonly part: number }
  | { readonly do: "judged"; readonly question: number; readonly outcome: Verdict | NoVerdict }
  | { readonly do: "flush"; readonly limits: readonly (readonly [part: number, ms: number])[]; readonly ask: number }
  | { readonly do: "forget"; readonly socket: number }
  /** Makes what takes peers of a listener in another I/O thread, as soon as that listens: then it joins it. */
  | ({ readonly do: "branch"; readonly ask?: number } & PartOrder)
  | { readonly do: "join"; readonly part: number; readonly listener: ListenerPlace }
  /** Another I/O thread is gone. */
  | { readonly do: "mourn"; readonly thread: number };

/** Where a listener is: its thread's number, and its own; and where it listens, as that was resolved. */
export interface ListenerPlace {
  readonly thread: number;
  readonly part: number;
  readonly endpoint: string;
}

/** To the application. */
export type AppCommand =
  | { readonly do: "listens"; readonly part: number; readonly endpoint: string }
  | { readonly do: "failed"; readonly part: number; readonly error: Error }
  | { readonly do: "event"; readonly socket: number; readonly type: EventType; readonly fields: EventFields }
  | { readonly do: "counts"; readonly socket: number; readonly counts: Readonly<Record<string, number>> }
  | { readonly do: "judge"; readonly socket: number; readonly question: number; readonly applicant: Applicant }
  | { readonly do: "withdraw"; readonly question: number }
  | { readonly do: "gone"; readonly part: number };

/** What the answer to a command with `ask` is, and what happened meanwhile: the application hears of it first. */
export type Answer = ({ readonly endpoint: string } | { readonly error: Error }) & {
  readonly said: readonly AppCommand[];
};

/** The question with which a connection between the threads begins: commands, or a pipe. */
export type Question =
  | { readonly for: "commands" }
  | { readonly for: "pipe"; readonly part: number; readonly endpoint: string; readonly unfiltered: boolean };

/** With which a connection between two I/O threads begins: a branch to its listener, or a peer of that to the branch. */
export type SiblingQuestion =
  | { readonly for: "branch"; readonly listener: number; readonly branch: number }
  | { readonly for: "peer"; readonly branch: number; readonly ends: StreamEnds };

/** What a stream says of itself. */
export interface StreamEnds {
  readonly remote: string;
  readonly peerAddress: string;
  readonly closeOvertakes: boolean;
}

/** From a session to the connection that is in another I/O thread, beside bytes. "flush": the process exits. */
export interface StreamWord {
  readonly do: "end" | "flush";
}

/** And back: the peer ended it, or it broke. */
export interface RelayWord {
  readonly do: "closed";
  readonly error?: Error;
}

/** From the socket's end of a pipe to the session's. */
export type SocketWord =
  /** The socket writes no more. "closed": nor does it read; "parted": it still reads what was received. */
  | { readonly do: "finish"; readonly how: "refused" | "closed" | "parted" }
  | { readonly do: "limits"; readonly out: number; readonly in: number }
  /** The peer of that number is known here: what the socket subscribes to from now on is meant for it. */
  | { readonly do: "met"; readonly meeting: number };

/** From the session's end of a pipe to the socket's. */
export type SessionWord =
  | { readonly do: "opened"; readonly meeting: number; readonly peer: Peer }
  | { readonly do: "lost" }
  | { readonly do: "finished"; readonly reason: DropReason };
