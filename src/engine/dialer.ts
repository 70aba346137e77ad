import { Backoff } from "../base/backoff.ts";
import type { Timer } from "../base/clock.ts";
import { AuthenticationError, fromSystem } from "../base/errors.ts";
import { Pipe, type PipeOwner } from "../pipe/pipe.ts";
import type { ByteStream, DialEvents, Dialing, Transport } from "../transports/transport.ts";
import { ending, type Ending } from "./ending.ts";
import type { EngineHost, Settings } from "./host.ts";
import { DIALER_MOVES, Lifecycle } from "./lifecycle.ts";
import { notice } from "./notices.ts";
import { pipeSettings } from "./pipes.ts";
import { Session, type SessionOwner } from "./session.ts";

/** Bits of ZMQ_RECONNECT_STOP. */
const STOP_REFUSED = 1;
const STOP_HANDSHAKE_FAILED = 2;
const STOP_AFTER_DISCONNECT = 4;

/** The far end of a pipe without a session: all that matters is that the socket lets go of it. */
class Unconnected implements PipeOwner {
  readonly #dialer: { letGo(): void };

  constructor(dialer: { letGo(): void }) {
    this.#dialer = dialer;
  }

  readable(): void {}

  writable(): void {}

  opened(): void {}

  lost(): void {}

  ended(): void {
    this.#dialer.letGo();
  }

  subscription(): void {}
}

/**
 * One connect(): dials, and dials again with a growing delay until it is told to stop.
 *
 * Its pipe exists from the start, so that messages queue before anybody answers, and outlives connections; with
 * `immediate` there is a pipe only while a peer is there. What a connection does is the session's business.
 */
export class Dialer implements SessionOwner, DialEvents {
  readonly endpoint: string;
  readonly dialed = true;
  cautious = false;
  readonly #transport: Transport;
  readonly #host: EngineHost;
  readonly #settings: Settings;
  /** Null before the first delay, and again once somebody answered: doubling starts anew. */
  #backoff: Backoff | null = null;
  readonly #life: Lifecycle<typeof DIALER_MOVES> = new Lifecycle(DIALER_MOVES, "idle");
  /** The far end of the pipe; null while there is none. */
  #pipe: Pipe | null = null;
  #dialing: Dialing | null = null;
  #session: Session | null = null;
  #retry: Timer | null = null;
  #linger: Timer | null = null;
  #lingers = false;
  #letGoAt: number | null = null;
  #connections = 0;
  /** Hears the pipe while no session has it. */
  readonly #signals: PipeOwner;

  constructor(host: EngineHost, settings: Settings, target: { transport: Transport; endpoint: string }) {
    this.endpoint = target.endpoint;
    this.#transport = target.transport;
    this.#host = host;
    this.#settings = settings;
    this.#signals = new Unconnected(this);
  }

