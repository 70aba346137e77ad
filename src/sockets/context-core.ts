import { ZmqError } from "../base/errors.ts";
import { Background } from "../background/background.ts";
import { hear } from "../background/blocking.ts";
import { here, type Engine } from "../engine/parts.ts";
import { ContextOptionStore } from "../options/context-options.ts";
import type { Platform } from "../platform/platform.ts";
import { InprocNames } from "../transports/inproc.ts";
import type { Threads } from "../transports/threads.ts";
import type { Authenticator } from "./authenticator.ts";
import { answerCall } from "./inproc-threads.ts";
import { Termination, undelivered } from "./termination.ts";
import type { ContextSelf, SocketSelf } from "./self.ts";

/** ms without a byte taken after which a process that calls exit() gives up on a peer. */
const EXIT_PATIENCE = 1000;
/** ms that a process waits for queued messages before it says so. */
const WARN_AFTER = 500;

/**
 * What a context is behind its public class: its sockets, its inproc names, and the end of the process.
 *
 * Idle sockets never hold the process. When nothing else does, messages still queued do, until they are out or their
 * linger time is over.
 */
export class ContextCore implements ContextSelf {
  readonly platform: Platform;
  readonly options: ContextOptionStore;
  readonly names: InprocNames<SocketSelf>;
  /** The other threads that have it too; null: none has. */
  readonly threads: Threads | null;
  /** Open, or closed and still lingering. */
  readonly sockets: Set<SocketSelf> = new Set();
  authenticator: Authenticator | null = null;
  readonly #lingering: Set<SocketSelf> = new Set();
  /** Whether it is only the last messages of closed sockets that keep the process. */
  #holding = false;
  #warned = false;
  #watching = false;
  #isShut = false;
  #termination: Termination | null = null;
  #background: Background | null = null;
  /** The number that the last peer got; I/O threads count on. */
  static readonly #peerIds = new Int32Array(new SharedArrayBuffer(4));

  constructor(platform: Platform, threads: Threads | null = null) {
    this.platform = platform;
    this.threads = threads;
    this.options = new ContextOptionStore(threads?.shared ?? null);
    this.names = new InprocNames(threads);
    threads?.serve((name, call) => answerCall(this, name, call));
    if (threads !== null) hear(threads);
  }

  /** Throws EMFILE when there are as many sockets as `maxSockets`, and ETERM (in the end EFAULT) once it was shut down. */
  add(socket: SocketSelf): void {
    if (this.#isShut) throw new ZmqError(this.#termination?.complete === true ? "EFAULT" : "ETERM");
    const max = this.options.get("maxSockets");
    if ((this.threads?.countSockets(0) ?? this.sockets.size) >= max) {
      throw new ZmqError("EMFILE", { hint: `the context has ${max} sockets (maxSockets); close() some` });
    }
    this.sockets.add(socket);
    this.threads?.countSockets(1);
    this.#watchProcess();
  }

  ended(socket: SocketSelf): void {
    if (this.sockets.delete(socket)) this.threads?.countSockets(-1);
    this.#endIfOver();
  }

  /** zmq_ctx_shutdown: all calls on its sockets fail with ETERM, those that wait too, and no more sockets are made. */
  shutDown(): void {
    this.#isShut = true;
    for (const socket of this.sockets) socket.shutDown();
  }

  /** zmq_ctx_term: the same, and resolves when all sockets were closed and have lingered. */
  terminate(): Promise<void> {
    this.shutDown();
    this.#termination ??= new Termination(this);
    for (const socket of this.sockets) socket.endpoints.giveUp();
    this.#endIfOver();
    return this.#termination.done;
  }

  get ending(): boolean {
    return this.#termination !== null;
  }

  hasThread(affinity: number): boolean {
    const threads = this.options.get("ioThreads");
    return threads > 0 && (affinity === 0 || affinity % 2 ** threads > 0);
  }

  get engine(): Engine {
    if (!this.options.get("background")) return here;
    const peerIds = ContextCore.#peerIds.buffer;
    return (this.#background ??= new Background(() => this.options.get("ioThreads"), peerIds, this.platform));
  }

  checkBlocking(): void {
    if (this.options.get("background")) return;
    const hint = "a blocked thread can't move bytes: give the socket a new Context({ background: true })";
    throw new ZmqError("ENOTSUP", { hint });
  }

  nextPeerId(): number {
    return Atomics.add(ContextCore.#peerIds, 0, 1) + 1;
  }

  /** A closed socket began to send its last messages, or is done. */
  lingering(socket: SocketSelf, before: number, after: number): void {
    if (before === 0 && after > 0) this.#lingering.add(socket);
    if (before > 0 && after === 0) this.#lingering.delete(socket);
    if (this.#lingering.size > 0 || !this.#holding) return;
    this.#holding = false;
    this.platform.release();
  }

  #endIfOver(): void {
    this.#termination?.look();
    if (this.#termination?.complete === true) this.#background?.stop();
  }

  #watchProcess(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.platform.onIdleExit(() => this.#atIdle());
    this.platform.onExit(() => this.#atExit());
  }

  /** Nothing holds the process: sockets that still have something to send are let go of as close() does. */
  #atIdle(): void {
    for (const socket of this.sockets) {
      if (socket.closed || socket.ledger.unsent === 0 || socket.linger() === 0) continue;
      socket.close();
    }
    if (this.#lingering.size === 0 || this.#holding) return;
    this.#holding = true;
    this.platform.hold();
    this.#warnLater();
  }

  /** The process exits now: what is queued to connected peers goes out, as libzmq's I/O thread would see to. */
  #atExit(): void {
    for (const socket of this.sockets) {
      const linger = socket.linger();
      if (linger !== 0) socket.endpoints.flushSync(linger < 0 ? EXIT_PATIENCE : Math.min(linger, EXIT_PATIENCE));
    }
    this.threads?.leave();
  }

  #warnLater(): void {
    if (this.#warned) return;
    this.platform.clock.after(WARN_AFTER, () => {
      if (this.#lingering.size === 0 || this.#warned) return;
      this.#warned = true;
      const blocky = this.options.get("blocky") ? " Set 'context.blocky = false' to change this behaviour." : "";
      this.platform.warn(`Waiting for queued ZeroMQ messages to be delivered.${blocky}${undelivered(this.#lingering)}`);
    });
  }
}
