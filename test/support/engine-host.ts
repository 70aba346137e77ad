import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/clock.ts";
import type { CryptoPrimitives } from "../../src/base/crypto.ts";
import { utf8 } from "../../src/base/bytes.ts";
import type { Applicant, EngineHost, NoVerdict, Role, Settings } from "../../src/engine/host.ts";
import { noDrops, type DropReason } from "../../src/observe/drops.ts";
import type { EventFields, EventType } from "../../src/observe/events.ts";
import { cryptoPrimitives } from "../../src/platform/node-crypto.ts";
import { METRICS, type ConnectionMetric } from "../../src/observe/metrics.ts";
import { OptionStore, type Options, type TypeName } from "../../src/options/options.ts";
import type { Pipe, PipeOwner } from "../../src/pipe/pipe.ts";
import type { Verdict } from "../../src/wire/connection.ts";

const PEERS: Readonly<Record<string, readonly string[]>> = {
  PAIR: ["PAIR"],
  PUB: ["SUB", "XSUB"],
  SUB: ["PUB", "XPUB"],
  REQ: ["REP", "ROUTER"],
  REP: ["REQ", "DEALER"],
  DEALER: ["REP", "DEALER", "ROUTER"],
  ROUTER: ["REQ", "DEALER", "ROUTER"],
  PULL: ["PUSH"],
  PUSH: ["PULL"],
};

/** A socket type as the engine knows it. */
export function role(name: TypeName): Role {
  const identifies = ["REQ", "DEALER", "ROUTER"].includes(name);
  return { name, peers: PEERS[name] ?? [], wire: "zmtp", identifies, publishes: name === "PUB" };
}

/** Defaults, but for what a test changes. */
export function settings(changes: Partial<Options> = {}, type: TypeName = "DEALER"): Settings {
  return new OptionStore(type, changes).snapshot();
}

/** One peer to be judged. */
export interface Question {
  readonly applicant: Applicant;
  readonly answer: (outcome: Verdict | NoVerdict) => void;
  cancelled: boolean;
}

/** A socket as the engine sees one, with a manual clock: it remembers what it was told, and lets go of pipes that end. */
export class FakeHost implements EngineHost, PipeOwner {
  readonly role: Role;
  readonly clock: ManualClock = new ManualClock();
  readonly pipes: Pipe[] = [];
  readonly events: { type: EventType; fields: EventFields }[] = [];
  readonly connections = Object.fromEntries(
    Object.entries(METRICS).flatMap(([name, row]) => (row.per === "socket" ? [[name, 0]] : [])),
  ) as Record<ConnectionMetric, number>; // those metrics, and the gauge
  /** What random() gives, in turn; then zeros. */
  readonly randoms: number[] = [];
  readonly over: object[] = [];
  /** What pipes signalled, by name. */
  readonly signals: string[] = [];
  /** Peers that are to be judged, and how the test says what it wants of them; `cancelled` once nobody waits any more. */
  readonly applicants: Question[] = [];
  /** A verdict on every peer, given at once. */
  verdict: Verdict | NoVerdict | null = null;
  judges = false;
  readonly cryptography: CryptoPrimitives = cryptoPrimitives;
  /** A sender in the middle of a run. */
  busy = false;
  readonly watched = true;
  departed = 0;
  lingerTime = -1;
  onlyFirst = false;
  /** What still sends after it was let go of. */
  lingerers = 0;
  #turn: (() => void)[] = [];
  #peers = 0;

  constructor(as: Role = role("DEALER")) {
    this.role = as;
  }

  random(): number {
    return this.randoms.shift() ?? 0;
  }

  atEndOfTurn(run: () => void): void {
    this.#turn.push(run);
  }

  afterIo(run: () => void): void {
    this.#turn.push(run);
  }

  attach(pipe: Pipe): void {
    pipe.owner = this;
    this.pipes.push(pipe);
  }

  emit(type: EventType, fields: EventFields): void {
    this.events.push({ type, fields });
  }

  authenticate(applicant: Applicant, answer: (outcome: Verdict | NoVerdict) => void): () => void {
    const question: Question = { applicant, answer, cancelled: false };
    this.applicants.push(question);
    if (this.verdict !== null) answer(this.verdict);
    return () => (question.cancelled = true);
  }

  nextPeerId(): number {
    return ++this.#peers;
  }

  onlyFirstSubscribe(): boolean {
    return this.onlyFirst;
  }

  linger(): number {
    return this.lingerTime;
  }

  lingering(by: 1 | -1): void {
    this.lingerers += by;
  }

  gone(part: object): void {
    this.over.push(part);
  }

  readable(): void {}

  writable(): void {
    this.signals.push("writable");
  }

  opened(): void {
    this.signals.push("opened");
  }

  lost(): void {
    this.signals.push("lost");
  }

  ended(pipe: Pipe, reason: DropReason): void {
    this.signals.push(`ended ${reason}`);
    if (pipe.queuedIn === 0) pipe.finish("unread");
  }

  subscription(_pipe: Pipe, topic: Uint8Array, added: boolean): void {
    this.signals.push(`${added ? "+" : "-"}${String.fromCharCode(...topic)}`);
  }

  /** Lets the turn end: batches are written. */
  turn(): void {
    for (let runs = this.#turn.splice(0); runs.length > 0; runs = this.#turn.splice(0)) for (const run of runs) run();
  }

  /** Lets time pass, and the turn end after it. */
  pass(duration: number): void {
    this.clock.advance(duration);
    this.turn();
  }

  /** The socket's end of the newest pipe. */
  get pipe(): Pipe {
    const pipe = this.pipes.at(-1);
    assert.ok(pipe !== undefined, "there is no pipe");
    return pipe;
  }

  send(...texts: string[]): void {
    for (const text of texts) assert.ok(this.pipe.write([utf8(text)]), `${text} is taken`);
  }

  /** Types of the events since the last call. */
  told(): string {
    return this.events
      .splice(0)
      .map(({ type }) => type)
      .join(", ");
  }

  /** What was dropped at either end of any pipe, by reason; only what is not zero. */
  get drops(): Partial<Record<DropReason, number>> {
    const sums = noDrops();
    for (const pipe of this.pipes) {
      for (const reason of Object.keys(sums) as DropReason[])
        sums[reason] += pipe.drops[reason] + pipe.far.drops[reason];
    }
    return Object.fromEntries(Object.entries(sums).filter(([, count]) => count > 0));
  }

  /** Checks that everything ended: no timer waits, nothing lingers, and no message is missing. */
  checkOver(parts: number): void {
    this.turn();
    assert.equal(this.clock.waiting, 0, "no timer waits");
    assert.equal(this.lingerers, 0, "nothing lingers");
    assert.equal(this.over.length, parts, "each part said once that it is gone");
    assert.equal(new Set(this.over).size, parts);
    for (const pipe of this.pipes) checkBooks(pipe);
  }
}

/** written = delivered + queued + dropped, for what the socket's end of a pipe wrote. */
function checkBooks(pipe: Pipe): void {
  const { delivered, inFlight, generated } = pipe.traffic;
  const dropped = pipe.drops["linger-expired"] + pipe.drops["peer-lost"] + pipe.drops.hwm;
  const far = pipe.far.drops["linger-expired"] + pipe.far.drops["peer-lost"];
  assert.equal(pipe.writes + generated, delivered + inFlight + pipe.queuedOut + dropped + far, "the books balance");
}
