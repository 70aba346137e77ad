/**
 * Measures how cost grows with peers, subscriptions, queued messages and message size, beside libzmq in C (see
 * docs/performance.md).
 *
 *     node bench/growth.mjs            every axis; then bench/results/ and docs/performance.md are written
 *     node bench/growth.mjs size       only axes whose name contains one of the texts; the others keep their figures
 *     --list        names of the axes              --quick         short axes; nothing is written but --json
 *     --reps N      repetitions (3)                --peers a,b     of zeromq-ts, libzmq
 *     --json FILE   where results go               --ours FILE     entry of the package (dist/index.js)
 *
 * A point that fails says why, and the next one begins; then the exit code is 1.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { axes, QUICK, WHOLE } from "./axes.mjs";
import { thisMachine } from "./machine.mjs";
import { measure } from "./measure.mjs";
import { findPeers } from "./peers.mjs";
import { writeReport } from "./report.mjs";
import { headLine, line } from "./table.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const RESULTS = path.join(ROOT, "bench", "results", "growth.json");

const { values: options, positionals: texts } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    reps: { type: "string", default: "3" },
    peers: { type: "string", default: "zeromq-ts,libzmq" },
    json: { type: "string" },
    ours: { type: "string", default: path.join(ROOT, "dist", "index.js") },
  },
});
const reps = Number(options.reps);
const all = axes(options.quick ? QUICK : WHOLE);
const chosen = all.filter(({ name }) => texts.length === 0 || texts.some((text) => name.includes(text)));

if (options.list) for (const { name } of chosen) console.log(name);
else process.exitCode = await run();

async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
  const { peers, absent } = findPeers({ ours: options.ours, wanted: options.peers.split(","), folder });
  console.log([...absent, peers.map(({ title }) => title).join(", "), headLine()].join("\n"));
  const machine = thisMachine();
  const measured = [];
  let failures = 0;
  for (const axis of chosen) {
    const curves = await along(axis, peers, folder, () => failures++);
    measured.push({ name: axis.name, linear: axis.linear ?? false, settled: axis.settled ?? 0, curves });
  }
  write({ machine, reps, peers: peers.map(({ title }) => title), axes: measured });
  return failures === 0 && measured.length > 0 ? 0 : 1;
}

/** All curves of one axis: at each point the medians, and the values they are medians of. */
async function along({ name, points, label, curves, at }, peers, folder, failing) {
  const drawn = curves.map(({ title, unit, lower, starts }) => ({ title, unit, lower, starts, points: [] }));
  for (const point of points) {
    const row = `${label(point)} ${name}`;
    const failed = (peer, error) => {
      failing();
      console.log(`${row}: ${peer.name}: ${error.message}`);
    };
    const figures = curves.map(({ key, title, unit, lower }) => ({ key, unit, lower, suffix: `: ${title}` }));
    const rows = await measure({ name: label(point), figures, ...at(point) }, peers, { reps, folder, failed });
    for (const [index, each] of rows.entries()) {
      const { medians, values } = each;
      drawn[index].points.push({ at: point, label: label(point), medians, values });
      console.log(line(each));
    }
  }
  return drawn;
}

/** An axis takes the place of the same one of the last run. A quick look takes nobody's. */
function write(results) {
  const file = options.json ?? (options.quick ? undefined : RESULTS);
  if (file === undefined) return;
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).axes : [];
  const known = new Map([...before, ...results.axes].map((axis) => [axis.name, axis]));
  const inOrder = all.map(({ name }) => known.get(name)).filter((axis) => axis !== undefined);
  writeFileSync(file, `${JSON.stringify({ ...results, axes: inOrder }, null, 2)}\n`);
  if (file === RESULTS) writeReport();
}
