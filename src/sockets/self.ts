import type { ZmqError } from "../base/errors.ts";
import type { EngineHost } from "../engine/host.ts";
import type { Engine } from "../engine/parts.ts";
import type { EventFields, EventType } from "../observe/events.ts";
import type { SocketStats } from "../observe/metrics.ts";
import type { OptionStore } from "../options/options.ts";
import type { Pipe, PipeOwner } from "../pipe/pipe.ts";
import type { Platform } from "../platform/platform.ts";
import type { InprocNames } from "../transports/inproc.ts";
import type { Threads } from "../transports/threads.ts";
import type { Authenticator } from "./authenticator.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import type { SocketType } from "./type.ts";

/** Who hears of events; several may. */
export type EventListener = (type: EventType, fields: EventFields) => void;

/**
 * What the parts of a socket (endpoints, waiting callers, ledger, observer) know of it and of each other. `SocketCore`
 * makes the parts and is all this; parts see only what is here, so that none needs the file that makes them.
 */
export interface SocketSelf extends PatternHost, EngineHost, PipeOwner {
  readonly type: SocketType;
  readonly platform: Platform;
  readonly context: ContextSelf;
  readonly store: OptionStore;
  readonly pattern: Pattern;
  readonly outgoing: { readonly sent: number; readonly waiting: number; readonly yielding: boolean };
  readonly incoming: { readonly taken: number };
  readonly endpoints: {
    readonly last: string | null;
    readonly any: boolean;
    flushSync(limit: number): void;
    giveUp(): void;
  };
  readonly ledger: Books;
  readonly pipes: ReadonlySet<Pipe>;
  /** Told whenever a peer or a subscription comes or goes. */
  readonly watchers: Set<() => void>;
  /** Has a listener told of events from now on, or no longer. */
  listen(listener: EventListener): void;
  unlisten(listener: EventListener): void;
  readonly closed: boolean;
  /** Judges the peers of this socket; null leaves them to its context. */
  readonly authenticator: Authenticator | null;
  /** Closed, or its context was shut down: calls on it throw `fault()`. */
  readonly unusable: boolean;
  fault(): ZmqError;
  close(): void;
  /** Its context was shut down: waiting calls end with ETERM. */
  shutDown(): void;
  /** High-water marks changed: pipes in use follow. */
  applyMarks(): void;
  /** The engine would be told something else now, if it asked. */
  answersDiffer(): void;
}

/** What a socket's parts ask of its books. */
export interface Books {
  /** Messages the socket made itself: copies of what is published, mostly. */
  readonly generated: number;
  /** Messages that still wait to be delivered, or are on their way. */
  readonly unsent: number;
  /** Those on their way. */
  readonly inFlight: number;
  pipes(): IterableIterator<Pipe>;
  stats(): SocketStats;
}

/** What sockets know of their context. */
export interface ContextSelf {
  readonly platform: Platform;
  /** What moves the bytes of sockets: in this thread, or in I/O threads. */
  readonly engine: Engine;
  readonly names: InprocNames<SocketSelf>;
  /** The other threads that have it too; null: none has. */
  readonly threads: Threads | null;
  /** Whether terminate() was called: nobody will bind an inproc name any more. */
  readonly ending: boolean;
  /** Whether there is an I/O thread that a socket with this affinity may use, as libzmq counts them. */
  hasThread(affinity: number): boolean;
  /** Judges the peers of sockets that have no authenticator of their own; null leaves them to a ZAP handler. */
  readonly authenticator: Authenticator | null;
  /** Throws ENOTSUP when nothing would go on while this thread is blocked: without I/O threads. */
  checkBlocking(): void;
  nextPeerId(): number;
  /** A closed socket began to send its last messages, or is done. */
  lingering(socket: SocketSelf, before: number, after: number): void;
  /** Nothing is left of a socket. */
  ended(socket: SocketSelf): void;
}
