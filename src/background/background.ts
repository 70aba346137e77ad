import type { EngineHost, Settings } from "../engine/host.ts";
import type { DatagramPart, DialerPart, Engine, ListenerPart } from "../engine/parts.ts";
import { seals } from "../engine/mechanism.ts";
import { Link } from "../transports/threads/link.ts";
import { hear } from "./blocking.ts";
import { BranchedListener } from "./distant-branches.ts";
import { DistantDatagrams, DistantDialer, DistantListener, type Place } from "./distant-part.ts";
import { DistantThread } from "./distant-thread.ts";
import type { SharedMemory } from "./runtime.ts";
import type { Acquaintance } from "./siblings.ts";

/** What starts and ends threads, and when things run in this one. */
export interface Threading {
  readonly clock: EngineHost["clock"];
  atEndOfTurn(run: () => void): void;
  afterIo(run: () => void): void;
  hold(): void;
  release(): void;
  /** Starts a thread; `ended` is called when it is no more, whyever. */
  startIoThread(memory: SharedMemory, ended: () => void): { meet(other: Acquaintance): void; stop(): void };
}

/**
 * The I/O threads of a context: an engine whose dialers, listeners and sessions are in other threads, so that these go on
 * while the application's is busy or blocked.
 *
 * A thread is started when there is work for it. Each part goes to the one that has the fewest, of those that the socket's
 * `affinity` names (ZMQ_AFFINITY), and stays there. A listener whose connections are costly has branches in all of them.
 */
export class Background implements Engine {
  readonly #threading: Threading;
  readonly #peerIds: SharedArrayBuffer;
  readonly #count: () => number;
  readonly #threads: (DistantThread | null)[] = [];
  readonly #stops: (() => void)[] = [];
  /** For each thread, which others know of it. */
  readonly #known: WeakMap<DistantThread, WeakSet<DistantThread>> = new WeakMap();
  #started = 0;

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
    const allowed = this.#allowed(settings.affinity);
    if (allowed.length === 1 || !seals(settings)) return new DistantListener(this.#place(host, settings));
    const share = { ...settings, maxHandshakes: Math.max(1, Math.floor(settings.maxHandshakes / allowed.length)) };
    const place = this.#place(host, share);
    const others = allowed.map((at) => this.#threadAt(at)).filter((thread) => thread !== place.thread);
    for (const thread of others) {
      this.#introduce(place.thread, thread);
      thread.join(host);
    }
    return new BranchedListener(
      place,
      others.map((thread) => ({ ...place, thread })),
    );
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

  #place(host: EngineHost, settings: Settings): Place {
    const thread = this.#pick(settings.affinity);
    thread.join(host);
    return { thread, host, settings };
  }

  #pick(affinity: number): DistantThread {
    const allowed = this.#allowed(affinity);
    return this.#threadAt(allowed.reduce((best, at) => (this.#loadOf(at) < this.#loadOf(best) ? at : best)));
  }

  #allowed(affinity: number): number[] {
    const all = Array.from({ length: this.#count() }, (_, at) => at);
    return affinity === 0 ? all : all.filter((at) => Math.floor(affinity / 2 ** at) % 2 === 1);
  }

  #threadAt(at: number): DistantThread {
    return (this.#threads[at] ??= this.#start(at));
  }

  /** Two threads can reach each other from now on, without the application. */
  #introduce(one: DistantThread, other: DistantThread): void {
    const known = this.#known.get(one) ?? new WeakSet();
    if (known.has(other)) return;
    this.#known.set(one, known.add(other));
    this.#known.set(other, (this.#known.get(other) ?? new WeakSet()).add(one));
    const memory = Link.memory();
    one.meet({ thread: other.number, memory, side: 0 });
    other.meet({ thread: one.number, memory, side: 1 });
  }

  /** A thread is gone: those that know it can't find that out by themselves. */
  #tellOf(thread: DistantThread): void {
    for (const other of this.#threads) {
      if (other && this.#known.get(thread)?.has(other)) other.say({ do: "mourn", thread: thread.number });
    }
  }

  #loadOf(at: number): number {
    return this.#threads[at]?.load ?? 0;
  }

  #start(at: number): DistantThread {
    const { clock } = this.#threading;
    const thread = new DistantThread({
      number: ++this.#started,
      clock,
      turns: this.#threading,
      peerIds: this.#peerIds,
      run: (memory) => {
        const started = this.#threading.startIoThread(memory, () => {
          this.#threads[at] = null;
          deaf();
          this.#tellOf(thread);
          thread.lose();
        });
        this.#stops.push(() => started.stop());
        return (other) => started.meet(other);
      },
    });
    const deaf = hear(thread);
    return thread;
  }
}
