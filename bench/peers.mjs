import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const HERE = import.meta.dirname;
const PROGRAM = path.join(HERE, "peers", "main.mjs");

/** The same for all packages: peers that are no package's (peers/crowd.mjs). */
export const CROWD = [process.execPath, path.join(HERE, "peers", "crowd.mjs")];

/**
 * Whom to compare: each with the command that its roles are appended to. Who is not on this machine is left out, with
 * the reason.
 *
 * @typedef {{ name: string, title: string, command: readonly string[] }} Peer
 * @param {{ ours: string, wanted: readonly string[], folder: string }} choice the entry file of this package, names,
 * and where a program may be compiled
 * @returns {{ peers: Peer[], absent: string[] }}
 */
export function findPeers({ ours, wanted, folder }) {
  const found = { "zeromq-ts": () => itself(ours), libzmq: () => libzmq(folder), "zeromq.js": zeromqJs };
  const peers = [];
  const absent = [];
  for (const [name, find] of Object.entries(found)) {
    if (!wanted.includes(name)) continue;
    const peer = find();
    if (typeof peer === "string") absent.push(peer);
    else peers.push({ name, ...peer });
  }
  return { peers, absent };
}

function itself(entry) {
  const { version } = JSON.parse(readFileSync(path.join(HERE, "..", "package.json"), "utf8"));
  return { title: `zeromq-ts ${version}`, command: javascript(path.resolve(entry)) };
}

/** The C library, as Debian and others ship it. */
function libzmq(folder) {
  const program = path.join(folder, "libzmq");
  const source = path.join(HERE, "peers", "libzmq.c");
  const { status } = spawnSync("gcc", ["-O2", "-o", program, source, "-lzmq", "-lpthread"]);
  if (status !== 0) return "libzmq in C is left out: it takes gcc and zmq.h (Debian: gcc, libzmq3-dev)";
  const version = spawnSync(program, ["version"], { encoding: "utf8" }).stdout.trim();
  return { title: `libzmq ${version} in C`, command: [program] };
}

function zeromqJs() {
  try {
    const entry = fileURLToPath(import.meta.resolve("zeromq"));
    const command = javascript(entry);
    const version = spawnSync(command[0], [...command.slice(1), "version"], { encoding: "utf8" }).stdout.trim();
    const own = JSON.parse(readFileSync(path.join(entry, "..", "..", "package.json"), "utf8")).version;
    return version === ""
      ? "zeromq.js is left out: it does not load"
      : { title: `zeromq.js ${own} (libzmq ${version})`, command };
  } catch {
    return "zeromq.js is left out: npm zeromq is not installed";
  }
}

/** With the conditions of this process, so that a package that is only compiled for tests can be measured too. */
function javascript(entry) {
  return [process.execPath, ...process.execArgv, PROGRAM, entry];
}
