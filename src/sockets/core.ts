import { ZmqError } from "../base/errors.ts";
import type { Applicant, NoVerdict } from "../engine/host.ts";
import type { DropReason } from "../observe/drops.ts";
import type { EventFields, EventType } from "../observe/events.ts";
import type { ConnectionMetric } from "../observe/metrics.ts";
import { OptionStore } from "../options/options.ts";
import type { Options } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { Platform } from "../platform/platform.ts";
import type { Verdict } from "../wire/connection.ts";
import { judgePeer } from "./authentication.ts";
import type { Authenticator } from "./authenticator.ts";
import { Endpoints } from "./endpoints.ts";
import { setMarks } from "./inproc-meeting.ts";
import { Incoming } from "./incoming.ts";
import { Ledger } from "./ledger.ts";
import { Outgoing } from "./outgoing.ts";
import type { Pattern } from "./pattern.ts";
import type { ContextSelf, EventListener, SocketSelf } from "./self.ts";
import type { SocketType } from "./type.ts";

/** How often a socket that is otherwise over looks whether its last bytes are accounted for, in ms. */
const SETTLE_EVERY = 5;

/**
 * What a socket is behind its public class: it joins a pattern (which peers), endpoints (how they come), the two queues
 * of waiting callers, and the ledger. It decides nothing about routing and moves no bytes.
 */
export class SocketCore implements SocketSelf {
  readonly type: SocketType;
  readonly platform: Platform;
  readonly context: ContextSelf;
  readonly store: OptionStore;
  readonly pattern: Pattern;
  readonly outgoing: Outgoing;
  readonly incoming: Incoming;
  readonly endpoints: Endpoints;
  readonly ledger: Ledger;
  readonly pipes: Set<Pipe> = new Set();
  /** Those of the pipes whose peer is gone for good and that are not read empty. Null, as what follows, before the first. */
  #departed: Set<Pipe> | null = null;
  #watchers: Set<() => void> | null = null;
  #movers: Set<() => void> | null = null;
  #listeners: Set<EventListener> | null = null;
  /** The public objects that belong to it. */
  publicContext: object | null = null;
  publicObserver: object | null = null;
  closed = false;
  /** Its context was shut down: every call but close() fails with ETERM. */
  terminated = false;
  /** One of the two: the one thing that calls ask first. */
  unusable = false;
  #authenticator: Authenticator | null = null;
  /** The name of the next connect()'s peer, when it was set by number (ZMQ_CONNECT_ROUTING_ID). */
  nextRoutingId: Uint8Array | null = null;
  /** What of it is still at work after close(). */
  #lingering = 0;
  #settling = false;
  /** Who waits for its end; null before the first. */
  #whenEnded: (() => void)[] | null = null;

  constructor(type: SocketType, context: ContextSelf, defaults: Partial<Options>) {
    this.type = type;
    this.context = context;
    this.platform = context.platform;
    this.store = new OptionStore(type.name, defaults);
    this.ledger = new Ledger(this);
    this.pattern = type.pattern(this);
    if (this.pattern.topicsCount !== undefined) this.store.provide("topicsCount", () => this.pattern.topicsCount ?? 0);
    this.outgoing = new Outgoing(this);
    this.incoming = new Incoming(this);
    this.endpoints = new Endpoints(this);
  }

