/**
 * Whether anything is left behind by peers that come and go: one process with sockets that stay, and round after round a
 * crowd (soak/churn.mjs) that connects, talks, vanishes, and is killed. After each round, when nobody is there any more,
 * memory, descriptors and handles must be what they were.
 *
 *     npm run soak                        30 minutes
 *     npm run soak -- --minutes 3         --round SECONDS (5)     --ours FILE (dist/index.js)
 *     --leak heap|sockets                 plants a leak, to see that it is found
 *
 * Prints a line for each round; the exit code is 1 when something grew by more than BOUNDS say.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import net from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { memory } from "./peers/report.mjs";
import { BOUNDS, grown, MEASURES } from "./soak/trend.mjs";
import { openVictims } from "./soak/victims.mjs";

const HERE = import.meta.dirname;
const COLUMN = 14;
/** Rounds in which code is compiled and pools fill up: a quarter, but no more than these. */
const WARM_UP = 24;
/** How long peers that were killed may take to be noticed. */
const QUIET_MS = 5000;

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    round: { type: "string", default: "5" },
    leak: { type: "string" },
    ours: { type: "string", default: path.join(HERE, "..", "dist", "index.js") },
  },
});
if (globalThis.gc === undefined) throw new Error("node --expose-gc bench/soak.mjs: without, memory says nothing");

const folder = mkdtempSync(path.join(tmpdir(), "soak-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
const kept = [];
const zmq = await import(pathToFileURL(options.ours).href);
const victims = await openVictims(zmq, folder);
process.exit(await soak());

async function soak() {
  const rounds = Math.max(8, Math.round((Number(options.minutes) * 60) / Number(options.round)));
  const samples = [];
  print(["round", "messages", ...MEASURES]);
  for (let round = 1; round <= rounds; round++) {
    await churn(Number(options.round) * 1000);
    const sample = await measure();
    samples.push(sample);
    print([round, victims.messages(), ...MEASURES.map((name) => sample[name].toLocaleString("en"))]);
  }
  const faults = grown(samples.slice(Math.min(WARM_UP, rounds >> 2)));
  for (const { name, by } of faults) console.log(`${name} grew by ${by}; no more than ${BOUNDS[name]} is noise`);
  if (victims.messages() === 0) console.log("nobody talked: this shows nothing");
  return faults.length > 0 || victims.messages() === 0 ? 1 : 0;
}

/** A crowd for some time; then it is killed in the middle of what it does. */
async function churn(milliseconds) {
  const program = [
    ...process.execArgv,
    path.join(HERE, "soak", "churn.mjs"),
    options.ours,
    JSON.stringify(victims.addresses),
  ];
  const crowd = spawn(process.execPath, program, { stdio: ["ignore", "ignore", "inherit"] });
  const gone = new Promise((resolve) => crowd.once("close", resolve));
  const kill = () => crowd.kill("SIGKILL");
  process.on("exit", kill);
  await Promise.race([victims.churn(milliseconds), gone]);
  plant();
  if (crowd.exitCode !== null) throw new Error(`the crowd ended by itself: ${crowd.exitCode}`);
  kill();
  await gone;
  process.off("exit", kill);
}

async function measure() {
  const deadline = performance.now() + QUIET_MS;
  while (victims.peers() > 0 && performance.now() < deadline) await pause(10);
  for (let times = 0; times < 3; times++) {
    globalThis.gc();
    await pause(10);
  }
  const { heapUsed, external } = process.memoryUsage();
  return {
    heap: heapUsed,
    external,
    resident: memory("VmRSS"),
    descriptors: readdirSync("/proc/self/fd").length,
    handles: process.getActiveResourcesInfo().length,
    peers: victims.peers(),
  };
}

function plant() {
  if (options.leak === "heap") kept.push(Array.from({ length: 200_000 }, (_, index) => ({ index })));
  if (options.leak === "sockets") kept.push(...Array.from({ length: 4 }, () => net.createServer().listen(0)));
}

function print(cells) {
  console.log(cells.map((cell) => String(cell).padStart(COLUMN)).join(""));
}
