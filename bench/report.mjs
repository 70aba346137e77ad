/** Writes docs/performance.md and bench/results/latest.svg from bench/results/latest.json: `node bench/report.mjs`. */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chart } from "./chart.mjs";
import { markdown } from "./table.mjs";

const LATEST = new URL("results/latest.json", import.meta.url);
const CHART = new URL("results/latest.svg", import.meta.url);
const PAGE = new URL("../docs/performance.md", import.meta.url);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeReport();

/** Draws what was measured last. */
export function writeReport() {
  const run = JSON.parse(readFileSync(LATEST, "utf8"));
  writeFileSync(CHART, chart(run.rows));
  writeFileSync(PAGE, page(run));
}

/** @param {{ machine: object, settings: object, peers: string[], rows: import("./table.mjs").Row[] }} run */
export function page({ machine, settings, peers, rows }) {
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
- Timer lag: the longest that a \`setTimeout\` of 0 ms, set again each time, waited in a process that receives flat out.

\`npm run bench\` measures everything anew; \`npm run bench -- --list\` names the rows, and words behind it choose among
them. \`npm run bench -- --micro\` times the frame codec, the topic tree, the pipes and the deque by themselves.
\`node bench/threads.mjs\` times inproc between two workers, with other sizes and high-water marks too.
`;
}

function sentence(names) {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
