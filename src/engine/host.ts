import type { Clock } from "../base/clock.ts";
import type { Message } from "../base/message.ts";
import type { EventFields, EventType } from "../observe/events.ts";
import type { ConnectionMetric } from "../observe/metrics.ts";
import type { Options } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";

/** What the engine has to know of a socket type; the rest is routing's business. */
export interface Role {
  /** As in READY: "DEALER". */
  readonly name: string;
  /** Types whose peers are accepted. */
  readonly peers: readonly string[];
  /** "raw" is STREAM: bytes as they come, no handshake. */
  readonly wire: "zmtp" | "raw";
  /** Whether READY carries `Identity` (REQ, DEALER, ROUTER). */
  readonly identifies: boolean;
  /** Whether peers subscribe here (PUB, XPUB). */
  readonly publishes: boolean;
  /** Refuses a malformed inbound message, which ends the connection (REQ). */
  readonly inbound?: (message: Message) => boolean;
}

/** What a socket hands to its dialers and listeners. The engine reaches no further into it than this. */
export interface EngineHost {
  readonly role: Role;
  readonly clock: Clock;
  random(): number;
  /** Runs when the current run of code is over: where batches are flushed. */
  atEndOfTurn(run: () => void): void;
  /** Whether a sender has just yielded to the event loop in the middle of a run, and will go on. */
  readonly busy: boolean;
  /** Runs after pending I/O and timers had their chance. */
  afterIo(run: () => void): void;
  /** A pipe came into being: on connect() at once (unless `immediate`), on a bound side with each accepted peer. */
  attach(pipe: Pipe): void;
  emit(type: EventType, fields: EventFields): void;
  /** Whether anybody listens to what is emitted: for those places where making the fields would cost something. */
  readonly watched: boolean;
  /** Counts up within the process. */
  nextPeerId(): number;
  /** Counts of connections and how they failed. */
  readonly connections: Record<ConnectionMetric, number>;
  /** Live: ms to go on sending after the socket let go of a pipe; -1 is for ever. */
  linger(): number;
  /** Something is still being sent after close(): the process has to stay. */
  lingering(by: 1 | -1): void;
  /** How many peers have left messages behind that nobody has read. */
  readonly departed: number;
  /** A dialer or listener has wholly ended. */
  gone(part: object): void;
}

/** The options in force when bind() or connect() was called; later changes touch only later calls (libzmq 3.1). */
export type Settings = Readonly<Options>;
