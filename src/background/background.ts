import type { EngineHost, Settings } from "../engine/host.ts";
import type { DatagramPart, DialerPart, Engine, ListenerPart } from "../engine/parts.ts";
import { hear } from "./blocking.ts";
import { DistantDatagrams, DistantDialer, DistantListener } from "./distant-part.ts";
import { DistantThread } from "./distant-thread.ts";
import type { SharedMemory } from "./runtime.ts";

/** What starts and ends threads, and when things run in this one. */
export interface Threading {
  readonly clock: EngineHost["clock"];
  atEndOfTurn(run: () => void): void;
  afterIo(run: () => void): void;
  hold(): void;
  release(): void;
  /** Starts a thread; `ended` is called when it is no more, whyever. */
  startIoThread(memory: SharedMemory, ended: () => void): { stop(): void };
}

/**
 * The I/O threads of a context: an engine whose dialers, listeners and sessions are in other threads, so that these go on
 * while the application's is busy or blocked.
 *
 * A thread is started when there is work for it. Each part goes to the one that has the fewest, of those that the socket's
 * `affinity` names (ZMQ_AFFINITY), and stays there.
 */
export class Background implements Engine {
  readonly #threading: Threading;
  readonly #peerIds: SharedArrayBuffer;
  readonly #count: () => number;
  readonly #threads: (DistantThread | null)[] = [];
  readonly #stops: (() => void)[] = [];

  /** `count` says how many threads there may be now; those that run already stay. */
  constructor(count: () => number, peerIds: SharedArrayBuffer, threading: Threading) {
    this.#count = count;
    this.#peerIds = peerIds;
    this.#threading = threading;
  }

  dialer(host: EngineHost, settings: Settings, { endpoint }: { endpoint: string }): DialerPart {
    return new DistantDialer(this.#place(host, settings), endpoint);
  }

  listener(host: EngineHost, settings: Settings): ListenerPart {
    return new DistantListener(this.#place(host, settings));
  }

  datagrams(host: EngineHost, settings: Settings, { endpoint }: { endpoint: string }): DatagramPart {
    return new DistantDatagrams(this.#place(host, settings), endpoint);
  }

  changed(host: EngineHost): void {
    for (const thread of this.#threads) thread?.changed(host);
  }

  forget(host: EngineHost): void {
    for (const thread of this.#threads) thread?.forget(host);
  }

  /** Ends the threads: all sockets have ended. */
  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #place(host: EngineHost, settings: Settings): { thread: DistantThread; host: EngineHost; settings: Settings } {
    const thread = this.#pick(settings.affinity);
    thread.join(host);
    return { thread, host, settings };
  }

  #pick(affinity: number): DistantThread {
    let best = -1;
    for (let at = 0; at < this.#count(); at++) {
      const allowed = affinity === 0 || Math.floor(affinity / 2 ** at) % 2 === 1;
      if (allowed && (best < 0 || this.#loadOf(at) < this.#loadOf(best))) best = at;
    }
    return (this.#threads[best] ??= this.#start(best));
  }

  #loadOf(at: number): number {
    return this.#threads[at]?.load ?? 0;
  }

  #start(at: number): DistantThread {
    const { clock } = this.#threading;
    const thread = new DistantThread({
      clock,
      turns: this.#threading,
      peerIds: this.#peerIds,
      run: (memory) => {
        const started = this.#threading.startIoThread(memory, () => {
          this.#threads[at] = null;
          deaf();
          thread.lose();
        });
        this.#stops.push(() => started.stop());
      },
    });
    const deaf = hear(thread);
    return thread;
  }
}
