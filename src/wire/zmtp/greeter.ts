import type { Batch } from "../../base/batch.ts";
import { allocateSmall, copyOf, printable, view } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";
import type { PeerFacts } from "../connection.ts";
import { MORE } from "./frame.ts";
import {
  GREETING_SIZE,
  REVISION_AT,
  SIGNATURE_SIZE,
  checkMechanism,
  detectVersion,
  encodeGreeting,
  isSigned,
  type ZmtpVersion,
} from "./greeting.ts";
import { appendOldFrame, headerSize, typeName, typeNumber } from "./legacy.ts";
import type { Mechanism } from "./mechanism.ts";

/** What a ZMTP 2.0 peer greets with: signature, revision, socket type (RFC 15 "greeting"). Then comes its identity. */
const OLD_GREETING_SIZE = 12;

/** What this side's greeting tells. */
export interface OwnGreeting {
  readonly socketType: string;
  readonly routingId: Uint8Array;
}

/** What decides who is greeted how. */
export type GreetingMechanism = Pick<Mechanism, "name" | "chosenBy" | "dispensable">;

/** What all connections of the same settings greet with: a listener makes thousands. */
const encoded = new WeakMap<OwnGreeting, Uint8Array>();

function greetingOf(own: OwnGreeting, mechanism: string): Uint8Array {
  let bytes = encoded.get(own);
  if (bytes === undefined) encoded.set(own, (bytes = encodeGreeting(mechanism, own.routingId.length)));
  return bytes;
}

/**
 * The greetings of one connection (RFC 13, 15, 23, 37): finds out which version the peer speaks, and sends what that
 * peer can read. It reads no frames.
 *
 * Whoever may speak 1.0 or 2.0 is greeted in pieces, as by libzmq: the signature, which is also the header of a 1.0
 * identity frame; the major version once the peer's signature is there; the rest once its version is. Where such peers
 * are refused, all leaves at once, which saves a round trip.
 */
export class Greeter {
  /** What the peer speaks; null while that is not known. */
  version: ZmtpVersion | null = null;
  readonly #own: OwnGreeting;
  readonly #mechanism: GreetingMechanism;
  /** Whether peers of 1.0 and 2.0 are served. */
  readonly #servesOld: boolean;
  readonly #bytes: Uint8Array;
  #sent = 0;
  /** The peer's greeting: what came of it, and how much of it there will be. */
  readonly #peer: Uint8Array = allocateSmall(GREETING_SIZE);
  #size = 0;
  #whole: number = GREETING_SIZE;
  /** Whether its first bytes told its version, and that may be relied on. */
  #prompt = false;
  #cautious = false;

  constructor(own: OwnGreeting, mechanism: GreetingMechanism) {
    this.#own = own;
    this.#mechanism = mechanism;
    this.#servesOld = mechanism.dispensable === true && typeNumber(own.socketType) !== undefined;
    this.#bytes = greetingOf(own, mechanism.name);
  }

  /** Bytes of the peer's that are kept here. */
  get held(): number {
    return this.#size;
  }

  /** Whether the peer's greeting is whole. */
  get done(): boolean {
    return this.#size === this.#whole;
  }

  /** Whether the peer speaks 1.0 or 2.0: no mechanism, its identity as first frame, subscriptions as messages. */
  get old(): boolean {
    return this.version === "1.0" || this.version === "2.0";
  }

