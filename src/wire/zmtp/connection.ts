import type { Batch } from "../../base/batch.ts";
import { EMPTY, copyOf, view } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";
import { sizeOf, type Message } from "../../base/message.ts";
import type { Connection, ConnectionEvents, PeerFacts, Verdict } from "../connection.ts";
import { isRequest } from "../upstream.ts";
import {
  encodeCommand,
  encodePing,
  groupCommand,
  parseCommand,
  parsePing,
  subscribing,
  subscriptionCommand,
  subscriptionMessage,
} from "./command.ts";
import { Decoder, type FrameSink } from "./decoder.ts";
import { MAX_IDENTITY } from "./facts.ts";
import { COMMAND, MORE, longest, tooLong } from "./frame.ts";
import type { Greeter } from "./greeter.ts";
import { ZmtpHandshake, refuseSplit, type ZmtpSettings } from "./handshake.ts";
import { OldFrameReader, appendOldFrame } from "./legacy.ts";
import type { Mechanism } from "./mechanism.ts";
import { ownMetadata } from "./metadata.ts";

export type { ZmtpSettings } from "./handshake.ts";

/**
 * ZMTP 3.0 and 3.1 (RFC 23, 37): greeting, then the mechanism's commands, then traffic. Where they are served, also 1.0
 * and 2.0 (RFC 13, 15), which have no commands: greeting, then the peer's identity as a frame, then traffic.
 *
 * It assembles messages and answers PING; what comes before is the handshake's (handshake.ts). It measures no silence and
 * judges no credentials. What it appends to `output` before it throws (an ERROR for the peer) is meant to be flushed.
 */
export class ZmtpConnection implements Connection, FrameSink {
  readonly handshakes = true;
  plainFrames: boolean;
  readonly #settings: ZmtpSettings;
  readonly #mechanism: Mechanism;
  readonly #decoder: Decoder;
  /** Who reads what comes: the decoder, or whoever makes its frames of a 1.0 peer's. */
  #reader: Decoder | OldFrameReader;
  /** Null from the first frame of traffic on. */
  #handshake: ZmtpHandshake | null;
  /** Whether the peer's version has commands, and whether subscriptions are among them. */
  #commands = true;
  #subscribes = true;
  #failed = false;
  #failure: unknown = null;
  /** Traffic has nothing but plain messages and commands: a frame without flags is a message. */
  #plain = false;
  /** A message of a peer may be a subscription. */
  readonly #topics: boolean;
  /** The first frames of a message whose last has not come. */
  #parts: Message | null = null;
  /** Whoever takes the events of the call under way. */
  #to: ConnectionEvents | null = null;

  constructor(settings: ZmtpSettings) {
    this.#settings = settings;
    this.#topics = settings.subscriptions && settings.groups !== true;
    this.#mechanism = settings.mechanism(ownMetadata(settings));
    this.#reader = this.#decoder = new Decoder(this, settings.limits.maxHandshakeSize);
    this.#handshake = new ZmtpHandshake(settings, this.#mechanism);
    this.plainFrames = this.#mechanism.seal === undefined;
  }

  get held(): number {
    const parts = this.#parts === null ? 0 : sizeOf(this.#parts);
    const header = this.#reader === this.#decoder ? 0 : this.#reader.held;
    return parts + header + this.#decoder.held + (this.#handshake?.held ?? 0);
  }

  start(into: Batch, cautious = false): void {
    this.#handshake?.start(into, cautious);
  }