  /** Told whenever a peer or a subscription comes or goes. */
  get watchers(): Set<() => void> {
    return (this.#watchers ??= new Set());
  }

  /** Told whenever a message may be received or sent that could not before; for proxies. */
  get movers(): Set<() => void> {
    return (this.#movers ??= new Set());
  }

  /** The pattern, for calls that make no sense on a closed socket. */
  get openPattern(): Pattern {
    if (this.unusable) throw this.fault();
    return this.pattern;
  }

  close(): void {
    if (this.closed) return;
    this.closed = this.unusable = true;
    if (this.#whenEnded !== null) this.platform.hold();
    const interrupted = (): ZmqError => new ZmqError("EAGAIN", { hint: "the socket was closed meanwhile" });
    this.outgoing.close(interrupted);
    this.incoming.close(() => this.pattern.receiveError?.() ?? interrupted());
    this.endpoints.close();
    for (const pipe of this.pipes) {
      pipe.finish("unread");
      this.drained(pipe);
    }
    this.emit("end", {});
    this.moved();
    this.changed();
    this.#endIfDone();
  }

  /** What a call on it fails with that came too late. */
  fault(): ZmqError {
    return new ZmqError(this.closed ? "EBADF" : "ETERM");
  }

  /** Its context was shut down: waiting calls end now. Connections stay until close(). */
  shutDown(): void {
    if (this.unusable) return;
    this.terminated = this.unusable = true;
    this.outgoing.close(() => this.fault());
    this.incoming.close(() => this.fault());
    this.moved();
    this.changed();
  }

  /** Calls back when nothing is left of it: closed, all sent or given up, all connections ended. */
  whenEnded(run: () => void): void {
    // To wait for the end of an open socket, whenever that may be, does not hold the process.
    if ((this.#whenEnded ??= []).push(run) === 1 && this.closed) this.platform.hold();
    this.#endIfDone();
  }

  /** High-water marks changed: pipes in use follow. */
  applyMarks(): void {
    const { sendHighWaterMark, receiveHighWaterMark } = this.options;
    for (const pipe of this.pipes) {
      const other = pipe.far.owner;
      if (other instanceof SocketCore) setMarks(pipe, this.options, other.options);
      else pipe.setLimits(sendHighWaterMark, receiveHighWaterMark);
    }
  }

  /** The engine would be told something else now, if it asked. */
  answersDiffer(): void {
    this.context.engine.changed?.(this);
  }

  // What the engine asks and tells.

  get role(): SocketType {
    return this.type;
  }

  get clock(): Platform["clock"] {
    return this.platform.clock;
  }

  get connections(): Record<ConnectionMetric, number> {
    return this.ledger.connections;
  }

  random(): number {
    return this.platform.random();
  }

  atEndOfTurn(run: () => void): void {
    this.platform.atEndOfTurn(run);
  }

  get busy(): boolean {
    // Whoever answers what he receives is in the middle of a run too, whichever of its counts ended.
    return this.outgoing.yielding || this.incoming.yielding;
  }

  afterIo(run: () => void): void {
    this.platform.afterIo(run);
  }

  attach(pipe: Pipe): void {
    pipe.owner = this;
    this.pipes.add(pipe);
    this.pattern.attach(pipe);
    this.#canSend();
  }

  emit(type: EventType, fields: EventFields): void {
    if (this.#listeners !== null) for (const listener of this.#listeners) listener(type, fields);
  }

  get cryptography(): Platform["cryptography"] {
    return this.platform.cryptography;
  }

  get judges(): boolean {
    return this.#authenticator !== null;
  }

  authenticate(applicant: Applicant, answer: (outcome: Verdict | NoVerdict) => void): () => void {
    return judgePeer(this, applicant, answer);
  }

  get authenticator(): Authenticator | null {
    return this.#authenticator;
  }

  set authenticator(authenticator: Authenticator | null) {
    this.#authenticator = authenticator;
    this.answersDiffer();
  }

  listen(listener: EventListener): void {
    (this.#listeners ??= new Set()).add(listener);
    this.answersDiffer();
  }

  unlisten(listener: EventListener): void {
    this.#listeners?.delete(listener);
    this.answersDiffer();
  }

  get departed(): number {
    return this.#departed?.size ?? 0;
  }

  get watched(): boolean {
    return this.#listeners !== null && this.#listeners.size > 0;
  }

  nextPeerId(): number {
    return this.context.nextPeerId();
  }

  onlyFirstSubscribe(): boolean {
    return this.store.get("onlyFirstSubscribe");
  }

  linger(): number {
    return this.store.get("linger");
  }

  lingering(by: 1 | -1): void {
    const before = this.#lingering;
    this.#lingering += by;
    this.context.lingering(this, before, this.#lingering);
    this.#endIfDone();
  }

  gone(part: object): void {
    this.endpoints.gone(part);
    this.#endIfDone();
  }

  // What pipes tell.

  readable(pipe: Pipe): void {
    this.pattern.readable(pipe);
    this.wake();
  }

  writable(pipe: Pipe): void {
    this.pattern.writable(pipe);
    this.#canSend();
  }

  opened(pipe: Pipe): void {
    this.pattern.opened(pipe);
    this.#canSend();
    this.changed();
  }

  lost(pipe: Pipe): void {
    this.pattern.lost?.(pipe);
    this.changed();
  }

  ended(pipe: Pipe, _reason: DropReason): void {
    if (!this.pipes.has(pipe)) return;
    this.pattern.detach(pipe);
    if (this.pipes.has(pipe)) {
      (this.#departed ??= new Set()).add(pipe);
      this.answersDiffer();
    }
    // Without it, a send that waited for this peer may go, or have to fail.
    this.outgoing.wake();
    this.changed();
  }

  subscription(pipe: Pipe, topic: Uint8Array, added: boolean): void {
    this.pattern.subscription?.(pipe, topic, added);
    this.changed();
  }

  // What the pattern asks.

  get options(): Readonly<Options> {
    return this.store.snapshot();
  }

  random32(): number {
    return this.platform.random32();
  }

  drop(reason: DropReason, count = 1): void {
    this.ledger.drops[reason] += count;
  }

  copies(count: number, together = false): void {
    this.ledger.generated += count - 1;
    if (together) this.outgoing.spare(count - 1);
  }

  generated(count: number): void {
    this.ledger.generated += count;
  }

  noticed(count: number): void {
    this.ledger.noticed += count;
  }

  refuse(pipe: Pipe, reason: string): void {
    const peer = pipe.peer;
    const fields = peer === undefined ? {} : { peer: peer.id, peerAddress: peer.address, address: peer.endpoint };
    this.emit("disconnect", {
      ...fields,
      reason: `refused: ${reason}`,
      error: new ZmqError("EPROTO", { hint: reason }),
    });
    pipe.close("refused", "refused");
    if (this.pipes.has(pipe)) this.pattern.detach(pipe);
  }

  drained(pipe: Pipe): void {
    if (!this.pipes.delete(pipe)) return;
    if (this.#departed?.delete(pipe) === true) this.answersDiffer();
    pipe.finish("unread");
    this.ledger.retire(pipe);
  }

  wake(): void {
    this.incoming.wake();
    this.moved();
  }

  moved(): void {
    if (this.#movers !== null) for (const move of this.#movers) move();
  }

  changed(): void {
    if (this.#watchers !== null) for (const watcher of this.#watchers) watcher();
  }

  #canSend(): void {
    this.outgoing.wake();
    this.moved();
  }

  #endIfDone(): void {
    if (!this.closed || this.#lingering > 0 || this.endpoints.active > 0 || this.#settling) return;
    if (this.ledger.inFlight > 0) return this.#settle();
    this.context.engine.forget?.(this);
    this.context.ended(this);
    const waiting = this.#whenEnded;
    this.#whenEnded = null;
    if (waiting === null) return;
    this.platform.release();
    for (const run of waiting) run();
  }

  /** What became of the last bytes is known once their streams have closed, some turns later (ByteStream.write). */
  #settle(): void {
    this.#settling = true;
    this.clock.after(SETTLE_EVERY, () => {
      this.#settling = false;
      this.#endIfDone();
    });
  }
}
