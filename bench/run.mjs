/**
 * Measures this package side by side with libzmq in C and with zeromq.js (see docs/performance.md).
 *
 *     node bench/run.mjs                      everything; then bench/results/ and docs/performance.md are written
 *     node bench/run.mjs inproc "tcp 64 B"    only rows whose name contains one of the texts
 *     --list             names of the rows        --micro          time single structures instead
 *     --quick            less of everything       --reps N         repetitions (5)
 *     --seconds N        time of one flood        --peers a,b      of zeromq-ts, libzmq, zeromq.js
 *     --json FILE        where results go         --ours FILE      entry of the package (dist/index.js)
 *     --merge            the rows measured take the place of the same ones of the last run
 *
 * A row that fails says why, and the next one begins; then the exit code is 1.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { thisMachine } from "./machine.mjs";
import { measure } from "./measure.mjs";
import { findPeers } from "./peers.mjs";
import { writeReport } from "./report.mjs";
import { measurements, QUICK, WHOLE } from "./rows.mjs";
import { headLine, line } from "./table.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const EVERYBODY = "zeromq-ts,libzmq,zeromq.js";
const LATEST = path.join(ROOT, "bench", "results", "latest.json");

const { values: options, positionals: texts } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: "boolean", default: false },
    micro: { type: "boolean", default: false },
    merge: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    reps: { type: "string", default: "5" },
    seconds: { type: "string" },
    peers: { type: "string", default: EVERYBODY },
    json: { type: "string" },
    ours: { type: "string", default: path.join(ROOT, "dist", "index.js") },
  },
});
const amounts = { ...(options.quick ? QUICK : WHOLE) };
if (options.seconds !== undefined) amounts.seconds = Number(options.seconds);
const chosen = measurements(amounts).filter(isChosen);

if (options.micro) process.exitCode = micro();
else if (options.list) for (const { name } of chosen) console.log(name);
else process.exitCode = await run();

function isChosen({ name }) {
  return texts.length === 0 || texts.some((text) => name.toLowerCase().includes(text.toLowerCase()));
}

async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
  const { peers, absent } = findPeers({ ours: options.ours, wanted: options.peers.split(","), folder });
  console.log([...absent, peers.map(({ title }) => title).join(", "), headLine()].join("\n"));
  const machine = thisMachine();
  const { rows, failures } = await measureAll(peers, folder);
  const settings = { reps: Number(options.reps), quick: options.quick, ...amounts };
  write({ machine, settings, peers: peers.map(({ title }) => title), rows });
  return failures === 0 && rows.length > 0 ? 0 : 1;
}

async function measureAll(peers, folder) {
  const rows = [];
  let failures = 0;
  for (const measurement of chosen) {
    const failed = (peer, error) => {
      failures++;
      console.log(`${measurement.name}: ${peer.name}: ${error.message}`);
    };
    for (const row of await measure(measurement, peers, { reps: Number(options.reps), folder, failed })) {
      rows.push(row);
      console.log(line(row));
    }
  }
  return { rows, failures };
}

/** A part of the rows, or a quick look at them, does not take the place of the last whole run, unless it is asked to. */
function write(results) {
  if (options.merge) return merge(results.rows);
  const whole = texts.length === 0 && !options.quick && options.peers === EVERYBODY;
  const file = options.json ?? (whole ? LATEST : undefined);
  if (file === undefined) return;
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  if (path.resolve(file) === LATEST) writeReport();
}

/** Rows that are no longer in the table go; those that were not measured stay. */
function merge(rows) {
  const last = JSON.parse(readFileSync(LATEST, "utf8"));
  const known = new Map([...last.rows, ...rows].map((row) => [row.name, row]));
  const names = measurements(WHOLE).flatMap(({ name, figures }) => figures.map(({ suffix = "" }) => name + suffix));
  last.rows = names.map((name) => known.get(name)).filter((row) => row !== undefined);
  writeFileSync(LATEST, `${JSON.stringify(last, null, 2)}\n`);
  writeReport();
}

/** Compiles everything to build/ and runs what times the structures inside the package. */
function micro() {
  const run = (...parameters) => spawnSync(process.execPath, parameters, { cwd: ROOT, stdio: "inherit" }).status ?? 1;
  const compiled = run("node_modules/typescript/bin/tsc", "--project", "tsconfig.json");
  return compiled === 0 ? run("--conditions=zeromq-ts-source", "build/bench/micro/main.js", ...texts) : compiled;
}
