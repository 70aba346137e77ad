import { noDrops, type DropReason, type Drops } from "../observe/drops.ts";
import {
  METRICS,
  type ConnectionMetric,
  type MetricName,
  type PeerStats,
  type SocketStats,
} from "../observe/metrics.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { SocketSelf } from "./self.ts";

type Counts<Stats> = { -readonly [Name in Exclude<keyof Stats, "drops">]: number };
type PeerCounts = Counts<PeerStats>;

interface Past {
  readonly counts: PeerCounts;
  readonly drops: Drops;
}

/**
 * A socket's books: every message is delivered, queued, or dropped for a reason (see `unaccounted` in observe/metrics).
 *
 * Pipes, sessions and the pattern count what they do in plain numbers; this only adds up, when somebody asks.
 */
export class Ledger {
  /** Messages the socket made itself, beyond what users sent; less those that were requests to the socket. */
  generated = 0;
  /** Messages the socket made for its own user. */
  noticed = 0;
  /** Drops that no pipe counted; made with the first. */
  #drops: Drops | null = null;
  readonly connections: Record<ConnectionMetric, number>;
  readonly #core: SocketSelf;
  /** Pipes that the socket let go of and whose last messages are still on their way. */
  #leaving: Set<Pipe> | null = null;
  /** Sums of pipes that are gone; null before the first. */
  #past: Past | null = null;

  constructor(core: SocketSelf) {
    this.#core = core;
    this.connections = { ...NONE.socket } as Record<ConnectionMetric, number>; // the table's names
  }

  get drops(): Drops {
    return (this.#drops ??= noDrops());
  }

  /** The socket let go of a pipe: what it counted stays in the sums. */
  retire(pipe: Pipe): void {
    (this.#leaving ??= new Set()).add(pipe);
    this.#sumUp();
  }

  /** Messages that still wait to be delivered, or are on their way. */
  get unsent(): number {
    let count = 0;
    for (const pipe of this.#core.pipes) count += pipe.queuedOut + pipe.traffic.inFlight;
    for (const pipe of this.#leaving ?? []) count += pipe.queuedOut + pipe.traffic.inFlight;
    return count;
  }

  /** Those on their way: given to a stream, which has not said yet what became of them. */
  get inFlight(): number {
    let count = 0;
    for (const pipe of this.pipes()) count += pipe.traffic.inFlight;
    return count;
  }

  /** Pipes with their books open: those in use and those still sending. */
  *pipes(): IterableIterator<Pipe> {
    this.#sumUp();
    yield* this.#core.pipes;
    yield* this.#leaving ?? [];
  }

  /** The books as they stand. */
  stats(): SocketStats {
    const open = [...this.pipes()];
    const past = this.#past ?? nothing();
    const counts = { ...past.counts };
    const drops = { ...past.drops };
    for (const pipe of open) add(counts, drops, countsOf(pipe));
    if (this.#drops !== null) for (const reason of reasons(drops)) drops[reason] += this.#drops[reason];
    const { pattern, outgoing, incoming, pipes, closed } = this.#core;
    counts.messagesSent = outgoing.sent;
    counts.messagesGenerated += this.generated;
    counts.messagesReceived += this.noticed;
    counts.messagesTaken = incoming.taken;
    const held = pattern.held ?? 0;
    if (closed) drops.unread += held;
    else counts.queuedIn += held;
    const peers = [...pipes].filter((pipe) => pipe.connected).length;
    return { ...counts, ...this.connections, peers, drops };
  }

  /** Those of which nothing is on its way any more go into the sums. */
  #sumUp(): void {
    for (const each of this.#leaving ?? []) {
      if (!isOver(each)) continue;
      this.#leaving?.delete(each);
      const past = (this.#past ??= nothing());
      add(past.counts, past.drops, countsOf(each));
    }
  }
}

/** What one pipe's numbers say, seen from the socket's end. What a peer sent counts as taken once the socket read it. */
export function countsOf(pipe: Pipe): PeerStats {
  const { far, traffic } = pipe;
  const local = pipe.wire ? null : far;
  const drops = { ...pipe.drops };
  if (local === null) for (const reason of reasons(drops)) drops[reason] += far.drops[reason];
  return {
    messagesSent: pipe.writes + pipe.rejected,
    messagesGenerated: traffic.generated,
    messagesDelivered: local === null ? traffic.delivered : local.reads + local.droppedIn,
    messagesReceived: far.writes + (local === null ? far.rejected : -pipe.withdrawn),
    messagesTaken: pipe.reads,
    queuedOut: pipe.queuedOut + traffic.inFlight,
    queuedIn: pipe.queuedIn,
    hwmHitsOut: pipe.stops.out,
    hwmHitsIn: pipe.stops.in,
    bytesSent: traffic.bytesOut,
    bytesReceived: traffic.bytesIn,
    drops,
  };
}

/** Nothing of it can change any more. */
function isOver(pipe: Pipe): boolean {
  return pipe.closed && pipe.far.closed && pipe.queuedOut + pipe.queuedIn + pipe.traffic.inFlight === 0;
}

function add(counts: PeerCounts, drops: Drops, more: PeerStats): void {
  for (const name of Object.keys(counts) as (keyof PeerCounts)[]) counts[name] += more[name];
  for (const reason of reasons(drops)) drops[reason] += more.drops[reason];
}

function reasons(drops: Drops): DropReason[] {
  return Object.keys(drops) as DropReason[]; // made by noDrops()
}

function namesOf(per: "peer" | "socket"): string[] {
  return (Object.keys(METRICS) as MetricName[]).filter((name) => METRICS[name].per === per && name !== "peers");
}

const NONE = { peer: zeros(namesOf("peer")), socket: zeros(namesOf("socket")) };

function nothing(): Past {
  return { counts: { ...NONE.peer } as PeerCounts, drops: noDrops() }; // the table's names
}

function zeros(names: string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 0]));
}
