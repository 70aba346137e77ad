import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import path from "node:path";
import { CROWD } from "./peers.mjs";
import { Program } from "./program.mjs";

/** The longest that one program may take, in seconds. The slowest needs five on an idle machine of two cores. */
const DEADLINE = 60;

/** @typedef {ReturnType<typeof import("./rows.mjs").measurements>[number]} Measurement */
/** @typedef {import("./peers.mjs").Peer} Peer */

/**
 * One measurement with each peer in turn, `reps` times: whatever else the machine does hits all of them. Who begins
 * changes from one repetition to the next.
 *
 * @param {Measurement} measurement
 * @param {readonly Peer[]} peers
 * @param {{ reps: number, folder: string, failed: (peer: Peer, error: Error) => void }} how
 * @returns a row for each figure
 */
export async function measure(measurement, peers, { reps, folder, failed }) {
  const taking = peers.filter(({ name }) => measurement.peers?.includes(name) ?? true);
  const results = new Map(taking.map(({ name }) => [name, []]));
  for (let rep = 0; rep < reps; rep++) {
    for (let turn = 0; turn < taking.length; turn++) {
      const peer = taking[(rep + turn) % taking.length];
      try {
        results.get(peer.name).push(await once(measurement, peer, folder));
      } catch (error) {
        failed(peer, error);
      }
    }
  }
  return measurement.figures.map((figure) => rowOf(measurement.name, figure, results));
}

/** Runs the programs of a measurement, and returns all that they report. */
async function once({ server, client, crowd, transport, pinned, ready, reports, figures }, peer, folder) {
  const running = {};
  const start = (side, [role, parameters], address) => {
    const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
    const core = pinned ? corePrefix(side === "server" ? 0 : 1) : [];
    const command = crowd && side === "client" ? CROWD : peer.command;
    running[side] = new Program([...core, ...command, role, address, ...given], DEADLINE);
    return running[side];
  };
  try {
    const binding = start("server", server, addressOf(transport, folder));
    if (client !== undefined) {
      const connecting = start("client", client, await binding.line());
      if (ready) {
        await connecting.line();
        binding.go();
      }
    }
    const lines = await Promise.all(reports.map((side) => running[side].line()));
    const results = Object.assign({}, ...lines.map((line) => JSON.parse(line)));
    for (const { key } of figures) if (!Number.isFinite(results[key])) throw new Error(`no usable ${key}`);
    return results;
  } finally {
    await Promise.all(Object.values(running).map((program) => program.end()));
  }
}

let addresses = 0;

function addressOf(transport, folder) {
  switch (transport) {
    case "tcp":
      return "tcp://127.0.0.1:*";
    case "ipc":
      return `ipc://${path.join(folder, String(addresses++))}`;
    case "inproc":
      return "inproc://bench";
    default:
      return "tcp://127.0.0.1:1"; // a port that nobody listens on without special rights
  }
}

let pinning;

/** What keeps a program on one core; nothing where that is not possible. */
function corePrefix(core) {
  pinning ??= availableParallelism() > 1 && spawnSync("taskset", ["-c", "0,1", "true"]).status === 0;
  return pinning ? ["taskset", "-c", String(core)] : [];
}

/** The medians of one figure, and how far ahead of the others this package is: above 1 is ahead, whatever the unit. */
function rowOf(name, { key, unit, lower, suffix = "" }, results) {
  const values = {};
  const medians = {};
  for (const [peer, reported] of results) {
    const taken = reported.map((each) => each[key]);
    if (taken.length === 0) continue;
    values[peer] = taken;
    medians[peer] = median(taken);
  }
  const ours = medians["zeromq-ts"];
  const ahead = {};
  for (const [peer, theirs] of Object.entries(medians)) {
    const ratio = lower ? theirs / ours : ours / theirs;
    if (peer !== "zeromq-ts" && Number.isFinite(ratio)) ahead[peer] = ratio;
  }
  return { name: name + suffix, unit, lower, medians, ahead, values };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
