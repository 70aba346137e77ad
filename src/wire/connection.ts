import type { Batch } from "../base/batch.ts";
import type { Message } from "../base/message.ts";

/**
 * Wire state of one peer, without I/O: bytes in, events out; messages in, bytes out.
 *
 * It has no timers and no promises. "Not yet" is a value; a broken peer is a `ProtocolError`, after which the
 * connection takes nothing more.
 */
export interface Connection {
  /** Whether `ready` will come; if not, traffic may flow at once and nothing is known of the peer. */
  readonly handshakes: boolean;
  /** Appends what is sent before anything was received. `cautious`: the last attempt was closed in its handshake. */
  start(into: Batch, cautious?: boolean): void;
  /**
   * Reads bytes, valid only during the call. Events come in order, inside the call. Throws a ProtocolError when the
   * peer broke the rules. Stops early when `message` returned false; then `resume` goes on.
   */
  receive(bytes: Uint8Array, to: ConnectionEvents): void;
  /**
   * Whether something is held back in the handshake that had better leave with the answer to the peer's next bytes.
   * Absent: never.
   */
  readonly holding?: boolean;
  /** Appends to `output` what is held back: the peer says nothing. */
  proceed?(to: ConnectionEvents): void;
  /** Goes on with what is held since `message` returned false. */
  resume(to: ConnectionEvents): void;
  /**
   * The answer to `authenticate`, at once or later; goes on with what is held since. Throws a ProtocolError when the peer
   * is not let in, or when what is held breaks the rules.
   */
  authenticated(verdict: Verdict, to: ConnectionEvents): void;
  /** Where the next bytes may be read to: the rest of a large body; else null. */
  target(): Uint8Array | null;
  /** Appends one message. Only after `ready`. */
  encode(message: Message, into: Batch): void;
  /** Whether packed frames (pipe/packed.ts) are this connection's wire form as they are. */
  readonly plainFrames: boolean;
  /** Appends a subscription or its end, in the form the peer understands. Only after `ready`. */
  encodeSubscription(topic: Uint8Array, added: boolean, into: Batch): void;
  /** Appends a PING. `ttl` in ms; 0 is none. False when this peer's protocol has none. */
  encodePing(ttl: number, into: Batch): boolean;
  /** Bytes of the message being received that are held here; for stats. */
  readonly held: number;
}

/** What a connection tells whoever owns it. */
export interface ConnectionEvents {
  /** Bytes to send at once (handshake, PONG) go here; the owner flushes after `receive`. */
  readonly output: Batch;
  /**
   * The peer showed who it is: have it judged, and call `authenticated`, now or later. Until then no frame is looked at,
   * and nothing more should be read: more than `maxHandshakeSize` is refused.
   */
  authenticate(request: AuthenticationRequest): void;
  /** The handshake is done: traffic may flow. Throw a ProtocolError to refuse the peer. */
  ready(facts: PeerFacts): void;
  /** A whole message. Return false to stop reading until `resume`. The message is taken either way. */
  message(message: Message): boolean;
  /**
   * Whole messages of one frame each, many at a time, in memory that lasts: framed, and maybe followed by others. Returns up
   * to where they were taken; what follows comes as `message`, and so does every one where this is absent.
   */
  run?(memory: Uint8Array, from: number, end: number, longest: number): number;
  /** The peer subscribes to a topic, or no longer. */
  subscription(topic: Uint8Array, added: boolean): void;
  /** A PING with a time to live came: the peer wants to be given up after `ttl` ms of silence (0: says nothing). */
  ping(ttl: number): void;
}

/** What a peer showed of itself. */
export interface AuthenticationRequest {
  /** As in the greeting: "PLAIN". */
  readonly mechanism: string;
  /** RFC 27: none for NULL; user name and password for PLAIN; the public key, in 32 octets, for CURVE. Copies. */
  readonly credentials: readonly Uint8Array[];
}

/** The ways of RFC 27 not to let a peer in: it should come again later, does not pass, or could not be judged. */
export type RefusalStatus = 300 | 400 | 500;

/** What whoever judges says of a peer. */
export interface Verdict {
  /** 200: it passes. */
  readonly status: 200 | RefusalStatus;
  /** For people and events; the peer does not get it. */
  readonly text: string;
  /** Becomes the property `User-Id`; "" is none. */
  readonly userId: string;
  /** Go before those that the peer says of itself. */
  readonly properties: ReadonlyMap<string, string>;
}

/** What a handshake told of the peer. */
export interface PeerFacts {
  readonly socketType: string;
  readonly routingId: Uint8Array;
  /** "3.1", "3.0", "2.0" or "1.0". */
  readonly protocol: string;
  readonly mechanism: string;
  readonly properties: ReadonlyMap<string, string>;
}

/** Bounds on what a peer may make us hold, all in bytes or counts. */
export interface WireLimits {
  /** Largest frame body; -1 is unlimited (ZMQ_MAXMSGSIZE). */
  readonly maxMessageSize: number;
  /** Largest handshake command, and all its metadata. */
  readonly maxHandshakeSize: number;
  /** Largest command after the handshake. */
  readonly maxCommandSize: number;
  /** Most frames in one message. */
  readonly maxFrames: number;
}
