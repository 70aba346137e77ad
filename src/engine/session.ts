import type { Batch } from "../base/batch.ts";
import type { Message } from "../base/message.ts";
import type { Peer } from "../base/peer.ts";
import type { EventFields } from "../observe/events.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { ByteStream, StreamEvents } from "../transports/transport.ts";
import type { AuthenticationRequest, Connection, ConnectionEvents, PeerFacts, Verdict } from "../wire/connection.ts";
import { deliver, takeRequests } from "./delivery.ts";
import { ending, endingOf, lossOf, report, unloaded, type Ending } from "./ending.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { EngineHost, Settings } from "./host.ts";
import { Intake, type IntakeParts } from "./intake.ts";
import { Lifecycle, SESSION_MOVES } from "./lifecycle.ts";
import { Lingering } from "./lingering.ts";
import { loadFor } from "./mechanism.ts";
import { announce, greet, NOTIFY_CONNECT, NOTIFY_DISCONNECT } from "./notices.ts";
import { Opening, type Opener } from "./opening.ts";
import { Outbox } from "./outbox.ts";
import { newConnection, NOTHING_SAID } from "./protocol.ts";
import { Signals } from "./signals.ts";
import { WirePeer } from "./wire-peer.ts";

/** Who started a session: a dialer or a listener. */
export interface SessionOwner {
  /** The endpoint the session belongs to, as events name it. */
  readonly endpoint: string;
  readonly dialed: boolean;
  /** The last attempt was lost in its handshake: perhaps to what it sent too early. */
  readonly cautious: boolean;
  /** The handshake is done: the far end of the pipe to use, or null when the socket wants none any more. */
  join(session: Session): Pipe | null;
  /** Comes once, whatever ended it. */
  ended(session: Session, why: Ending): void;
}

/**
 * One peer, from a stream that is open to its one and only end: handshake, traffic, heartbeat.
 *
 * It joins a stream, its wire state and the far end of a pipe. It neither frames (wire/), nor batches what goes out
 * (outbox.ts), nor paces what comes in (intake.ts), nor times the handshake (opening.ts), nor decides what comes after the
 * end (dialer.ts, listener.ts).
 */
export class Session implements StreamEvents, ConnectionEvents, IntakeParts, Opener {
  readonly id: number;
  /** Where bytes to send at once go: handshake commands and PONGs. */
  readonly output: Batch;
  readonly host: EngineHost;
  readonly stream: ByteStream;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly #settings: Settings;
  readonly #owner: SessionOwner;
  readonly #intake: Intake;
  /** Whether a frame of a message may be a subscription, and whether messages of one frame need not be looked at. */
  readonly #takesTopics: boolean;
  readonly #runs: boolean;
  readonly #life: Lifecycle<typeof SESSION_MOVES> = new Lifecycle(SESSION_MOVES, "handshaking");
  /** There is none before anybody asks for it: most peers beat no time. */
  #heartbeat: Heartbeat | null = null;
  /** Null from the moment on that the peer is ready, or that all is over. */
  #opening: Opening | null;
  /** Null until the socket lets go of the pipe. */
  #lingering: Lingering | null = null;
  #pipe: Pipe | null = null;
  #peer: Peer | null = null;

  constructor(host: EngineHost, settings: Settings, owner: SessionOwner, stream: ByteStream) {
    this.id = host.nextPeerId();
    this.host = host;
    const { inbound, publishes, groups } = host.role;
    this.#takesTopics = publishes && groups !== true;
    this.#runs = inbound === undefined && !publishes;
    this.#settings = settings;
    this.#owner = owner;
    this.stream = stream;
    this.connection = newConnection(host, settings);
    this.outbox = new Outbox(stream, this.connection, host);
    this.output = this.outbox.batch;
    this.#opening = new Opening(host, settings, this);
    this.#intake = new Intake(this);
  }

  /** For the intake: the connection tells the session itself. */
  get events(): ConnectionEvents {
    return this;
  }

