import type { Batch } from "../../base/batch.ts";
import { EMPTY, copyOf, equal, view } from "../../base/bytes.ts";
import { AuthenticationError, ProtocolError } from "../../base/errors.ts";
import { sizeOf, type Message } from "../../base/message.ts";
import type { Connection, ConnectionEvents, PeerFacts, RefusalStatus, Verdict, WireLimits } from "../connection.ts";
import { isRequest } from "../upstream.ts";
import {
  appendCommand,
  encodeCommand,
  encodePing,
  errorCommand,
  groupCommand,
  parseCommand,
  parseHandshakeCommand,
  parsePing,
  peerError,
  subscribing,
  subscriptionCommand,
  subscriptionMessage,
} from "./command.ts";
import { Decoder, type FrameSink } from "./decoder.ts";
import { MAX_IDENTITY, factsOf } from "./facts.ts";
import { COMMAND, MORE, longest, tooLong } from "./frame.ts";
import { Greeter } from "./greeter.ts";
import type { ZmtpVersion } from "./greeting.ts";
import { OldFrameReader, appendOldFrame } from "./legacy.ts";
import type { Command, Mechanism, MechanismFactory, Step } from "./mechanism.ts";
import { ownMetadata } from "./metadata.ts";

/** What this side says of itself and accepts of a peer. */
export interface ZmtpSettings {
  readonly socketType: string;
  readonly routingId: Uint8Array;
  /** The socket types a peer may have. */
  readonly peers: readonly string[];
  readonly mechanism: MechanismFactory;
  /** Properties to send beside the protocol's own; names of 1 to 255 octets. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly limits: WireLimits;
  /** Whether peers subscribe here (PUB, XPUB, RADIO). */
  readonly subscriptions: boolean;
  /** Whether subscriptions, in or out, are to groups (RADIO, DISH): JOIN and LEAVE, whatever the version. */
  readonly groups?: boolean;
}

/**
 * ZMTP 3.0 and 3.1 (RFC 23, 37): greeting, then the mechanism's commands, then traffic. Where they are served, also 1.0
 * and 2.0 (RFC 13, 15), which have no commands: greeting, then the peer's identity as a frame, then traffic.
 *
 * It assembles messages and answers PING; it measures no silence and judges no credentials. What it appends to `output`
 * before it throws (an ERROR for the peer) is meant to be flushed.
 */
export class ZmtpConnection implements Connection, FrameSink {
  readonly handshakes = true;
  plainFrames: boolean;
  readonly #settings: ZmtpSettings;
  readonly #mechanism: Mechanism;
  readonly #decoder: Decoder;
  /** Who reads what comes: the decoder, or whoever makes its frames of a 1.0 peer's. */
  #reader: Decoder | OldFrameReader;
  /** Null once the peer's greeting is whole and the mechanism has begun. */
  #greeter: Greeter | null;
  #version: ZmtpVersion = "3.1";
  /** What a peer of 1.0 or 2.0 greeted with. */
  #old: Greeter | null = null;
  #begun = false;
  #ready = false;
  #failed = false;
  #failure: unknown = null;
  /** Traffic has nothing but plain messages and commands: a frame without flags is a message. */
  #plain = false;
  /** A message of a peer may be a subscription. */
  readonly #topics: boolean;
  /** The first frames of a message whose last has not come. */
  #parts: Message | null = null;
  /** Somebody judges the peer: no frame is read until the verdict. */
  #waiting = false;
  #verdict: Verdict | null = null;
  /** Whoever takes the events of the call under way. */
  #to: ConnectionEvents | null = null;

  constructor(settings: ZmtpSettings) {
    this.#settings = settings;
    this.#topics = settings.subscriptions && settings.groups !== true;
    this.#mechanism = settings.mechanism(ownMetadata(settings));
    this.#reader = this.#decoder = new Decoder(this, settings.limits.maxHandshakeSize);
    this.#greeter = new Greeter(settings, this.#mechanism);
    this.plainFrames = this.#mechanism.seal === undefined;
  }

  get held(): number {
    const parts = this.#parts === null ? 0 : sizeOf(this.#parts);
    const header = this.#reader === this.#decoder ? 0 : this.#reader.held;
    return parts + header + this.#decoder.held + (this.#greeter?.held ?? 0);
  }

