import type { Timer } from "../base/clock.ts";
import type { Platform } from "../platform/platform.ts";
import type { SocketSelf } from "./self.ts";

/** ms after which a context that does not terminate says what it waits for. */
const WARN_AFTER = 1000;

/** What terminating needs of a context. */
interface Terminating {
  readonly platform: Platform;
  /** Open, or closed and still lingering. */
  readonly sockets: ReadonlySet<SocketSelf>;
}

/**
 * The end of a context (zmq_ctx_term): waits until its sockets were closed and have sent what they linger for. Holds the
 * process meanwhile, since libzmq's call blocks. It closes nothing itself.
 */
export class Termination {
  readonly done: Promise<void>;
  complete = false;
  readonly #context: Terminating;
  readonly #warning: Timer;
  #resolve: () => void = () => undefined;

  constructor(context: Terminating) {
    this.#context = context;
    this.done = new Promise((resolve) => (this.#resolve = resolve));
    context.platform.hold();
    this.#warning = context.platform.clock.after(WARN_AFTER, () => this.#warn());
  }

  /** To be called whenever a socket has ended. */
  look(): void {
    if (this.complete || this.#context.sockets.size > 0) return;
    this.complete = true;
    this.#warning.cancel();
    this.#context.platform.release();
    this.#resolve();
  }

  #warn(): void {
    const { platform, sockets } = this.#context;
    const all = [...sockets];
    const open = all.filter((socket) => !socket.closed).map((socket) => ` ${nameOf(socket)} is open: close() it.`);
    platform.warn(`Waiting for a ZeroMQ context to terminate.${open.join("")}${undelivered(all)}`);
  }
}

/** " Push to tcp://127.0.0.1:5555: 3 messages, linger -1 ms." for each peer that messages wait for. */
export function undelivered(sockets: Iterable<SocketSelf>): string {
  const lines: string[] = [];
  for (const socket of sockets) {
    for (const pipe of socket.ledger.pipes()) {
      const count = pipe.queuedOut + pipe.traffic.inFlight;
      if (count === 0) continue;
      const where = pipe.peer?.address ?? pipe.endpoint;
      lines.push(` ${socket.type.className} to ${where}: ${count} messages, linger ${socket.linger()} ms.`);
    }
  }
  return lines.join("");
}

function nameOf(socket: SocketSelf): string {
  const { last } = socket.endpoints;
  return last === null ? socket.type.className : `${socket.type.className} (${last})`;
}
