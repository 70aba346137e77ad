import type { Timer } from "../base/clock.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { ending, type Ending } from "./ending.ts";
import type { EngineHost } from "./host.ts";
import type { Outbox } from "./outbox.ts";

/** The session that ends. */
interface Departing {
  readonly host: EngineHost;
  readonly outbox: Outbox;
  end(why: Ending): void;
}

/**
 * The last part of a session's life: the socket let go of its pipe, and what is queued goes out for as long as the socket
 * lingers. It ends the session when all is sent or the time is over, whichever comes first.
 */
export class Lingering {
  readonly #session: Departing;
  readonly #pipe: Pipe;
  #timer: Timer | null = null;

  constructor(session: Departing, pipe: Pipe) {
    this.#session = session;
    this.#pipe = pipe;
  }

  begin(): void {
    const { host, outbox } = this.#session;
    host.lingering(1);
    const linger = host.linger();
    if (linger >= 0) {
      this.#timer = host.clock.after(linger, () => this.#session.end(ending("linger", "the linger time was over")));
    }
    outbox.emptied = (): void => this.#endWhenSent();
    outbox.drain();
    outbox.flush();
    this.#endWhenSent();
  }

  /** The session ends now. */
  stop(): void {
    this.#timer?.cancel();
  }

  /** The session has ended: it holds the process no longer. */
  over(): void {
    this.#session.host.lingering(-1);
  }

  #endWhenSent(): void {
    if (this.#pipe.queuedIn === 0 && this.#session.outbox.empty) this.#session.end(ending("finished", "all was sent"));
  }
}
