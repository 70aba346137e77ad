import { Deque } from "../base/deque.ts";
import type { EngineHost } from "./host.ts";

/** When things run: what an outbox needs of its host. */
export type Turns = Pick<EngineHost, "atEndOfTurn" | "afterIo" | "busy">;

/** Turns of the loop that a small batch waits for more, which is a few ms. */
const TURNS = 24;

/**
 * With many peers, a turn for each so many: what comes in a turn is shared between all who wait, and a batch would go out
 * with two messages in it. (1,000 peers of a ROUTER that answers them: 254 k msg/s with 24 turns for any number.)
 */
const PEERS_PER_TURN = 16;

/** Bytes gathered before they go out within a turn: a write costs the kernel as much as copying these. */
export const FLUSH_SIZE: number = 64 * 1024;

/**
 * What the batches that wait may hold together; each gets a share of it, but LEAST at least, which fills one slab of the middle
 * size (base/batch.ts). 10,000 peers of a PUB: 1.1 to 3.4 M copies/s.
 */
const TOGETHER: number = 64 * 1024 * 1024;
const LEAST: number = 8 * 1024 - 512;

/** A small batch that waits. */
export interface Waiting {
  /** Since which turn; another number once it went out, or waits anew. */
  since: number;
  flush(): void;
}

/** A batch that is held, and since which turn. */
interface Held {
  readonly batch: Waiting;
  readonly since: number;
}

const OF_HOST = new WeakMap<Turns, Patience>();

/**
 * Holds back the small batches of a host that is in the middle of a run, in the order in which they came. There is one look
 * at them in each turn, which ends at the first that has to wait on: one for each batch took most of the time of a socket
 * with 10,000 peers.
 */
export class Patience {
  readonly #turns: Turns;
  /** Null before the first that waits: most hosts have one connection, and never are in the middle of a run. */
  #waiting: Deque<Held> | null = null;
  #turn = 1;
  /** Bytes at which a batch goes out in the middle of a turn: the fewer, the more of them wait. */
  enough: number = FLUSH_SIZE;

  private constructor(turns: Turns) {
    this.#turns = turns;
  }

  /** The one of this host. */
  static of(turns: Turns): Patience {
    let patience = OF_HOST.get(turns);
    if (patience === undefined) OF_HOST.set(turns, (patience = new Patience(turns)));
    return patience;
  }

  /** It is flushed when its time is over or the run is. */
  hold(batch: Waiting): void {
    batch.since = this.#turn;
    const waiting = (this.#waiting ??= new Deque());
    waiting.push({ batch, since: this.#turn });
    this.#share(waiting.length);
    if (waiting.length === 1) this.#turns.afterIo(() => this.#flushDue(waiting));
  }

  #flushDue(waiting: Deque<Held>): void {
    this.#turn++;
    const patience = Math.max(TURNS, waiting.length / PEERS_PER_TURN);
    for (let next = waiting.peek(); next !== undefined; next = waiting.peek()) {
      const { batch, since } = next;
      if (batch.since === since) {
        if (this.#turns.busy && since + patience > this.#turn) break;
        batch.flush();
      }
      waiting.shift();
    }
    this.#share(waiting.length);
    if (waiting.length > 0) this.#turns.afterIo(() => this.#flushDue(waiting));
  }

  #share(between: number): void {
    this.enough = Math.max(LEAST, Math.min(FLUSH_SIZE, Math.floor(TOGETHER / between)));
  }
}
