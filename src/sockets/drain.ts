import type { Timer } from "../base/clock.ts";
import type { SocketSelf } from "./self.ts";
import { peerReports, type PeerReport } from "./peer-report.ts";
import { checkWait } from "./waiters.ts";

/** How long `drain` waits. */
export interface DrainOptions {
  /** ms; -1 (the default) waits for ever. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** What a drain came to. */
export interface DrainReport {
  /** Whether nothing is left to be sent. */
  readonly complete: boolean;
  /** Messages that left this process, and those still queued, in all. */
  readonly delivered: number;
  readonly queued: number;
  /** The same for each peer, with what was dropped and why. */
  readonly peers: readonly PeerReport[];
}

/** How often the books are looked at, in ms: nothing on the hot path has to tell when the last message is out. */
const LOOK_EVERY = 5;

/** Waits until a socket has nothing left to send. */
export class Drain {
  readonly #core: SocketSelf;

  constructor(core: SocketSelf) {
    this.#core = core;
  }

  run(options: DrainOptions = {}): Promise<DrainReport> {
    const { timeout = -1, signal } = checkWait(options, -1);
    const core = this.#core;
    const end = timeout < 0 ? Infinity : core.clock.now() + timeout;
    core.platform.hold();
    return new Promise((resolve, reject) => {
      let timer: Timer | null = null;
      const finish = (then: () => void): void => {
        timer?.cancel();
        core.platform.release();
        then();
      };
      const look = (): void => {
        const left = core.ledger.unsent + core.outgoing.waiting;
        if (signal?.aborted === true) finish(() => reject(signal.reason as Error));
        else if (core.unusable && !core.closed) finish(() => reject(core.fault()));
        else if (left === 0 || core.clock.now() >= end) finish(() => resolve(this.#report()));
        else timer = core.clock.after(LOOK_EVERY, look);
      };
      core.atEndOfTurn(look);
    });
  }

  #report(): DrainReport {
    const stats = this.#core.ledger.stats();
    const queued = stats.queuedOut + this.#core.outgoing.waiting;
    return { complete: queued === 0, delivered: stats.messagesDelivered, queued, peers: peerReports(this.#core) };
  }
}