  start(into: Batch, cautious = false): void {
    this.#greeter?.start(into, cautious);
  }

  receive(bytes: Uint8Array, to: ConnectionEvents): void {
    if (this.#failed) return;
    this.#to = to;
    try {
      const at = this.#greeter === null ? 0 : this.#greet(this.#greeter, bytes);
      if (this.#waiting) this.#decoder.stop();
      this.#reader.receive(bytes, at);
      if (this.#waiting) this.#checkHeld();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** What the mechanism begins with. */
  get holding(): boolean {
    return this.#greeter?.done === true;
  }

  proceed(to: ConnectionEvents): void {
    this.#to = to;
    if (this.#greeter?.done === true) this.#begin(this.#greeter);
  }

  resume(to: ConnectionEvents): void {
    if (this.#failed || this.#waiting) return;
    this.#to = to;
    try {
      this.#reader.resume();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  authenticated(verdict: Verdict, to: ConnectionEvents): void {
    if (this.#failed || !this.#waiting) return;
    this.#to = to;
    this.#waiting = false;
    try {
      if (verdict.status !== 200) throw this.#refusal(verdict.status, verdict.text);
      this.#verdict = verdict;
      this.#step((this.#mechanism.authenticated as () => Step)()); // it asked
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
    if (this.#version !== "3.1") this.#append(0, subscriptionMessage(topic, added), into);
    else this.#append(COMMAND, subscriptionCommand(topic, added), into);
  }

  encodePing(ttl: number, into: Batch): boolean {
    if (this.#old !== null) return false;
    this.#append(COMMAND, encodePing(ttl), into);
    return true;
  }

  /** Takes a frame from the decoder; not for others. */
  frame(flags: number, body: Uint8Array): boolean {
    if (this.#plain && flags === 0 && this.#parts === null) return this.#events.message([body]);
    if (!this.#ready) return this.#handshake(flags, body);
    if (this.#mechanism.open === undefined) return this.#traffic(flags, body);
    const opened = this.#mechanism.open(flags, body);
    if ((opened.flags & COMMAND) !== 0) this.#checkCommand(opened.body);
    return this.#traffic(opened.flags, opened.body);
  }

  get #events(): ConnectionEvents {
    return this.#to as ConnectionEvents; // set by receive and resume, and frames come only inside them
  }

  #append(flags: number, body: Uint8Array, into: Batch): void {
    if (this.plainFrames) into.frame(flags, body);
    else if (this.#mechanism.seal === undefined) appendOldFrame(flags, body, into);
    else this.#mechanism.seal(flags, body, into);
  }

  /** Returns where the greeting ended in `bytes`. */
  #greet(greeter: Greeter, bytes: Uint8Array): number {
    const at = greeter.receive(bytes, this.#events.output);
    if (greeter.done) this.#version = greeter.version as ZmtpVersion; // a whole greeting tells it
    if (greeter.done && greeter.old) this.#expectIdentity(greeter);
    else if (greeter.mechanismBegins || (greeter.done && at < bytes.length)) this.#begin(greeter);
    return at;
  }

  #begin(greeter: Greeter): void {
    if (greeter.done) this.#greeter = null;
    if (this.#begun) return;
    this.#begun = true;
    this.#step(this.#mechanism.begin());
  }

  #expectIdentity(old: Greeter): void {
    this.#old = old;
    this.#greeter = null;
    this.#decoder.maxMessage = Math.min(MAX_IDENTITY, this.#settings.limits.maxHandshakeSize);
    this.#decoder.maxCommand = this.#decoder.maxMessage;
    if (old.version !== "1.0") return;
    this.plainFrames = false;
    this.#reader = new OldFrameReader(this.#decoder);
    this.#reader.receive(old.frames, 0);
  }

  /** All that such a peer tells of itself. Its flags say nothing: libzmq's own have MORE, as they are its signature's. */
  #identified(old: Greeter, identity: Uint8Array): boolean {
    this.#open();
    this.#events.ready(old.facts(identity));
    // Whoever tells no version may have no way to subscribe, and then filters by itself (RFC 13).
    if (old.unversioned && this.#topics) this.#events.subscription(EMPTY, true);
    return true;
  }

  #send(commands: readonly Command[]): void {
    for (const command of commands) appendCommand(command, this.#events.output);
  }

  /** libzmq does not ask for the COMMAND flag here, so neither do we. */
  #handshake(flags: number, body: Uint8Array): boolean {
    if (this.#old !== null) return this.#identified(this.#old, body);
    refuseSplit(flags);
    const command = (flags & MORE) === 0 ? parseHandshakeCommand(body) : null;
    if (command === null) {
      if ((flags & COMMAND) !== 0) throw new ProtocolError("ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED");
      throw new ProtocolError("ERR_ZMTP_UNEXPECTED_COMMAND", "a message before the handshake was done");
    }
    if (command.name === "ERROR") throw peerError(command.data);
    this.#step(this.#mechanism.handle(command));
    return !this.#waiting;
  }

  /** The verdict may come inside the call of `authenticate`; if it is no, nothing more of the chunk is read either. */
  #step(step: Step): void {
    if (step.kind === "continue") this.#send(step.send);
    else if (step.kind === "ready") this.#finish(step.send, step.metadata);
    else {
      this.#waiting = true;
      this.#events.authenticate({ mechanism: this.#mechanism.name, credentials: step.credentials });
      if (this.#failed) throw this.#failure;
    }
  }

  #finish(send: readonly Command[], encoded: Uint8Array): void {
    // First, so that the peer learns this side's socket type, and finds a wrong one itself.
    this.#send(send);
    const facts = this.#heard(encoded);
    this.#open();
    this.#events.ready(facts);
  }

  /** Peers of a kind say the same, unless they name themselves: what was said before was checked already. */
  #heard(encoded: Uint8Array): PeerFacts {
    const last = this.#verdict === null ? heard.get(this.#settings) : undefined;
    if (last?.facts.protocol === this.#version && equal(last.encoded, encoded)) return last.facts;
    const facts = this.#facts(encoded);
    const usual = facts.routingId.length === 0 && this.#verdict === null;
    if (usual) heard.set(this.#settings, { encoded: copyOf(encoded), facts });
    return facts;
  }

  #facts(encoded: Uint8Array): PeerFacts {
    const { socketType, peers, limits } = this.#settings;
    const own = { socketType, peers, limit: limits.maxHandshakeSize, mechanism: this.#mechanism.name };
    try {
      return factsOf(encoded, { ...own, protocol: this.#version, verdict: this.#verdict });
    } catch (error) {
      if (isMismatch(error)) this.#tellMismatch();
      throw error;
    }
  }

  /** A SHOULD of RFC 37, which libzmq does not send but understands. Once traffic is sealed, it is too late. */
  #tellMismatch(): void {
    if (this.#mechanism.seal === undefined) this.#send([errorCommand("Invalid socket type")]);
  }

  /** From now on frames are traffic. */
  #open(): void {
    const { maxMessageSize, maxCommandSize } = this.#settings.limits;
    this.#ready = true;
    this.#plain = !this.#topics && this.#mechanism.open === undefined;
    this.#decoder.maxMessage = longest(maxMessageSize, this.#mechanism.overhead);
    this.#decoder.maxCommand = maxCommandSize;
  }

  /** RFC 27: the peer is told two of the three ways not to pass, by their digits, and nothing of the third. */
  #refusal(status: RefusalStatus, why: string): ProtocolError {
    if (status !== 300) this.#send([errorCommand(String(status))]);
    return new AuthenticationError(status, `the peer was not let in (${status})${why === "" ? "" : `: ${why}`}`);
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
    const command = this.#old === null ? parseCommand(body) : null;
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
    this.#greeter = null;
    return error;
  }
}

/** The last metadata that passed, by settings, and what it says. */
const heard = new WeakMap<ZmtpSettings, { readonly encoded: Uint8Array; readonly facts: PeerFacts }>();

function isMismatch(error: unknown): boolean {
  return error instanceof ProtocolError && error.code === "ERR_ZMTP_SOCKET_TYPE_MISMATCH";
}

/** RFC 37: only frames of messages may be followed by more. */
function refuseSplit(flags: number): void {
  if (flags !== (MORE | COMMAND)) return;
  throw new ProtocolError("ERR_ZMTP_UNSPECIFIED", "a command that says more frames follow");
}
