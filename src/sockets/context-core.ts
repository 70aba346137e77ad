import { ZmqError } from "../base/errors.ts";
import { ContextOptionStore } from "../options/context-options.ts";
import type { Platform } from "../platform/platform.ts";
import { InprocNames } from "../transports/inproc.ts";
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
  readonly options: ContextOptionStore = new ContextOptionStore();
  readonly names: InprocNames<SocketSelf> = new InprocNames();
  /** Open, or closed and still lingering. */
  readonly sockets: Set<SocketSelf> = new Set();
  readonly #lingering: Set<SocketSelf> = new Set();
  /** Whether it is only the last messages of closed sockets that keep the process. */
  #holding = false;
  #warned = false;
  #watching = false;
  static #peerIds = 0;

  constructor(platform: Platform) {
    this.platform = platform;
  }

  /** Throws EMFILE when there are as many sockets as `maxSockets`. */
  add(socket: SocketSelf): void {
    const max = this.options.get("maxSockets");
    if (this.sockets.size >= max) {
      throw new ZmqError("EMFILE", { hint: `the context has ${max} sockets (maxSockets); close() some` });
    }
    this.sockets.add(socket);
    this.#watchProcess();
  }

  ended(socket: SocketSelf): void {
    this.sockets.delete(socket);
  }

  nextPeerId(): number {
    return ++ContextCore.#peerIds;
  }

  /** A closed socket began to send its last messages, or is done. */
  lingering(socket: SocketSelf, before: number, after: number): void {
    if (before === 0 && after > 0) this.#lingering.add(socket);
    if (before > 0 && after === 0) this.#lingering.delete(socket);
    if (this.#lingering.size > 0 || !this.#holding) return;
    this.#holding = false;
    this.platform.release();
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
  }

  #warnLater(): void {
    if (this.#warned) return;
    this.platform.clock.after(WARN_AFTER, () => {
      if (this.#lingering.size === 0 || this.#warned) return;
      this.#warned = true;
      const blocky = this.options.get("blocky") ? " Set 'context.blocky = false' to change this behaviour." : "";
      this.platform.warn(`Waiting for queued ZeroMQ messages to be delivered.${blocky}${this.#who()}`);
    });
  }

  /** " Push to tcp://127.0.0.1:5555: 3 messages" for each that waits. */
  #who(): string {
    const lines: string[] = [];
    for (const socket of this.#lingering) {
      for (const pipe of socket.ledger.pipes()) {
        const count = pipe.queuedOut + pipe.traffic.inFlight;
        if (count === 0) continue;
        const where = pipe.peer?.address ?? pipe.endpoint;
        lines.push(` ${socket.type.className} to ${where}: ${count} messages, linger ${socket.linger()} ms.`);
      }
    }
    return lines.join("");
  }
}