  /** Whether the peer told no version at all, as ZeroMQ before 3.0: what came of it is the header of its first frame. */
  get unversioned(): boolean {
    return this.version === "1.0" && !isSigned(this.#peer, this.#size);
  }

  /** What of the greeting is to be read as frames. */
  get frames(): Uint8Array {
    return view(this.#peer, 0, this.unversioned ? this.#size : 0);
  }

  /** All that a peer of 1.0 or 2.0 tells of itself. Nobody checks the type that the latter tells. */
  facts(identity: Uint8Array): PeerFacts {
    const protocol = this.version ?? "";
    const socketType = protocol === "2.0" ? typeName(this.#peer[REVISION_AT + 1] as number) : ""; // in bounds: of 64
    const { name: mechanism } = this.#mechanism;
    return { socketType, routingId: copyOf(identity), protocol, mechanism, properties: new Map() };
  }

  /**
   * Whether the mechanism begins without waiting for more: both greetings are there; or its first command has no secrets,
   * and leaves with the rest of the greeting, which saves a write and a round trip.
   *
   * The latter only for a peer that told its version at once, so that it seems to have read our signature before it spoke,
   * as this library does. libzmq speaks first, and closes without a word if it reads READY of a wrong type before it sent
   * its own: with such peers ours is better held back.
   */
  get mechanismBegins(): boolean {
    if (this.old) return false;
    return this.#servesOld ? this.#prompt && this.#size > REVISION_AT : this.done;
  }

  /** `cautious`: the last peer closed before it was ready, so nothing leaves early this time. */
  start(into: Batch, cautious = false): void {
    this.#cautious = cautious;
    this.#sendUntil(this.#servesOld ? SIGNATURE_SIZE : GREETING_SIZE, into);
  }

  /** Takes what of `bytes` belongs to the greeting, says how much that is, and answers as far as it may. */
  receive(bytes: Uint8Array, into: Batch): number {
    const before = this.#size;
    const size = Math.min(bytes.length, this.#whole - before);
    this.#peer.set(view(bytes, 0, size), before);
    this.#size += size;
    if (before === 0) this.#prompt = size > REVISION_AT && !this.#cautious;
    this.version ??= detectVersion(this.#peer, this.#size);
    if (this.old) this.#checkOld();
    this.#answer(into);
    // After the answer, so that the peer learns which mechanism is demanded here, and tells it on its side.
    if (!this.old) checkMechanism(this.#peer, this.#size, this.#mechanism);
    return this.#size - before;
  }

  /** Not all that does not begin with FF is ZMTP: a text, or the hello of TLS, would become messages to the user. */
  #checkOld(): void {
    const [first = 0, flags = 0] = this.#peer;
    this.#whole = this.unversioned ? headerSize(first) : OLD_GREETING_SIZE;
    if (first === 0 || (this.#whole === 2 && this.#size >= 2 && (flags & ~MORE) !== 0)) {
      const began = printable(view(this.#peer, 0, Math.min(this.#size, SIGNATURE_SIZE)));
      throw new ProtocolError("ERR_ZMTP_VERSION", `what it began with is no greeting: ${began}`);
    }
    this.#size = Math.min(this.#size, this.#whole);
    if (!this.#servesOld) throw new ProtocolError("ERR_ZMTP_VERSION", `ZMTP ${this.version}, ${this.#whyNot()}`);
  }

  #whyNot(): string {
    const { name, chosenBy, dispensable } = this.#mechanism;
    if (dispensable === true) return `which has no ${this.#own.socketType} sockets`;
    return `which has no security, and this side demands ${name}${chosenBy === "" ? "" : ` (${chosenBy})`}`;
  }

  #answer(into: Batch): void {
    if (this.#sent === GREETING_SIZE) return;
    if (this.unversioned) this.#identify(into);
    else if (this.#size > REVISION_AT) this.#answerRevision(into);
    else if (isSigned(this.#peer, this.#size)) this.#sendUntil(REVISION_AT + 1, into);
  }

  #answerRevision(into: Batch): void {
    if (!this.old) return this.#sendUntil(GREETING_SIZE, into);
    this.#sendUntil(REVISION_AT + 1, into);
    into.bytes(Uint8Array.of(typeNumber(this.#own.socketType) as number)); // without, #servesOld is false
    this.#identify(into);
  }

  /** The identity frame, of which an unversioned peer has had the header: our signature. */
  #identify(into: Batch): void {
    const { routingId } = this.#own;
    if (this.unversioned) into.bytes(routingId);
    else if (this.version === "1.0") appendOldFrame(0, routingId, into);
    else into.frame(0, routingId);
    this.#sent = GREETING_SIZE;
  }

  #sendUntil(end: number, into: Batch): void {
    if (end > this.#sent) into.bytes(view(this.#bytes, this.#sent, end - this.#sent));
    this.#sent = end;
  }
}
