/** Writes docs/performance.md and the charts from what was measured last (bench/results): `node bench/report.mjs`. */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chart } from "./chart.mjs";
import { growthChart } from "./growth-chart.mjs";
import { curvesOf, growthTable } from "./growth-rows.mjs";
import { markdown } from "./table.mjs";

const LATEST = new URL("results/latest.json", import.meta.url);
const CHART = new URL("results/latest.svg", import.meta.url);
const GROWTH = new URL("results/growth.json", import.meta.url);
const GROWTH_CHART = new URL("results/growth.svg", import.meta.url);
const PAGE = new URL("../docs/performance.md", import.meta.url);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeReport();

/** Draws what was measured last. */
export function writeReport() {
  const run = JSON.parse(readFileSync(LATEST, "utf8"));
  const growth = JSON.parse(readFileSync(GROWTH, "utf8"));
  writeFileSync(CHART, chart(run.rows.filter(({ name }) => !isTurn(name))));
  writeFileSync(GROWTH_CHART, growthChart(curvesOf(growth)));
  writeFileSync(PAGE, page(run, growth));
}

/**
 * @param {{ machine: object, settings: object, peers: string[], rows: import("./table.mjs").Row[] }} run
 * @param {object} growth what bench/growth.mjs writes
 */
export function page({ machine, settings, peers, rows: all }, growth) {
  const rows = all.filter(({ name }) => !isTurn(name));
  const turns = all.filter(({ name }) => isTurn(name));
  const against = rows.filter(({ ahead }) => ahead.libzmq !== undefined);
  const level = against.filter(({ ahead }) => ahead.libzmq >= 1).length;
  return `# Performance

<!-- Written by bench/report.mjs from bench/results/latest.json: run \`npm run bench\`, don't edit. -->

${sentence(peers)}, measured on ${machine.date}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB,
${machine.system}, Node.js ${machine.node}; load average ${machine.load} before it began. Each figure is the median of
${settings.reps}.${settings.quick ? " **A quick run, to see that everything works: not to be quoted.**" : ""} In ${level} of the ${against.length} rows that libzmq in C has,
zeromq-ts is level with it or ahead.

![Each row relative to libzmq in C](../bench/results/latest.svg)

Machines differ and are noisy: compare figures within a row only. "vs" says how many times better zeromq-ts is, whatever
the unit: above 1 it is ahead. Where lower figures are better (times, memory), the ratio is turned round.

${markdown(rows)}

## How cost grows

![Throughput and memory along each axis](../bench/results/growth.svg)

Along each axis one thing becomes more and all else stays: how much more does one message (or topic, or peer) cost than it
did before? 1.00 is not at all. Of message size, the cost is the time over that of one byte, plus that of the bytes at the
best rate of all sizes: 1.00 is a straight line. Memory is in bytes for each, where the process itself no longer shows.
Measured on ${growth.machine.date}, ${growth.reps === 1 ? "once" : `medians of ${growth.reps}`}; \`npm run bench:growth\` does it again, axis by axis where words name some.

${growthTable(curvesOf(growth))}

- Peers are not of any package: one process of plain sockets ([crowd.mjs](../bench/peers/crowd.mjs)), one descriptor each, so
  that 10,000 need a limit of 10,000 and some on both sides (\`ulimit -n\`; the soft limit is raised to the hard one). Each of
  a ROUTER's peers keeps 50 messages on their way; a PUB waits for the slowest (\`noDrop\`).
- Subscriptions: all of one SUB, each published on in turn, so that no two messages in a row take the same way down the tree.
- Queued messages: for a PULL over ipc that comes when all are queued, and drains them; 100,000 others went before.
- Message size: up to 1 GiB; from 16 MiB on with a high-water mark of 2.

## How long a turn takes

One turn of the event loop is held by one connection for **512 KiB** of what it sends, or one read beyond, however small its
messages; by a sender for **512 messages** or 32,768 copies of published ones (of copies
that share their memory, 16 count as one); by a receiver for **2,048 messages**. Then
timers and all other connections have their turn. On this machine that is **no more than 25 ms** for whatever one peer does,
and mostly under 8: a timer of 0 ms, and a peer that says something every 5 ms, beside one that floods.

${turns.length === 0 ? "Not measured in the last run." : markdown(turns)}

## What is measured

- Two processes over loopback, except for inproc: there one process, with two threads in C and where the row says so. All
  with the options' defaults, but where nothing may be lost or refused: PUB-SUB and queued messages have no high-water mark,
  and who accepts 2,000 connections has a backlog of 4096.
- JavaScript is written the ordinary way, \`await socket.send(message)\` and \`for await (const [frame] of socket)\`, the
  same program for zeromq-ts and zeromq.js ([bench/peers](../bench/peers)); C with blocking \`zmq_msg_send\` and
  \`zmq_msg_recv\` ([libzmq.c](../bench/peers/libzmq.c)).
- The peers take turns within each repetition, and the first one changes, so that what else the machine does hits all.
- Rates are counted by the receiver for ${settings.seconds} s; the first quarter is warm-up and does not count.
- REQ-REP: ${settings.roundTrips} round trips after 500 that don't count, each process on a core of its own (\`taskset\`).
- Prefixes: 20 subscribers hold 10,000 topics between them, and 20,000 are published in turn; half of all match.
- CURVE: all clients have the same keys. zeromq-ts uses npm sodium-native where it is installed, from 2 KiB on. Handshakes
  accepted per second of CPU are connections over the processor time of the ROUTER's process, in all of its threads.
- Memory is what Linux says of the process (resident set), over what it was before, for each message or connection.
- Turns: time between two firings of a \`setTimeout\` of 0 ms that is set again each time (which makes 1 ms of it), in the
  process that receives or publishes flat out; and how old a slow peer's messages are when they are received there.

\`npm run bench\` measures everything anew; \`npm run bench -- --list\` names the rows, and words behind it choose among
them. \`npm run bench -- --micro\` times the frame codec, the topic tree, the pipes and the deque by themselves.
\`npm run soak\` shows for 30 minutes (\`-- --minutes 3\`) that nothing is left behind by peers that come and go.
On 2026-11-21, 360 rounds with 26 million messages: after the first minutes the heap stayed between 13.2 and 13.7 MB, all
memory of the process between 126 and 133.
\`node bench/threads.mjs\` times inproc between two workers, with other sizes and high-water marks too.
`;
}

/** Rows about the loop's turns have a table of their own. */
function isTurn(name) {
  return name.startsWith("Flood");
}

function sentence(names) {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
