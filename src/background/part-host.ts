import type { Applicant, EngineHost, NoVerdict, Role } from "../engine/host.ts";
import type { EventFields, EventType } from "../observe/events.ts";
import { CONNECTION_METRICS, type ConnectionMetric } from "../observe/metrics.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { DEAF, type Passage, type PassageEvents } from "../transports/threads.ts";
import type { Verdict } from "../wire/connection.ts";
import type { Question, SocketFacts } from "./commands.ts";
import type { IoRuntime } from "./runtime.ts";
import { SessionEnd, type SessionEndHost } from "./session-end.ts";

/** A socket of the application, as far as an I/O thread knows it: shared by its parts. */
export class DistantSocket {
  readonly number: number;
  readonly role: Role;
  facts: SocketFacts;
  /** Counted here, and told as what was counted since. */
  readonly connections: Record<ConnectionMetric, number> = zeros();

  constructor(number: number, role: Role, facts: SocketFacts) {
    this.number = number;
    this.role = role;
    this.facts = facts;
  }

  /** What was counted since it was asked last; null for nothing. */
  takeCounts(): Record<string, number> | null {
    const counted = Object.entries(this.connections).filter(([, count]) => count > 0);
    if (counted.length === 0) return null;
    Object.assign(this.connections, zeros());
    return Object.fromEntries(counted);
  }
}

/** What a part asks of the I/O thread it is in. */
export interface PartHostLink {
  readonly runtime: IoRuntime;
  tellEvent(socket: DistantSocket, type: EventType, fields: EventFields): void;
  tellCounts(socket: DistantSocket): void;
  judge(socket: DistantSocket, applicant: Applicant, answer: (outcome: Verdict | NoVerdict) => void): () => void;
  callSocket(question: Question, events: PassageEvents): Passage;
  /** Nothing is left of a part. */
  over(part: number): void;
}

/**
 * What a dialer or listener in an I/O thread takes for its socket: everything it asks or tells goes to the application, or
 * is answered from what the application said before.
 */
export class PartHost implements EngineHost, SessionEndHost {
  readonly number: number;
  readonly #link: PartHostLink;
  readonly #socket: DistantSocket;
  readonly #pipes: Set<SessionEnd> = new Set();
  /** The passage that the application opened for the part's first pipe, until that is there. */
  #reserved: ((events: PassageEvents) => Passage) | null = null;
  /** Connections that are here, and their sessions elsewhere. */
  #relays = 0;
  #gone = false;

  constructor(number: number, socket: DistantSocket, link: PartHostLink) {
    this.number = number;
    this.#socket = socket;
    this.#link = link;
  }

  /** The next pipe is this one of the application's. */
  reserve(passage: (events: PassageEvents) => Passage): void {
    this.#reserved = passage;
  }

  /** The part never came to be, and its pipe is not used. */
  discard(): void {
    this.#reserved?.(DEAF).end();
    this.#reserved = null;
  }

  /** A connection is here whose session is elsewhere, or no longer: the part is there for as long. */
  relaying(by: 1 | -1): void {
    this.#relays += by;
    this.#endIfOver();
  }

  // What the engine asks.

  get role(): Role {
    return this.#socket.role;
  }

  get clock(): IoRuntime["clock"] {
    return this.#link.runtime.clock;
  }

  get cryptography(): IoRuntime["cryptography"] {
    return this.#link.runtime.cryptography;
  }

  get connections(): Record<ConnectionMetric, number> {
    return this.#socket.connections;
  }

  get judges(): boolean {
    return this.#socket.facts.judges;
  }

  get watched(): boolean {
    return this.#socket.facts.watched;
  }

  get departed(): number {
    return this.#socket.facts.departed;
  }

  /** Senders are in another thread: what they write in one run comes in few pieces. */
  get busy(): boolean {
    return false;
  }

  random(): number {
    return this.#link.runtime.random();
  }

  atEndOfTurn(run: () => void): void {
    this.#link.runtime.atEndOfTurn(run);
  }

  afterIo(run: () => void): void {
    this.#link.runtime.afterIo(run);
  }

  nextPeerId(): number {
    return this.#link.runtime.nextPeerId();
  }

  onlyFirstSubscribe(): boolean {
    return this.#socket.facts.onlyFirstSubscribe;
  }

  linger(): number {
    return this.#socket.facts.linger;
  }

  /** The application holds its process until the part is gone. */
  lingering(): void {}

  attach(pipe: Pipe): void {
    const { endpoint, unfiltered } = pipe;
    const question: Question = { for: "pipe", part: this.number, endpoint, unfiltered };
    const open = this.#reserved ?? ((events): Passage => this.#link.callSocket(question, events));
    this.#reserved = null;
    this.#pipes.add(new SessionEnd(this, pipe, open));
  }

  emit(type: EventType, fields: EventFields): void {
    // Whoever hears of it finds it counted.
    this.#link.tellCounts(this.#socket);
    if (this.watched) this.#link.tellEvent(this.#socket, type, fields);
  }

  authenticate(applicant: Applicant, answer: (outcome: Verdict | NoVerdict) => void): () => void {
    return this.#link.judge(this.#socket, applicant, answer);
  }

  gone(): void {
    this.#gone = true;
    for (const pipe of this.#pipes) pipe.report();
    this.#endIfOver();
  }

  // What pipes tell.

  pipeOver(end: SessionEnd): void {
    this.#pipes.delete(end);
    this.#link.tellCounts(this.#socket);
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (!this.#gone || this.#pipes.size + this.#relays > 0) return;
    this.#link.tellCounts(this.#socket);
    this.#link.over(this.number);
  }
}

function zeros(): Record<ConnectionMetric, number> {
  return Object.fromEntries(CONNECTION_METRICS.map((name) => [name, 0])) as Record<ConnectionMetric, number>; // all names
}
