/** How much is done: a whole run, and one that only shows that everything works. */
export const WHOLE = { seconds: 0.6, roundTrips: 3000, connections: 2000, queued: 1_000_000 };
export const QUICK = { seconds: 0.15, roundTrips: 300, connections: 200, queued: 100_000 };

const SIZES = [1, 64, 256, 1024, 16_384, 65_536, 1_048_576];

/** Ours only: what zeromq.js has no name for. */
const STYLES = ["batches", "tryReceive", "onMessage"];
const STYLE_SIZES = [1, 64, 256, 1024, 16_384];

const RATE = { key: "perSecond", unit: "messages/s", lower: false };

/**
 * What is measured, as a table.
 *
 * A measurement is one or two programs (bench/peers: a role and its parameters) that meet at an address of `transport`;
 * `server` binds and says where, then `client` starts. `reports` are those that print results, `figures` what is taken
 * from them: a row each. With `ready` the client says when it may begin, which the server is then told. With `crowd` the
 * client is peers/crowd.mjs, whosever the server is.
 *
 * @param {typeof WHOLE} amounts
 */
export function measurements(amounts) {
  return [
    ...SIZES.map((size) => pipeline("tcp", size, amounts)),
    ...[64, 65_536].map((size) => pipeline("ipc", size, amounts)),
    ...[65_536, 1_048_576].map((size) => released(size, amounts)),
    inproc("", "inproc", amounts),
    inproc(" between threads", "threads", amounts),
    ...["tcp", "ipc"].flatMap((transport) => [64, 65_536].map((size) => roundTrip(transport, size, amounts))),
    ...[1, 10, 50].map((sockets) => fanOut(sockets, amounts)),
    prefixes(amounts),
    ...[64, 1024].map((size) => inFlight(size, amounts)),
    queued(amounts),
    connections(amounts),
    ...[64, 1024, 65_536].map((size) =>
      encrypted(pipeline("tcp", size, amounts), `PUSH-PULL CURVE tcp ${bytes(size)}`),
    ),
    handshakes(amounts),
    inBackground(pipeline("tcp", 64, amounts)),
    inBackground(pipeline("tcp", 65_536, amounts)),
    inBackground(encrypted(pipeline("tcp", 1024, amounts), "PUSH-PULL CURVE tcp 1 KiB")),
    ...[1, 2].map((threads) => inThreads(encrypted(pipeline("tcp", 1024, amounts), "PUSH-PULL CURVE"), threads)),
    inBackground(roundTrip("tcp", 64, amounts)),
    ...STYLES.flatMap((style) => STYLE_SIZES.map((size) => synchronous(style, size, amounts))),
    ...["iterate", "onMessage"].flatMap((style) => [1, 64, 65_536].map((size) => flood({ size, style }, amounts))),
    flood({ size: 64, style: "iterate", routed: 1 }, amounts),
    ...[64, 65_536].map((size) => flood({ size, style: "iterate", curve: 1 }, amounts)),
    ...[64, 65_536].map((size) => floodOfPub(size, amounts)),
  ];
}

function pipeline(transport, size, { seconds }) {
  return {
    name: `PUSH-PULL ${transport} ${bytes(size)}`,
    transport,
    server: ["pull", { size, seconds }],
    client: ["push", { size }],
    reports: ["server"],
    figures: [RATE],
  };
}

/** Bodies whose memory the receiver gives back for the next ones, as C's allocator does by itself. */
function released(size, amounts) {
  return {
    ...pipeline("tcp", size, amounts),
    name: `PUSH-PULL with release(), tcp ${bytes(size)}`,
    peers: ["zeromq-ts", "libzmq"],
    server: ["pull", { size, seconds: amounts.seconds, style: "release" }],
  };
}

/** The threads of C are its own matter: both of its rows are the same program. */
function inproc(suffix, role, { seconds }) {
  return {
    name: `PUSH-PULL inproc 64 B${suffix}`,
    transport: "inproc",
    server: [role, { size: 64, seconds }],
    reports: ["server"],
    figures: [RATE],
  };
}

function roundTrip(transport, size, { roundTrips }) {
  return {
    name: `REQ-REP ${transport} ${bytes(size)}`,
    transport,
    pinned: true,
    server: ["reply", {}],
    client: ["request", { size, count: roundTrips }],
    reports: ["client"],
    figures: [
      { key: "p50", unit: "µs", lower: true, suffix: ", p50" },
      { key: "p99", unit: "µs", lower: true, suffix: ", p99" },
    ],
  };
}

function fanOut(sockets, { seconds }) {
  return {
    name: `PUB-SUB 64 B to ${sockets} subscriber${sockets === 1 ? "" : "s"}`,
    transport: "tcp",
    ready: true,
    server: ["publish", { size: 64, seconds }],
    client: ["subscribe", { size: 64, seconds, sockets }],
    reports: ["client"],
    figures: [{ ...RATE, unit: "deliveries/s" }],
  };
}

/** Of 20,000 topics that are published, half are subscribed to. */
function prefixes({ seconds }) {
  return {
    name: "PUB-SUB 10,000 prefixes over 20 subscribers",
    transport: "tcp",
    ready: true,
    server: ["publish", { size: 64, seconds, topics: 20_000 }],
    client: ["subscribe", { size: 64, seconds, sockets: 20, topics: 10_000 }],
    reports: ["client"],
    figures: [{ ...RATE, unit: "deliveries/s" }],
  };
}

