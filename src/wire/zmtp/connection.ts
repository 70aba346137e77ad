import type { Batch } from "../../base/batch.ts";
import { EMPTY, allocateSmall, copyOf, equal, text, utf8, view } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";
import { sizeOf, type Message } from "../../base/message.ts";
import type { Connection, ConnectionEvents, PeerFacts, WireLimits } from "../connection.ts";
import {
  appendCommand,
  encodeCommand,
  encodePing,
  errorCommand,
  parseCommand,
  parsePing,
  peerError,
  subscriptionCommand,
  subscriptionMessage,
} from "./command.ts";
import { Decoder, type FrameSink } from "./decoder.ts";
import { COMMAND, MORE, longest, tooLong } from "./frame.ts";
import { GREETING_SIZE, checkMechanism, detectVersion, encodeGreeting, type ZmtpVersion } from "./greeting.ts";
import type { Command, Mechanism, MechanismFactory, Step } from "./mechanism.ts";
import { IDENTITY, SOCKET_TYPE, decodeMetadata, encodeMetadata } from "./metadata.ts";

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
  /** Whether peers subscribe here (PUB, XPUB). */
  readonly subscriptions: boolean;
}

/** RFC 37 "Identity": libzmq takes more, but has no socket that could send it; events and books would keep them all. */
const MAX_IDENTITY = 255;

/** How much of a stranger's text an error repeats. */
const TOLD = 32;

/** Types whose READY tells their routing id, also an empty one (libzmq; RFC 37 lets others leave it out). */
const IDENTIFIED: ReadonlySet<string> = new Set(["REQ", "DEALER", "ROUTER"]);

/**
 * ZMTP 3.0 and 3.1 (RFC 23, 37): greeting, then the mechanism's commands, then traffic.
 *
 * It assembles messages and answers PING; it measures no silence and judges no credentials. What it appends to `output`
 * before it throws (an ERROR for the peer) is meant to be flushed.
 */
export class ZmtpConnection implements Connection, FrameSink {
  readonly handshakes = true;
  readonly plainFrames: boolean;
  readonly #settings: ZmtpSettings;
  readonly #mechanism: Mechanism;
  readonly #decoder: Decoder;
  /** The peer's greeting so far; null once it is whole. */
  #greeting: Uint8Array | null = allocateSmall(GREETING_SIZE);
  #greeted = 0;
  #version: ZmtpVersion = "3.1";
  #ready = false;
  #failed = false;
  /** Traffic has nothing but plain messages and commands: a frame without flags is a message. */
  #plain = false;
  /** The first frames of a message whose last has not come. */
  #parts: Message | null = null;
  /** Whoever takes the events of the call under way. */
  #to: ConnectionEvents | null = null;

  constructor(settings: ZmtpSettings) {
    this.#settings = settings;
    this.#mechanism = settings.mechanism(ownMetadata(settings));
    this.#decoder = new Decoder(this, settings.limits.maxHandshakeSize);
    this.plainFrames = this.#mechanism.seal === undefined;
  }

  get held(): number {
    const parts = this.#parts === null ? 0 : sizeOf(this.#parts);
    return parts + this.#decoder.held + (this.#greeting === null ? 0 : this.#greeted);
  }

