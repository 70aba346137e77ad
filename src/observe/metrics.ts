import { DROP_REASONS, type DropReason, type Drops } from "./drops.ts";

/**
 * What is counted, per socket and (where `per` says so) per peer. Counters only grow; gauges are what is so now.
 *
 * Counts are of whole messages and of copies: a message published to three subscribers is sent once and generated
 * twice. Drops are counted by reason, in `drops.ts`. The law that ties them together is `unaccounted`.
 */
export const METRICS = {
  messagesSent: { kind: "counter", per: "peer", unit: "messages", doc: "Handed over by the user." },
  messagesGenerated: {
    kind: "counter",
    per: "peer",
    unit: "messages",
    doc: "Added by the socket: further copies of what is published, hello and welcome messages, probes.",
  },
  messagesDelivered: {
    kind: "counter",
    per: "peer",
    unit: "messages",
    doc: "Left this process, or were taken over by an inproc peer.",
  },
  messagesReceived: { kind: "counter", per: "peer", unit: "messages", doc: "Arrived whole from peers." },
  messagesTaken: { kind: "counter", per: "peer", unit: "messages", doc: "Received by the user." },
  queuedOut: { kind: "gauge", per: "peer", unit: "messages", doc: "Waiting to be delivered." },
  queuedIn: { kind: "gauge", per: "peer", unit: "messages", doc: "Waiting to be received by the user." },
  hwmHitsOut: {
    kind: "counter",
    per: "peer",
    unit: "times",
    doc: "How often sending found a queue full (sendHighWaterMark).",
  },
  hwmHitsIn: {
    kind: "counter",
    per: "peer",
    unit: "times",
    doc: "How often reading from a peer stopped because its queue was full (receiveHighWaterMark).",
  },
  bytesSent: {
    kind: "counter",
    per: "peer",
    unit: "bytes",
    doc: "Given to the system, framing and commands included.",
  },
  bytesReceived: {
    kind: "counter",
    per: "peer",
    unit: "bytes",
    doc: "Read from the system, framing and commands included.",
  },
  peers: { kind: "gauge", per: "socket", unit: "peers", doc: "Connected now, with the handshake done." },
  connects: { kind: "counter", per: "socket", unit: "connections", doc: "First connections of a connect()." },
  reconnects: { kind: "counter", per: "socket", unit: "connections", doc: "Further connections of a connect()." },
  accepts: { kind: "counter", per: "socket", unit: "connections", doc: "Accepted by listeners." },
  disconnects: {
    kind: "counter",
    per: "socket",
    unit: "connections",
    doc: "Ended after the handshake, and not because this side wanted it to.",
  },
  handshakeTimeout: { kind: "counter", per: "socket", unit: "handshakes", doc: "Failed: not done in time." },
  handshakeProtocol: {
    kind: "counter",
    per: "socket",
    unit: "handshakes",
    doc: "Failed: the peer broke the protocol.",
  },
  handshakeAuth: { kind: "counter", per: "socket", unit: "handshakes", doc: "Failed: authentication was denied." },
  handshakeUnjudged: {
    kind: "counter",
    per: "socket",
    unit: "handshakes",
    doc: "Failed: a peer had to be authenticated, and nobody was there to do it.",
  },
  handshakePeerType: {
    kind: "counter",
    per: "socket",
    unit: "handshakes",
    doc: "Failed: the peer's socket type can't talk with this one.",
  },
  handshakeLost: { kind: "counter", per: "socket", unit: "handshakes", doc: "Failed: the connection was lost." },
  refused: {
    kind: "counter",
    per: "socket",
    unit: "peers",
    doc: "Turned away after the handshake: a second peer of a PAIR, a routing id in use.",
  },
} as const;

METRICS satisfies { readonly [name: string]: MetricRow };

/** One row of the metric table. */
export interface MetricRow {
  readonly kind: "counter" | "gauge";
  /** "peer": for each peer, and in all for the socket. "socket": only that. */
  readonly per: "peer" | "socket";
  readonly unit: string;
  readonly doc: string;
}

export type MetricName = keyof typeof METRICS;

type PeerMetric = { [Name in MetricName]: (typeof METRICS)[Name]["per"] extends "peer" ? Name : never }[MetricName];

/** What is counted of connections: all that only a socket has, but for the gauge. */
export type ConnectionMetric = Exclude<MetricName, PeerMetric | "peers">;

/** The same, at run time. */
export const CONNECTION_METRICS: readonly ConnectionMetric[] = (Object.keys(METRICS) as MetricName[]).filter(
  (name): name is ConnectionMetric => METRICS[name].per === "socket" && name !== "peers",
);

/** The state of one peer's counters. */
export type PeerStats = { readonly [Name in PeerMetric]: number } & { readonly drops: Readonly<Drops> };

/** The state of a socket's counters: its peers, past ones included, and its own. */
export type SocketStats = { readonly [Name in MetricName]: number } & { readonly drops: Readonly<Drops> };

/**
 * How many messages the counters can't account for: zero at every instant, or a message was lost without a reason.
 *
 *     sent + generated = delivered + queued out + dropped out
 *     received         = taken + queued in + dropped in
 *
 * Drops of a reason that has both ways fill what either side lacks. A negative result means counted twice.
 */
export function unaccounted(stats: PeerStats): number {
  const out = stats.messagesSent + stats.messagesGenerated - stats.messagesDelivered - stats.queuedOut;
  const into = stats.messagesReceived - stats.messagesTaken - stats.queuedIn;
  const lackOut = out - dropped(stats.drops, "out");
  const lackIn = into - dropped(stats.drops, "in");
  if (lackOut < 0 || lackIn < 0) return Math.min(lackOut, lackIn);
  return lackOut + lackIn - dropped(stats.drops, "both");
}

/** Drops of all reasons that go one way. */
export function dropped(drops: Readonly<Drops>, way: (typeof DROP_REASONS)[DropReason]["way"]): number {
  let count = 0;
  for (const [reason, row] of Object.entries(DROP_REASONS)) if (row.way === way) count += drops[reason as DropReason]; // the table's keys
  return count;
}
