import type { Batch } from "../../base/batch.ts";
import { copyOf, equal } from "../../base/bytes.ts";
import { AuthenticationError, ProtocolError } from "../../base/errors.ts";
import type { ConnectionEvents, PeerFacts, RefusalStatus, Verdict, WireLimits } from "../connection.ts";
import { appendCommand, errorCommand, parseHandshakeCommand, peerError } from "./command.ts";
import { factsOf } from "./facts.ts";
import { COMMAND, MORE } from "./frame.ts";
import { Greeter } from "./greeter.ts";
import type { ZmtpVersion } from "./greeting.ts";
import type { Command, Mechanism, MechanismFactory, Step } from "./mechanism.ts";

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
 * What of a ZMTP connection comes before its traffic: greetings, then the mechanism's commands (RFC 23, 37); for peers of
 * 1.0 and 2.0 (RFC 13, 15), which have no commands, the identity instead.
 *
 * The connection holds it until it has told who the peer is, and no longer: most connections live long, and handshakes
 * do not. It reads no bytes but the greeting's; frames it is given. After an exception it is of no more use.
 */
export class ZmtpHandshake {
  /** Somebody judges the peer: no frame may be read until the verdict. */
  waiting = false;
  /** Who the peer is: set by the last step. */
  facts: PeerFacts | null = null;
  /** What a peer of 1.0 or 2.0 greeted with. */
  old: Greeter | null = null;
  version: ZmtpVersion = "3.1";
  readonly #settings: ZmtpSettings;
  readonly #mechanism: Mechanism;
  /** Null once the peer's greeting is whole and the mechanism has begun. */
  #greeter: Greeter | null;
  #begun = false;
  #verdict: Verdict | null = null;

  constructor(settings: ZmtpSettings, mechanism: Mechanism) {
    this.#settings = settings;
    this.#mechanism = mechanism;
    this.#greeter = new Greeter(settings, mechanism);
  }

  /** Whether what comes is still the greeting's. */
  get greeting(): boolean {
    return this.#greeter !== null;
  }

  /** Bytes of the peer's that are kept here. */
  get held(): number {
    return this.#greeter?.held ?? 0;
  }

  start(into: Batch, cautious: boolean): void {
    this.#greeter?.start(into, cautious);
  }

  /** Takes what of `bytes` belongs to the greeting, says how much that is, and answers. */
  greet(bytes: Uint8Array, to: ConnectionEvents): number {
    const greeter = this.#greeter as Greeter; // asked only while `greeting`
    const at = greeter.receive(bytes, to.output);
    if (greeter.done) this.version = greeter.version as ZmtpVersion; // a whole greeting tells it
    if (greeter.done && greeter.old) {
      this.old = greeter;
      this.#greeter = null;
    } else if (greeter.mechanismBegins || (greeter.done && at < bytes.length)) this.#begin(greeter, to);
    return at;
  }

  /** What the mechanism begins with is held back: see `Connection.holding`. */
  get holding(): boolean {
    return this.#greeter?.done === true;
  }

  proceed(to: ConnectionEvents): void {
    if (this.#greeter?.done === true) this.#begin(this.#greeter, to);
  }

  /** Takes a frame. libzmq does not ask for the COMMAND flag here, so neither do we. */
  frame(flags: number, body: Uint8Array, to: ConnectionEvents): void {
    if (this.old !== null) {
      // Its flags say nothing: libzmq's own have MORE, as they are its signature's.
      this.facts = this.old.facts(body);
      return;
    }
    refuseSplit(flags);
    const command = (flags & MORE) === 0 ? parseHandshakeCommand(body) : null;
    if (command === null) {
      if ((flags & COMMAND) !== 0) throw new ProtocolError("ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED");
      throw new ProtocolError("ERR_ZMTP_UNEXPECTED_COMMAND", "a message before the handshake was done");
    }
    if (command.name === "ERROR") throw peerError(command.data);
    this.#step(this.#mechanism.handle(command), to);
  }

  authenticated(verdict: Verdict, to: ConnectionEvents): void {
    this.waiting = false;
    if (verdict.status !== 200) throw refusal(verdict.status, verdict.text, to);
    this.#verdict = verdict;
    this.#step((this.#mechanism.authenticated as () => Step)(), to); // it asked
  }

  #begin(greeter: Greeter, to: ConnectionEvents): void {
    if (greeter.done) this.#greeter = null;
    if (this.#begun) return;
    this.#begun = true;
    this.#step(this.#mechanism.begin(), to);
  }

  /** The verdict may come inside the call of `authenticate`. */
  #step(step: Step, to: ConnectionEvents): void {
    if (step.kind === "authenticate") {
      this.waiting = true;
      to.authenticate({ mechanism: this.#mechanism.name, credentials: step.credentials });
      return;
    }
    // Before the peer's type is looked at, so that it learns this side's, and finds a wrong one itself.
    send(step.send, to);
    if (step.kind === "ready") this.facts = this.#heard(step.metadata, to);
  }

  /** Peers of a kind say the same, unless they name themselves: what was said before was checked already. */
  #heard(encoded: Uint8Array, to: ConnectionEvents): PeerFacts {
    const last = this.#verdict === null ? heard.get(this.#settings) : undefined;
    if (last?.facts.protocol === this.version && equal(last.encoded, encoded)) return last.facts;
    const facts = this.#read(encoded, to);
    const usual = facts.routingId.length === 0 && this.#verdict === null;
    if (usual) heard.set(this.#settings, { encoded: copyOf(encoded), facts });
    return facts;
  }

  #read(encoded: Uint8Array, to: ConnectionEvents): PeerFacts {
    const { socketType, peers, limits } = this.#settings;
    const own = { socketType, peers, limit: limits.maxHandshakeSize, mechanism: this.#mechanism.name };
    try {
      return factsOf(encoded, { ...own, protocol: this.version, verdict: this.#verdict });
    } catch (error) {
      // A SHOULD of RFC 37, which libzmq does not send but understands. Once traffic is sealed, it is too late.
      if (isMismatch(error) && this.#mechanism.seal === undefined) send([errorCommand("Invalid socket type")], to);
      throw error;
    }
  }
}

/** The last metadata that passed, by settings, and what it says. */
const heard = new WeakMap<ZmtpSettings, { readonly encoded: Uint8Array; readonly facts: PeerFacts }>();

/** RFC 37: only frames of messages may be followed by more. */
export function refuseSplit(flags: number): void {
  if (flags !== (MORE | COMMAND)) return;
  throw new ProtocolError("ERR_ZMTP_UNSPECIFIED", "a command that says more frames follow");
}

function send(commands: readonly Command[], to: ConnectionEvents): void {
  for (const command of commands) appendCommand(command, to.output);
}

/** RFC 27: the peer is told two of the three ways not to pass, by their digits, and nothing of the third. */
function refusal(status: RefusalStatus, why: string, to: ConnectionEvents): ProtocolError {
  if (status !== 300) send([errorCommand(String(status))], to);
  return new AuthenticationError(status, `the peer was not let in (${status})${why === "" ? "" : `: ${why}`}`);
}

function isMismatch(error: unknown): boolean {
  return error instanceof ProtocolError && error.code === "ERR_ZMTP_SOCKET_TYPE_MISMATCH";
}