  start(into: Batch): void {
    into.bytes(encodeGreeting(this.#mechanism.name));
  }

  receive(bytes: Uint8Array, to: ConnectionEvents): void {
    if (this.#failed) return;
    this.#to = to;
    try {
      const at = this.#greeting === null ? 0 : this.#greet(this.#greeting, bytes);
      this.#decoder.receive(bytes, at);
    } catch (error) {
      this.#fail();
      throw error;
    }
  }

  resume(to: ConnectionEvents): void {
    if (this.#failed) return;
    this.#to = to;
    try {
      this.#decoder.resume();
    } catch (error) {
      this.#fail();
      throw error;
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
    if (this.#version === "3.0") this.#append(0, subscriptionMessage(topic, added), into);
    else this.#append(COMMAND, subscriptionCommand(topic, added), into);
  }

  encodePing(ttl: number, into: Batch): boolean {
    this.#append(COMMAND, encodePing(ttl), into);
    return true;
  }

  /** Takes a frame from the decoder; not for others. */
  frame(flags: number, body: Uint8Array): boolean {
    if (this.#plain && flags === 0 && this.#parts === null) return this.#events.message([body]);
    if (!this.#ready) return this.#handshake(flags, body);
    if (this.#mechanism.open === undefined) return this.#traffic(flags, body);
    // The flags of the sealed frame are nobody's word: those inside count.
    const opened = this.#mechanism.open(body);
    if ((opened.flags & COMMAND) !== 0) this.#checkCommand(opened.body);
    return this.#traffic(opened.flags & (MORE | COMMAND), opened.body);
  }

  get #events(): ConnectionEvents {
    return this.#to as ConnectionEvents; // set by receive and resume, and frames come only inside them
  }

  #append(flags: number, body: Uint8Array, into: Batch): void {
    if (this.#mechanism.seal === undefined) into.frame(flags, body);
    else this.#mechanism.seal(flags, body, into);
  }

  /** Returns where the greeting ended in `bytes`. */
  #greet(greeting: Uint8Array, bytes: Uint8Array): number {
    const size = Math.min(bytes.length, GREETING_SIZE - this.#greeted);
    greeting.set(view(bytes, 0, size), this.#greeted);
    this.#greeted += size;
    const version = detectVersion(greeting, this.#greeted);
    // The place for legacy.ts: the bytes so far are all it needs to go on from here.
    if (version === "1.0" || version === "2.0") throw new ProtocolError("ERR_ZMTP_VERSION", `ZMTP ${version}`);
    if (version !== null) this.#version = version;
    checkMechanism(greeting, this.#greeted, this.#mechanism.name);
    if (this.#greeted === GREETING_SIZE) {
      this.#greeting = null;
      this.#send(this.#mechanism.begin());
    }
    return size;
  }

  #send(commands: readonly Command[]): void {
    for (const command of commands) appendCommand(command, this.#events.output);
  }

  /** libzmq does not ask for the COMMAND flag here, so neither do we. */
  #handshake(flags: number, body: Uint8Array): boolean {
    refuseSplit(flags);
    const command = (flags & MORE) === 0 ? parseCommand(body) : null;
    if (command === null) {
      if ((flags & COMMAND) !== 0) throw new ProtocolError("ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED");
      throw new ProtocolError("ERR_ZMTP_UNEXPECTED_COMMAND", "a message before the handshake was done");
    }
    if (command.name === "ERROR") throw peerError(command.data);
    this.#step(this.#mechanism.handle(command));
    return true;
  }

  #step(step: Step): void {
    if (step.kind === "continue") this.#send(step.send);
    else if (step.kind === "ready") this.#finish(step.send, step.metadata);
    // Nobody is injected yet who could judge: then nobody passes.
    else throw new ProtocolError("ERR_ZMTP_REFUSED", "the peer must be authenticated, and nobody is there to do it");
  }

  #finish(send: readonly Command[], encoded: Uint8Array): void {
    const { limits, subscriptions } = this.#settings;
    const facts = this.#heard(encoded);
    this.#send(send);
    this.#ready = true;
    this.#plain = !subscriptions && this.#mechanism.open === undefined;
    this.#decoder.maxMessage = longest(limits.maxMessageSize);
    this.#decoder.maxCommand = limits.maxCommandSize;
    this.#events.ready(facts);
  }

  /** Peers of a kind say the same, unless they name themselves: one who said it before was checked already. */
  #heard(encoded: Uint8Array): PeerFacts {
    const last = heard.get(this.#settings);
    if (last?.facts.protocol === this.#version && equal(last.encoded, encoded)) return last.facts;
    const facts = this.#facts(encoded);
    if (facts.routingId.length === 0) heard.set(this.#settings, { encoded: copyOf(encoded), facts });
    return facts;
  }

  #facts(encoded: Uint8Array): PeerFacts {
    const metadata = decodeMetadata(encoded, this.#settings.limits.maxHandshakeSize);
    const identity = metadata.get(IDENTITY) ?? EMPTY;
    if (identity.length > MAX_IDENTITY) {
      throw new ProtocolError("ERR_ZMTP_INVALID_METADATA", `an Identity of ${identity.length} octets`);
    }
    const socketType = metadata.get(SOCKET_TYPE);
    // A peer that does not tell its type is taken, as by libzmq.
    if (socketType !== undefined) this.#checkType(text(socketType));
    return {
      socketType: text(socketType ?? EMPTY),
      routingId: copyOf(identity),
      protocol: this.#version,
      mechanism: this.#mechanism.name,
      properties: metadata.texts(),
    };
  }

  /** RFC 37 "socket type compatibility"; the ERROR is a SHOULD of it, which libzmq does not send but understands. */
  #checkType(socketType: string): void {
    const { socketType: own, peers } = this.#settings;
    if (peers.includes(socketType)) return;
    if (this.#mechanism.seal === undefined) this.#send([errorCommand("Invalid socket type")]);
    const detail = `this side is ${own}, the peer ${JSON.stringify(socketType.slice(0, TOLD))}`;
    throw new ProtocolError("ERR_ZMTP_SOCKET_TYPE_MISMATCH", detail);
  }

  #traffic(flags: number, body: Uint8Array): boolean {
    if ((flags & COMMAND) !== 0) {
      refuseSplit(flags);
      this.#command(body);
      return true;
    }
    if (this.#parts === null && flags === 0) {
      if (!this.#settings.subscriptions || !subscribes(body)) return this.#events.message([body]);
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
    const command = parseCommand(body);
    if (command?.name === "PING") this.#ping(command.data);
    else if (!this.#settings.subscriptions) return;
    else if (command?.name === "SUBSCRIBE") this.#subscription(command.data, true);
    else if (command?.name === "CANCEL") this.#subscription(command.data, false);
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

  #checkCommand(body: Uint8Array): void {
    const limit = this.#settings.limits.maxCommandSize;
    if (body.length > limit) throw tooLong(COMMAND, body.length, limit);
  }

  #fail(): void {
    this.#failed = true;
    this.#decoder.close();
    this.#parts = null;
    this.#greeting = null;
  }
}

/** RFC 37: only frames of messages may be followed by more. */
function refuseSplit(flags: number): void {
  if (flags !== (MORE | COMMAND)) return;
  throw new ProtocolError("ERR_ZMTP_UNSPECIFIED", "a command that says more frames follow");
}

/**
 * The message form of a subscription, which every 3.x peer may use. Only a message of one frame is taken for one; libzmq
 * looks at each frame of a longer one too, unless ZMQ_ONLY_FIRST_SUBSCRIBE is set: here, those are the user's.
 */
function subscribes(body: Uint8Array): boolean {
  return body[0] === 0 || body[0] === 1;
}

/** The last metadata that passed, by settings, and what it says. */
const heard = new WeakMap<ZmtpSettings, { readonly encoded: Uint8Array; readonly facts: PeerFacts }>();

/** What all connections of the same settings tell of themselves: a listener makes thousands. */
const told = new WeakMap<ZmtpSettings, Uint8Array>();

function ownMetadata(settings: ZmtpSettings): Uint8Array {
  const known = told.get(settings);
  if (known !== undefined) return known;
  const properties: [string, Uint8Array][] = [[SOCKET_TYPE, utf8(settings.socketType)]];
  if (IDENTIFIED.has(settings.socketType)) properties.push([IDENTITY, settings.routingId]);
  for (const [name, value] of settings.metadata) properties.push([name, utf8(value)]);
  const encoded = encodeMetadata(properties);
  told.set(settings, encoded);
  return encoded;
}