  begin(): void {
    if (this.connection.handshakes) this.#opening?.begin();
    this.connection.start(this.output, this.#owner.cautious);
    if (this.#owner.dialed) this.outbox.schedule();
    else this.#opening?.waitForPeer();
    const loading = loadFor(this.#settings, this.host.cryptography);
    if (loading === null) this.stream.begin(this);
    else
      loading.then(
        () => this.#beginLate(),
        (error: unknown) => this.end(unloaded(error)),
      );
    if (!this.connection.handshakes) this.ready(NOTHING_SAID);
  }

  /** What its mechanism needs is there now: until then nothing was read. */
  #beginLate(): void {
    if (this.#life.state !== "done") this.stream.begin(this);
  }

  /** Whether the handshake is done and the end has not come. */
  get established(): boolean {
    return this.#pipe !== null && this.#life.state !== "done";
  }

  /** Whether the handshake was done, ended or not. */
  get shaken(): boolean {
    return this.#peer !== null;
  }

  // What the stream tells.

  received(bytes: Uint8Array): void {
    this.#heartbeat?.heard();
    if (this.#pipe === null) return this.#receivedEarly(bytes);
    this.#pipe.traffic.bytesIn += bytes.length;
    this.#pipe.traffic.lastTraffic = this.host.clock.now();
    this.#pipe.traffic.moved?.();
    this.#intake.received(bytes);
  }

  #receivedEarly(bytes: Uint8Array): void {
    this.#opening?.heard(bytes.length);
    this.#intake.received(bytes);
    if (this.connection.holding === true) this.#opening?.waitForPeer();
  }

  get unread(): boolean {
    return this.#pipe !== null && this.#pipe.queuedOut > 0;
  }

  target(): Uint8Array | null {
    return this.connection.target();
  }

  drained(): void {
    this.outbox.drained();
    this.#intake.drained();
  }

  closed(error?: Error): void {
    const why = error?.message ?? "the peer closed the connection";
    this.end(ending("lost", why + (this.#opening?.hint ?? ""), error));
  }

  /** The peer's bytes were not what they may be. */
  failed(error: unknown): void {
    this.end(endingOf(error, this.#opening?.applicant ?? ""));
  }

  // What the connection tells.

  authenticate(request: AuthenticationRequest): void {
    this.#intake.hold();
    this.#opening?.authenticate(request);
  }

  ready(facts: PeerFacts): void {
    this.#life.move("ready");
    const early = this.#opening?.bytesIn ?? 0;
    this.#opening?.stop();
    this.#opening = null;
    const { endpoint, dialed } = this.#owner;
    this.#peer = new WirePeer(facts, { id: this.id, endpoint, dialed }, this.stream);
    if (this.host.watched) this.host.emit("handshake", this.#fields());
    const pipe = (this.#pipe = this.#owner.join(this));
    if (pipe === null) return this.end(ending("finished", "the socket has let go of this endpoint"));
    pipe.owner = new Signals(this, this.outbox, this.#intake);
    pipe.traffic.handshakes++;
    pipe.traffic.bytesIn += early;
    pipe.traffic.lastTraffic = this.host.clock.now();
    this.#intake.join(pipe);
    greet(this.outbox, pipe, this.#settings);
    if (pipe.far.closed) this.finish();
    else pipe.open(this.#peer);
    announce(pipe, NOTIFY_CONNECT, this.host.role, this.#settings);
    // The socket may have refused the peer just now.
    if (this.#life.state !== "done") {
      this.outbox.join(pipe);
      if (this.#settings.heartbeatInterval > 0) this.#beat().start();
    }
  }

  message(sent: Message): boolean {
    const pipe = this.#pipe as Pipe; // set by `ready`, before which no message comes
    const asks = sent.length > 1 && this.#takesTopics;
    const message = asks ? takeRequests(sent, pipe, this.host, this.#settings) : sent;
    if (message.length === 0 || !deliver(message, pipe, this.host)) return true;
    // What a subscriber sends must not keep a publisher from hearing that it unsubscribes or leaves.
    return this.host.role.publishes || this.#intake.wrote(pipe);
  }

  run(memory: Uint8Array, from: number, end: number, longest: number): number {
    const pipe = this.#pipe;
    if (pipe === null || !this.#runs) return from;
    return pipe.writeRun(memory, from, end, longest);
  }

  subscription(topic: Uint8Array, added: boolean): void {
    this.#pipe?.subscription(topic, added);
  }

  ping(ttl: number): void {
    if (ttl > 0) this.#beat().promised(ttl);
  }

  /** The one way to end: always in the same order, safe to call twice. */
  end(why: Ending): void {
    if (this.#life.state === "done") return;
    const { state } = this.#life;
    this.#life.move("end");
    this.#opening?.stop();
    this.#opening = null;
    this.#lingering?.stop();
    this.#heartbeat?.stop();
    this.#intake.stop();
    const told = why.kind === "protocol" || why.kind === "denied";
    if (told) this.outbox.flush();
    this.outbox.end();
    if (why.kind === "finished" || told) this.stream.end();
    else this.stream.close();
    if (this.#pipe !== null) {
      const loss = lossOf(why, this.connection.held);
      if (loss !== null) this.#pipe.reject(loss);
      announce(this.#pipe, NOTIFY_DISCONNECT, this.host.role, this.#settings);
    }
    report(this.host, why, state !== "handshaking", this.#fields());
    this.#lingering?.over();
    this.#owner.ended(this, why);
  }

  /** Everything queued goes out before this returns, because the process exits. */
  flushSync(limit: number): void {
    if (this.established) this.outbox.flushSync(limit);
  }

  // What the opening asks (opening.ts).

  get peerAddress(): string {
    return this.stream.peerAddress;
  }

  proceed(): void {
    this.connection.proceed?.(this);
    this.outbox.schedule();
  }

  judged(verdict: Verdict): void {
    this.#intake.judged(verdict);
  }

  // What the socket asks for through the pipe (signals.ts).

  /** The socket (un)subscribes: out it goes, before anything queued. */
  subscribe(topic: Uint8Array, added: boolean): void {
    this.connection.encodeSubscription(topic, added, this.output);
    this.outbox.schedule();
  }

  /** The socket let go of the pipe: what is queued goes out for as long as it lingers, then the stream ends. */
  finish(): void {
    if (this.#life.state !== "ready") return;
    this.#life.move("finish");
    this.#lingering = new Lingering(this, this.#pipe as Pipe); // there is one since it was ready
    this.#lingering.begin();
  }

  /** A peer whose bytes wait in the kernel because the user has enough to read is not silent: we are deaf. */
  #silent(cause: string): void {
    if (!this.#intake.deaf) this.end(ending("lost", `nothing was heard within the heartbeat ${cause}`));
  }

  #ping(): boolean {
    if (!this.connection.encodePing(this.#settings.heartbeatTimeToLive, this.output)) return false;
    this.outbox.schedule();
    return true;
  }

  #beat(): Heartbeat {
    return (this.#heartbeat ??= new Heartbeat(this.host.clock, this.#settings, {
      ping: () => this.#ping(),
      silent: (cause) => this.#silent(cause),
    }));
  }

  #fields(): EventFields {
    const fields = { address: this.#owner.endpoint, peer: this.id, peerAddress: this.stream.remote };
    const peer = this.#peer;
    return peer === null ? fields : { ...fields, socketType: peer.socketType, routingId: peer.routingId };
  }
}
