import { allocateSmall } from "../base/bytes.ts";
import { Deque } from "../base/deque.ts";
import type { Pipe } from "../pipe/pipe.ts";

/** A subscription, or its end, as the user of an XPUB receives it: 01 or 00, then the topic. */
export interface Notice {
  readonly frame: Uint8Array;
  readonly from: Pipe | null;
}

/** How much of something waits. */
interface Tally {
  count: number;
  bytes: number;
}

const NOTHING: Readonly<Tally> = { count: 0, bytes: 0 };

/**
 * Notices that wait to be received, and how many of them are whose: a peer that subscribes and cancels without end must
 * not fill the memory of a publisher that does not read them, and must not be mistaken for another.
 *
 * It keeps the books; who has too many, and what becomes of him, its owner says.
 */
export class Notices {
  readonly #queue = new Deque<Notice>();
  readonly #tallies: Map<Pipe, Tally> = new Map();
  /** Of peers that are gone: nobody is left to be held to a limit. */
  readonly #orphaned: Tally = { count: 0, bytes: 0 };

  get length(): number {
    return this.#queue.length;
  }

  /** `from` null: the end of what a peer that left had subscribed to. */
  push(topic: Uint8Array, added: boolean, from: Pipe | null): void {
    const frame = allocateSmall(topic.length + 1);
    frame[0] = added ? 1 : 0;
    frame.set(topic, 1);
    this.#queue.push({ frame, from });
    count(from === null ? this.#orphaned : this.#tallyOf(from), frame, 1);
  }

  shift(): Notice | undefined {
    const notice = this.#queue.shift();
    if (notice === undefined) return undefined;
    const { frame, from } = notice;
    const tally = from === null ? undefined : this.#tallies.get(from);
    count(tally ?? this.#orphaned, frame, -1);
    if (from !== null && tally?.count === 0) this.#tallies.delete(from);
    return notice;
  }

  /** What waits of one peer; null: of all that are gone. */
  waiting(from: Pipe | null): Readonly<Tally> {
    return from === null ? this.#orphaned : (this.#tallies.get(from) ?? NOTHING);
  }

  /** The peer is gone. */
  orphan(from: Pipe): void {
    const tally = this.#tallies.get(from);
    if (tally === undefined) return;
    this.#tallies.delete(from);
    this.#orphaned.count += tally.count;
    this.#orphaned.bytes += tally.bytes;
  }

  #tallyOf(from: Pipe): Tally {
    let tally = this.#tallies.get(from);
    if (tally === undefined) this.#tallies.set(from, (tally = { count: 0, bytes: 0 }));
    return tally;
  }
}

function count(tally: Tally, frame: Uint8Array, by: 1 | -1): void {
  tally.count += by;
  tally.bytes += by * frame.length;
}