  receive(bytes: Uint8Array, to: ConnectionEvents): void {
    if (this.#failed) return;
    this.#to = to;
    try {
      if (this.#handshake === null) this.#reader.receive(bytes, 0);
      else this.#receiveEarly(this.#handshake, bytes);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  get holding(): boolean {
    return this.#handshake?.holding === true;
  }

  proceed(to: ConnectionEvents): void {
    if (this.#handshake === null) return;
    this.#to = to;
    this.#handshake.proceed(to);
    this.#look();
  }

  resume(to: ConnectionEvents): void {
    if (this.#failed || this.#handshake?.waiting === true) return;
    this.#to = to;
    try {
      this.#reader.resume();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  authenticated(verdict: Verdict, to: ConnectionEvents): void {
    if (this.#handshake?.waiting !== true) return;
    this.#to = to;
    try {
      this.#handshake.authenticated(verdict, to);
      this.#look();
      this.#decoder.resume();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  target(): Uint8Array | null {
    return this.#decoder.target();
  }

  encode(message: Message, into: Batch): void {
    const last = message.length - 1;
    for (let at = 0; at < last; at++) this.#append(MORE, message[at] as Uint8Array, into); // in bounds
    this.#append(0, message[last] as Uint8Array, into); // a message has a frame
  }

  encodeSubscription(topic: Uint8Array, added: boolean, into: Batch): void {
    if (this.#settings.groups === true) return this.#append(COMMAND, groupCommand(topic, added), into);
    if (!this.#subscribes) this.#append(0, subscriptionMessage(topic, added), into);
    else this.#append(COMMAND, subscriptionCommand(topic, added), into);
  }

  encodePing(ttl: number, into: Batch): boolean {
    if (!this.#commands) return false;
    this.#append(COMMAND, encodePing(ttl), into);
    return true;
  }

  /** Takes a frame from the decoder; not for others. */
  frame(flags: number, body: Uint8Array): boolean {
    if (this.#plain && flags === 0 && this.#parts === null) return this.#events.message([body]);
    if (this.#handshake !== null) return this.#shake(this.#handshake, flags, body);
    if (this.#mechanism.open === undefined) return this.#traffic(flags, body);
    const opened = this.#mechanism.open(flags, body);
    if ((opened.flags & COMMAND) !== 0) this.#checkCommand(opened.body);
    return this.#traffic(opened.flags, opened.body);
  }

  /** Takes frames that are messages, many at a time; not for others. */
  run(memory: Uint8Array, from: number, end: number, longest: number): number {
    const to = this.#events;
    if (!this.#plain || this.#parts !== null || to.run === undefined) return from;
    return to.run(memory, from, end, longest);
  }

  get #events(): ConnectionEvents {
    return this.#to as ConnectionEvents; // set by receive and resume, and frames come only inside them
  }

  #append(flags: number, body: Uint8Array, into: Batch): void {
    if (this.plainFrames) into.frame(flags, body);
    else if (this.#mechanism.seal === undefined) appendOldFrame(flags, body, into);
    else this.#mechanism.seal(flags, body, into);
  }

  #receiveEarly(handshake: ZmtpHandshake, bytes: Uint8Array): void {
    const at = handshake.greeting ? this.#greet(handshake, bytes) : 0;
    if (handshake.waiting) this.#decoder.stop();
    this.#reader.receive(bytes, at);
    if (handshake.waiting) this.#checkHeld();
  }

  /** Returns where the greeting ended in `bytes`. */
  #greet(handshake: ZmtpHandshake, bytes: Uint8Array): number {
    const at = handshake.greet(bytes, this.#events);
    this.#subscribes = handshake.version === "3.1";
    if (handshake.old !== null) this.#expectIdentity(handshake.old);
    this.#look();
    return at;
  }

  #expectIdentity(old: Greeter): void {
    this.#commands = false;
    this.#decoder.maxMessage = Math.min(MAX_IDENTITY, this.#settings.limits.maxHandshakeSize);
    this.#decoder.maxCommand = this.#decoder.maxMessage;
    if (old.version !== "1.0") return;
    this.plainFrames = false;
    this.#reader = new OldFrameReader(this.#decoder);
    this.#reader.receive(old.frames, 0);
  }

  #shake(handshake: ZmtpHandshake, flags: number, body: Uint8Array): boolean {
    handshake.frame(flags, body, this.#events);
    this.#look();
    return !handshake.waiting;
  }

  /** After each step of the handshake: a verdict inside it may have failed it, or all may be told. */
  #look(): void {
    if (this.#failed) throw this.#failure;
    const handshake = this.#handshake;
    if (handshake !== null && handshake.facts !== null) this.#open(handshake, handshake.facts);
  }

  /** From now on frames are traffic. */
  #open(handshake: ZmtpHandshake, facts: PeerFacts): void {
    const { maxMessageSize, maxCommandSize } = this.#settings.limits;
    this.#handshake = null;
    this.#plain = !this.#topics && this.#mechanism.open === undefined;
    this.#decoder.maxMessage = longest(maxMessageSize, this.#mechanism.overhead);
    this.#decoder.maxCommand = maxCommandSize;
    this.#events.ready(facts);
    // Whoever tells no version may have no way to subscribe, and then filters by itself (RFC 13).
    if (handshake.old?.unversioned === true && this.#topics) this.#events.subscription(EMPTY, true);
  }

  #traffic(flags: number, body: Uint8Array): boolean {
    if ((flags & COMMAND) !== 0) {
      refuseSplit(flags);
      this.#command(body);
      return true;
    }
    if (this.#parts === null && flags === 0) {
      if (!this.#topics || !isRequest(body)) return this.#events.message([body]);
      this.#checkCommand(body);
      this.#subscription(view(body, 1, body.length - 1), body[0] === 1);
      return true;
    }
    return this.#part(flags, body);
  }

  #part(flags: number, body: Uint8Array): boolean {
    const parts = (this.#parts ??= []);
    if (parts.length >= this.#settings.limits.maxFrames) {
      throw new ProtocolError("ERR_ZMTP_TOO_BIG", `a message of more than ${parts.length} frames`);
    }
    parts.push(body);
    if ((flags & MORE) !== 0) return true;
    this.#parts = null;
    return this.#events.message(parts);
  }

  /** What is unknown or malformed is ignored after the handshake, as libzmq does; a PONG has said all by arriving. */
  #command(body: Uint8Array): void {
    const command = this.#commands ? parseCommand(body) : null;
    if (command === null) return;
    if (command.name === "PING") return this.#ping(command.data);
    const { subscriptions, groups } = this.#settings;
    const added = subscriptions ? subscribing(command, groups === true) : undefined;
    if (added !== undefined) this.#subscription(command.data, added);
  }

  #ping(data: Uint8Array): void {
    const { ttl, context } = parsePing(data);
    this.#append(COMMAND, encodeCommand("PONG", context), this.#events.output);
    this.#events.ping(ttl);
  }

  /** A topic is kept for long, so it must not pin the slab that it came in. */
  #subscription(topic: Uint8Array, added: boolean): void {
    this.#events.subscription(copyOf(topic), added);
  }

  /** Whoever waits for a verdict has nothing more to say that belongs to a handshake. */
  #checkHeld(): void {
    const { held } = this.#decoder;
    const limit = this.#settings.limits.maxHandshakeSize;
    if (held > limit) throw tooLong(0, held, limit);
  }

  #checkCommand(body: Uint8Array): void {
    const limit = this.#settings.limits.maxCommandSize;
    if (body.length > limit) throw tooLong(COMMAND, body.length, limit);
  }

  #fail(error: unknown): unknown {
    this.#failed = true;
    this.#failure = error;
    this.#reader = this.#decoder;
    this.#decoder.close();
    this.#parts = null;
    this.#handshake = null;
    return error;
  }
}
