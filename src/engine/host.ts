import type { Clock } from "../base/clock.ts";
import type { CryptoPrimitives } from "../base/crypto.ts";
import type { Message } from "../base/message.ts";
import type { EventFields, EventType } from "../observe/events.ts";
import type { ConnectionMetric } from "../observe/metrics.ts";
import type { Options } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { AuthenticationRequest, Verdict } from "../wire/connection.ts";
import type { DatagramCodec } from "../wire/udp/datagram.ts";

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
  /** Whether peers subscribe here (PUB, XPUB, RADIO). */
  readonly publishes: boolean;
  /** Subscriptions, in or out, are to groups (RADIO, DISH), not to topics. */
  readonly groups?: true;
  /** Without it, the type has no use for datagrams (udp). */
  readonly datagrams?: DatagramUse;
  /** What becomes of a message that came: taken (true), dropped and counted, or malformed, which ends the connection. */
  readonly inbound?: (message: Message) => boolean | "drop";
}

/** How a socket type uses datagrams. */
export interface DatagramUse {
  /** Which call takes their endpoints; the other one is ENOCOMPATPROTO. */
  readonly by: "bind" | "connect";
  readonly codec: DatagramCodec;
  /** It talks through nothing else (DGRAM). */
  readonly only?: true;
}

/** A peer to be judged, and where (RFC 27). */
export interface Applicant extends AuthenticationRequest {
  /** ZMQ_ZAP_DOMAIN; "" is none. */
  readonly domain: string;
  /** Where the peer is, as `Peer-Address` says it: an IP address without a port. */
  readonly address: string;
  /** This side's own, as libzmq tells it. */
  readonly routingId: Uint8Array;
  /** Whether it has to be judged: if nobody is there to do it, it does not pass. */
  readonly strict: boolean;
}

/** Why there is no verdict: nobody could be asked, or what came back made no sense. */
export interface NoVerdict {
  readonly error: Error;
  /** For people. */
  readonly reason: string;
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
  readonly cryptography: CryptoPrimitives;
  /** Whether peers are judged whatever the options say: the socket has an authenticator of its own. */
  readonly judges: boolean;
  /**
   * Has a peer judged. `answer` is called inside the call, later, or never; calls after the first mean nothing. Returns
   * what is called when nobody waits for the answer any more.
   */
  authenticate(applicant: Applicant, answer: (outcome: Verdict | NoVerdict) => void): () => void;
  /** Whether anybody listens to what is emitted: for those places where making the fields would cost something. */
  readonly watched: boolean;
  /** Counts up within the process. */
  nextPeerId(): number;
  /** Counts of connections and how they failed. */
  readonly connections: Record<ConnectionMetric, number>;
  /** Live: whether the frames of a message to a publisher are data unless the first is a request (wire/upstream.ts). */
  onlyFirstSubscribe(): boolean;
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
