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
  /** Appends what is sent before anything was received. */
  start(into: Batch): void;
  /**
   * Reads bytes, valid only during the call. Events come in order, inside the call. Throws a ProtocolError when the
   * peer broke the rules. Stops early when `message` returned false; then `resume` goes on.
   */
  receive(bytes: Uint8Array, to: ConnectionEvents): void;
  /** Goes on with what is held since `message` returned false. */
  resume(to: ConnectionEvents): void;
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
  /** The handshake is done: traffic may flow. Throw a ProtocolError to refuse the peer. */
  ready(facts: PeerFacts): void;
  /** A whole message. Return false to stop reading until `resume`. The message is taken either way. */
  message(message: Message): boolean;
  /** The peer subscribes to a topic, or no longer. */
  subscription(topic: Uint8Array, added: boolean): void;
  /** A PING with a time to live came: the peer wants to be given up after `ttl` ms of silence (0: says nothing). */
  ping(ttl: number): void;
}

/** What a handshake told of the peer. */
export interface PeerFacts {
  readonly socketType: string;
  readonly routingId: Uint8Array;
  /** "3.1" or "3.0". */
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
