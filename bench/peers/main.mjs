/**
 * One program of a measurement, on any package with the names of zeromq.js:
 *
 *     node main.mjs ENTRY ROLE ADDRESS [name=number …]
 *
 * A role that binds prints where; one that measures prints its results as JSON. It lives until it is killed, or until
 * whoever started it is gone.
 */
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";
import * as fanOut from "./fan-out.mjs";
import * as footprint from "./footprint.mjs";
import * as growth from "./growth.mjs";
import * as inFlight from "./in-flight.mjs";
import * as pipeline from "./pipeline.mjs";
import { say } from "./report.mjs";
import * as roundTrip from "./round-trip.mjs";
import * as turns from "./turns.mjs";

const ROLES = { ...pipeline, ...roundTrip, ...fanOut, ...inFlight, ...footprint, ...growth, ...turns, version };

const [entry, role, address, ...given] = process.argv.slice(2);
const zmq = await load(entry);
process.stdin.on("end", () => process.exit());
if (role !== "version" && isMainThread) process.stdin.resume();
const { background, ...rest } = parameters(given);
if (background) Object.assign(zmq.context, { background: true, ioThreads: background });
await ROLES[role](zmq, address, rest);

/** A CommonJS package may show all its names only through the default. */
async function load(file) {
  const names = await import(pathToFileURL(file).href);
  return names.Push === undefined ? names.default : names;
}

function parameters(list) {
  const entries = list.map((each) => each.split("="));
  return Object.fromEntries(entries.map(([name, value]) => [name, name === "style" ? value : Number(value)]));
}

function version({ version }) {
  say(version);
}
