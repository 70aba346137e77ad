import { copyOf } from "../base/bytes.ts";
import type { Timer } from "../base/clock.ts";
import type { AuthenticationRequest, Verdict } from "../wire/connection.ts";
import { judge, whoAmI, whoIs, whyClosed } from "./admission.ts";
import { ending, unjudged, type Ending } from "./ending.ts";
import type { EngineHost, NoVerdict, Settings } from "./host.ts";

/**
 * ms that an accepted peer is waited for before it is greeted, and after its greeting before READY is sent. Who dialed
 * greets at once; an answer to that takes two writes less than greetings that cross.
 */
const PATIENCE = 10;

/** What it asks of its session. */
export interface Opener {
  /** Where the peer is: an IP address, or "". */
  readonly peerAddress: string;
  /** What was held back for the peer's next bytes leaves without them. */
  proceed(): void;
  /** The handshake goes on with this verdict. */
  judged(verdict: Verdict): void;
  end(why: Ending): void;
}

/**
 * What a session needs only until its peer is ready: the time limit, patience with a peer that says nothing yet, and the
 * question whether it may come in. The session lets go of it then, since most connections live long and handshakes do not.
 */
export class Opening {
  /** Bytes of the handshake, which come before there is a pipe to count them. */
  bytesIn = 0;
  readonly #host: EngineHost;
  readonly #settings: Settings;
  readonly #session: Opener;
  #limit: Timer | null = null;
  #patience: Timer | null = null;
  /** Takes back the question whether the peer may come in, while nobody has answered it; and who the peer is. */
  #question: (() => void) | null = null;
  #applicant: string | null = null;

  constructor(host: EngineHost, settings: Settings, session: Opener) {
    this.#host = host;
    this.#settings = settings;
    this.#session = session;
  }

  /** Whose credentials are in question, for people. */
  get applicant(): string {
    return this.#applicant ?? whoAmI(this.#settings);
  }

  /** What a peer that closes now may mean by it. */
  get hint(): string {
    return whyClosed(this.#settings);
  }

  begin(): void {
    const limit = this.#settings.handshakeInterval;
    if (limit <= 0) return;
    this.#limit = this.#host.clock.after(limit, () => {
      const missing = this.#question === null ? "handshake" : `verdict on the peer (${this.#applicant})`;
      this.#session.end(ending("timeout", `no ${missing} in ${limit} ms`));
    });
  }

  /** Whoever dialed has it first. What would rather leave with an answer leaves all the same when nothing comes. */
  waitForPeer(): void {
    this.#patience = this.#host.clock.after(PATIENCE, () => this.#session.proceed());
  }

  /** The peer says something. */
  heard(bytes: number): void {
    this.bytesIn += bytes;
    this.#patience?.cancel();
  }

  authenticate(request: AuthenticationRequest): void {
    const { zapDomain, zapEnforceDomain, routingId } = this.#settings;
    const domain = zapDomain ?? "";
    const strict = request.mechanism === "PLAIN" || (zapEnforceDomain && domain !== "");
    const applicant = {
      ...request,
      domain,
      strict,
      address: this.#session.peerAddress,
      routingId: copyOf(routingId ?? NO_BYTES),
    };
    this.#applicant = whoIs(applicant);
    this.#question = judge(this.#host, applicant, (outcome) => this.#judged(outcome));
  }

  /** The handshake is over, one way or the other: nothing comes of it any more. */
  stop(): void {
    this.#limit?.cancel();
    this.#patience?.cancel();
    this.#question?.();
  }

  /** The handshake goes on from here, and its time limit never stopped. */
  #judged(outcome: Verdict | NoVerdict): void {
    this.#question = null;
    if ("error" in outcome) return this.#session.end(unjudged(outcome, this.#applicant ?? ""));
    if (outcome.status === 200) this.#applicant = null;
    this.#session.judged(outcome);
  }
}

const NO_BYTES = new Uint8Array(0);