function inFlight(size, { seconds }) {
  return {
    name: `DEALER-ROUTER 100 in flight ${bytes(size)}`,
    transport: "tcp",
    server: ["router", {}],
    client: ["dealer", { size, seconds, inflight: 100 }],
    reports: ["client"],
    figures: [{ ...RATE, unit: "round trips/s" }],
  };
}

function queued({ queued: count }) {
  return {
    name: `${grouped(count)} messages of 100 B queued`,
    transport: "nobody",
    server: ["queue", { size: 100, count }],
    reports: ["server"],
    figures: [{ key: "bytesPerMessage", unit: "B/message", lower: true }],
  };
}

function connections({ connections: count }) {
  return {
    name: `${grouped(count)} connections`,
    transport: "tcp",
    server: ["accept", { count }],
    client: ["dial", { count }],
    reports: ["server", "client"],
    figures: [
      { key: "milliseconds", unit: "ms", lower: true, suffix: ", time" },
      { key: "dealerBytes", unit: "B/connection", lower: true, suffix: ", memory of the DEALERs" },
      { key: "routerBytes", unit: "B/connection", lower: true, suffix: ", memory of the ROUTER" },
    ],
  };
}

/** The same with CURVE. */
function encrypted({ server: [server, ofServer], client: [client, ofClient], ...rest }, name) {
  return {
    ...rest,
    name,
    server: [server, { ...ofServer, curve: 1 }],
    client: [client, { ...ofClient, curve: 1 }],
  };
}

/** The same with an I/O thread in each process, which libzmq always has. */
function inBackground({ name, server: [server, ofServer], client: [client, ofClient], ...rest }) {
  return {
    ...rest,
    name: name.replace(/(?= tcp)/, " in background,"),
    peers: ["zeromq-ts", "libzmq"],
    server: [server, { ...ofServer, background: 1 }],
    client: [client, { ...ofClient, background: 1 }],
  };
}

/** Four connections of one sender, which I/O threads share: libzmq has as many. */
function inThreads({ name, server: [server, ofServer], client: [client, ofClient], ...rest }, threads) {
  return {
    ...rest,
    name: `${name}, 4 connections, ${threads} I/O thread${threads === 1 ? "" : "s"}, tcp ${bytes(ofServer.size)}`,
    peers: ["zeromq-ts", "libzmq"],
    server: [server, { ...ofServer, background: threads }],
    client: [client, { ...ofClient, background: threads, connections: 4 }],
  };
}

function handshakes(amounts) {
  return {
    ...encrypted(connections(amounts), `${grouped(amounts.connections)} CURVE connections`),
    figures: [
      { key: "milliseconds", unit: "ms", lower: true, suffix: ", time" },
      { key: "perCpuSecond", unit: "handshakes/s", lower: false, suffix: ", accepted per second of CPU" },
    ],
  };
}

/** libzmq has one way to send and to receive: the same as in its other rows. */
function synchronous(style, size, { seconds }) {
  return {
    name: `trySend and ${style}, tcp ${bytes(size)}`,
    transport: "tcp",
    peers: ["zeromq-ts", "libzmq"],
    server: ["pull", { size, seconds, style }],
    client: ["push", { size, style: "trySend" }],
    reports: ["server"],
    figures: [RATE],
  };
}

const GAPS = [
  { key: "gap99", unit: "ms", lower: true, suffix: ": timer, p99" },
  { key: "gapMost", unit: "ms", lower: true, suffix: ": timer, worst" },
];
const AGES = [
  { key: "age99", unit: "ms", lower: true, suffix: ": another peer, p99" },
  { key: "ageMost", unit: "ms", lower: true, suffix: ": another peer, worst" },
];

/** What a timer and a peer of few words see of a peer that sends without a pause. */
function flood({ size, style, routed = 0, curve }, { seconds }) {
  const kind = `${routed ? "ROUTER" : "PULL"}${curve ? " CURVE" : ""}`;
  const parameters = { size, seconds: 2 * seconds, routed, ...(curve ? { curve } : {}) };
  return {
    name: `Flood of ${bytes(size)}, ${kind}, ${style === "iterate" ? "for await" : style}`,
    transport: "tcp",
    peers: style === "iterate" ? ["zeromq-ts", "zeromq.js"] : ["zeromq-ts"],
    server: ["endure", { ...parameters, style }],
    client: ["flood", parameters],
    reports: ["server"],
    figures: [...GAPS, ...AGES],
  };
}

function floodOfPub(size, { seconds }) {
  return {
    name: `Flood of ${bytes(size)}, PUB to 10 subscribers`,
    transport: "tcp",
    peers: ["zeromq-ts"],
    server: ["publishAll", { size, seconds: 2 * seconds, sockets: 10 }],
    client: ["hearAll", { sockets: 10 }],
    reports: ["server"],
    figures: GAPS,
  };
}

export function bytes(size) {
  if (size < 1024) return `${size} B`;
  if (size < 1_048_576) return `${size / 1024} KiB`;
  return size < 1_073_741_824 ? `${size / 1_048_576} MiB` : `${size / 1_073_741_824} GiB`;
}

export function grouped(count) {
  return count.toLocaleString("en");
}