  start(): void {
    if (!this.#settings.immediate) this.#makePipe();
    this.#dial();
  }

  /** disconnect() or close(): what is queued goes out for as long as the socket lingers. */
  close(): void {
    const pipe = this.#pipe;
    this.#letGoAt = this.#host.clock.now();
    if (pipe === null) return this.#end();
    // The session, when there is one, was told through the pipe and will end by itself.
    pipe.far.dismiss("unread");
  }

  /** Stops at once; what is queued is dropped as `linger-expired`. */
  abort(): void {
    this.#expire();
  }

  flushSync(limit: number): void {
    this.#session?.flushSync(limit);
  }

  // What sessions ask and tell.

  join(): Pipe | null {
    if (this.#pipe !== null) return this.#pipe;
    if (this.#life.state === "done") return null;
    return this.#makePipe();
  }

  ended(session: Session, why: Ending): void {
    if (this.#session !== session) return;
    this.#session = null;
    this.cautious = !session.shaken && why.kind === "lost";
    const pipe = this.#pipe;
    // Before the pipe is dropped: a socket answers that by letting go of it.
    const letGo = pipe?.far.closed === true;
    if (pipe !== null) {
      if (pipe.connected) this.#hiccup(pipe);
      pipe.owner = this.#signals;
      pipe.lose();
    }
    if (this.#life.state === "done") return;
    if (why.kind === "finished" || why.kind === "linger") return this.#end();
    if (this.#settings.immediate) this.#dropPipe();
    if (this.#stops(session, why)) this.#stop();
    else this.#again();
    if (letGo) this.letGo();
  }

  #makePipe(): Pipe {
    const near = Pipe.pair(pipeSettings(this.#settings));
    near.endpoint = this.endpoint;
    const pipe = (this.#pipe = near.far);
    pipe.owner = this.#signals;
    this.#host.attach(near);
    return pipe;
  }

  #dropPipe(): void {
    this.#pipe?.finish("peer-lost");
    this.#pipe = null;
  }

  /** The socket let go of the pipe while nobody is connected. */
  letGo(): void {
    if (this.#life.state === "done") return;
    const queued = this.#pipe?.queuedIn ?? 0;
    const linger = this.#lingerLeft();
    // A session in its handshake will send what is queued.
    const hopeless = this.#session === null && !this.#life.can("opened") && !this.#life.can("dial");
    if (queued === 0 || linger === 0 || hopeless || this.#afterDisconnect()) return this.#expire();
    if (this.#lingers) return;
    this.#lingers = true;
    this.#host.lingering(1);
    if (linger > 0) this.#linger = this.#host.clock.after(linger, () => this.#expire());
  }

  /** ms left of the linger time, which counts from close(); -1 is for ever. */
  #lingerLeft(): number {
    const linger = this.#host.linger();
    if (linger < 0 || this.#letGoAt === null) return linger;
    return Math.max(0, linger - (this.#host.clock.now() - this.#letGoAt));
  }

  #expire(): void {
    this.#session?.end(ending("linger", "the linger time was over"));
    this.#pipe?.finish("linger-expired");
    this.#end();
  }

  #end(): void {
    if (this.#life.state === "done") return;
    this.#life.move("close");
    this.#dialing?.cancel();
    this.#retry?.cancel();
    this.#linger?.cancel();
    if (this.#lingers) this.#host.lingering(-1);
    const session = this.#session;
    this.#session = null;
    session?.end(ending("finished", "the endpoint was disconnected"));
    this.#pipe?.finish("linger-expired");
    this.#host.gone(this);
  }

  #dial(): void {
    this.#life.move("dial");
    const address = this.endpoint.slice(this.#transport.scheme.length + 3);
    this.#dialing = this.#transport.dial(address, this.#settings, this);
  }

  // What the transport tells.

  delayed(): void {
    this.#host.emit("connect:delay", { address: this.endpoint });
  }

  opened(stream: ByteStream): void {
    this.#dialing = null;
    this.#life.move("opened");
    this.#backoff = null;
    this.#host.connections[this.#connections++ === 0 ? "connects" : "reconnects"]++;
    this.#host.emit("connect", { address: this.endpoint, peerAddress: stream.remote });
    this.#session = new Session(this.#host, this.#settings, this, stream);
    this.#session.begin();
  }

  failed(error: Error): void {
    this.#dialing = null;
    this.#life.move("failed");
    const reason = fromSystem(error, this.endpoint);
    this.#host.emit("close", { address: this.endpoint, error: reason, reason: reason.message });
    const refused = (reason as { code?: unknown }).code === "ECONNREFUSED";
    if (refused && (this.#settings.reconnectStop & STOP_REFUSED) !== 0) this.#forget();
    else this.#retryLater();
  }

  /** A connection ended: dial again after the delay. */
  #again(): void {
    this.#life.move("lost");
    this.#retryLater();
  }

  #retryLater(): void {
    const interval = this.#delays().next();
    if (interval === null) return this.#forget();
    this.#host.emit("connect:retry", { address: this.endpoint, interval });
    this.#retry = this.#host.clock.after(interval, () => this.#dial());
  }

  #delays(): Backoff {
    const { reconnectInterval, reconnectMaxInterval } = this.#settings;
    return (this.#backoff ??= new Backoff(reconnectInterval, reconnectMaxInterval, () => this.#host.random()));
  }

  /** No more attempts, and the endpoint is no longer known (reconnectInterval 0 or -1, libzmq 8.6). */
  #forget(): void {
    this.#dropPipe();
    this.#end();
  }

  /**
   * A peer that breaks the protocol is not tried again, nor is one that does not let this side in, unless for now; the
   * endpoint stays registered (libzmq 8.6).
   */
  #stops(session: Session, why: Ending): boolean {
    if (why.kind === "protocol") return true;
    if (why.error instanceof AuthenticationError && why.error.status !== 300) return true;
    return !session.shaken && (this.#settings.reconnectStop & STOP_HANDSHAKE_FAILED) !== 0;
  }

  #stop(): void {
    this.#life.move("stop");
    this.#dropPipe();
  }

  #afterDisconnect(): boolean {
    return (this.#settings.reconnectStop & STOP_AFTER_DISCONNECT) !== 0 && this.#session === null;
  }

  /** ZMQ_HICCUP_MSG: delivered here as if the peer had sent it. */
  #hiccup(pipe: Pipe): void {
    const { hiccupMessage } = this.#settings;
    if (hiccupMessage !== null && hiccupMessage.length > 0) notice(pipe, hiccupMessage);
  }
}
