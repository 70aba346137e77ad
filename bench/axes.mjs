import { bytes, grouped } from "./rows.mjs";

/** How far each axis goes: a whole run, and one that only shows that everything works. */
export const WHOLE = {
  seconds: 1,
  peers: [1, 10, 100, 1000, 10_000],
  subscriptions: [1, 100, 10_000, 100_000, 1_000_000],
  queued: [10_000, 100_000, 1_000_000, 10_000_000],
  sizes: [1, 64, 1024, 16_384, 65_536, 1 << 20, 1 << 24, 1 << 28, 1 << 30],
};
export const QUICK = {
  seconds: 0.15,
  peers: [1, 20],
  subscriptions: [1, 1000],
  queued: [1000, 10_000],
  sizes: [64, 1 << 21],
};

/** Messages this large come one by one: no more than two wait on either side. */
const FEW_AT_ONCE = 1 << 24;
/** And each takes up to half a second. */
const SLOW = 1 << 28;

const rate = (key, title) => ({ key, title, unit: "messages/s", lower: false });
const memory = (key, title, per) => ({ key, title, unit: `B/${per}`, lower: true });

/**
 * How cost grows, as a table: along each axis one thing becomes more, and all else stays as it is.
 *
 * `at` makes a measurement (see rows.mjs) for a point. Of the curves, those in messages/s are costs per message: they
 * should stay level. Those in bytes are per peer, subscription or queued message, and should too; below `settled` they
 * show nothing but what a process needs anyway. With `linear`, a message has a cost of its own and one per byte.
 *
 * @param {typeof WHOLE} amounts
 */
export function axes({ seconds, peers, subscriptions, queued, sizes }) {
  return [
    {
      name: "peers of one ROUTER",
      points: peers,
      settled: 1000,
      label: grouped,
      curves: [
        rate("perSecond", "64 B returned to peers of a ROUTER"),
        memory("bytesPerPeer", "Memory of a ROUTER", "peer"),
      ],
      at: (peers) => crowded("host", "dealers", { peers, size: 64, seconds }),
    },
    {
      name: "peers of one PUB",
      points: peers,
      settled: 1000,
      label: grouped,
      curves: [
        rate("perSecond", "64 B delivered to peers of a PUB"),
        memory("bytesPerPeer", "Memory of a PUB", "peer"),
      ],
      at: (peers) => crowded("broadcast", "subscribers", { peers, size: 64, seconds }),
    },
    {
      name: "subscriptions",
      points: subscriptions,
      settled: 10_000,
      label: grouped,
      curves: [
        rate("perSecond", "64 B published on subscribed topics"),
        { ...rate("subscribedPerSecond", "Topics subscribed to"), unit: "topics/s", starts: true },
        memory("publisherBytes", "Memory of the PUB", "subscription"),
        memory("subscriberBytes", "Memory of the SUB", "subscription"),
      ],
      at: (topics) => ({
        transport: "tcp",
        server: ["announce", { topics }],
        client: ["listen", { topics, seconds }],
        ready: true,
        reports: ["server", "client"],
      }),
    },
    {
      name: "queued messages",
      points: queued,
      settled: 100_000,
      label: grouped,
      curves: [
        rate("queuedPerSecond", "100 B queued for an absent peer"),
        rate("drainedPerSecond", "100 B drained when it comes"),
        memory("bytesPerMessage", "Memory of a queue of 100 B", "message"),
      ],
      at: (count) => ({
        transport: "ipc",
        server: ["collect", { count }],
        client: ["hoard", { size: 100, count }],
        ready: true,
        reports: ["server", "client"],
      }),
    },
    {
      name: "message size",
      points: sizes,
      linear: true,
      label: bytes,
      curves: [rate("perSecond", "PUSH-PULL over tcp")],
      at: (size) => ({
        transport: "tcp",
        server: ["pull", { size, seconds: size >= SLOW ? 3 * seconds : seconds, ...mark(size) }],
        client: ["push", { size, ...mark(size) }],
        reports: ["server"],
      }),
    },
  ];
}

function crowded(role, crowd, parameters) {
  return {
    transport: "tcp",
    crowd: true,
    ready: true,
    server: [role, parameters],
    client: [crowd, parameters],
    reports: ["server", "client"],
  };
}

function mark(size) {
  return size >= FEW_AT_ONCE ? { mark: 2 } : {};
}
