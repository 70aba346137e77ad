import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Arguments } from "../args.ts";
import { CAST, type Library } from "../demo/cast.ts";
import { Director } from "../demo/director.ts";
import { loadLibzmq } from "../demo/libzmq.ts";
import { liveHead, printSummary, Show } from "../demo/show.ts";
import { EXIT } from "../failure.ts";
import { GENERAL_FLAGS, type Values } from "../flags.ts";
import { onInterrupt } from "../interrupt.ts";
import type { Verb } from "../verb.ts";

const FLAGS = {
  seconds: { type: "number", min: 1, value: "N", default: 10, doc: "How long messages flow." },
  ...GENERAL_FLAGS,
} as const;

export const DEMO: Verb = {
  name: "demo",
  doc: "Several processes on real sockets, a live table of what flows between them, and where every message went.",
  operands: "",
  notes: [
    "Requests and replies over tcp; a weather station and three listeners over tcp and ipc at once; a ventilator, four " +
      "workers and a sink; an inproc relay to an archive. One leg of each runs on libzmq where npm zeromq is installed.",
    "At the end every message is received, queued or dropped for a counted reason; if not, the exit code is 1.",
  ],
  flags: FLAGS,
  options: {},
  examples: [
    ["zmq demo", "ten seconds of it"],
    ["zmq demo --seconds 60 | tee demo.log", "a minute, as plain lines"],
  ],
  run: ({ values }: Arguments) => demo((values as Values<typeof FLAGS>).seconds ?? FLAGS.seconds.default), // parsed by these flags
};

async function demo(seconds: number): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "zmq-demo-"));
  const director = new Director(folder, foreignLibrary());
  const leave = (): void => {
    director.abort();
    rmSync(folder, { recursive: true, force: true });
  };
  const forget = onInterrupt(leave);
  try {
    console.log(`Starting ${CAST.length} processes.`);
    await director.open();
    await flow(director, seconds);
    const good = printSummary(await director.stop());
    await director.end();
    return good ? EXIT.ok : EXIT.error;
  } finally {
    leave();
    forget();
  }
}

async function flow(director: Director, seconds: number): Promise<void> {
  const terminal = process.stdout.isTTY;
  const show = new Show(terminal);
  if (!terminal) console.log(liveHead());
  director.go();
  const began = performance.now();
  const step = terminal ? 0.5 : 1;
  for (let elapsed = step; elapsed <= seconds; elapsed += step) {
    await delay(Math.max(0, began + elapsed * 1000 - performance.now()));
    director.check();
    show.update(director.books(), elapsed);
  }
}

/** Tells, in one line, what the foreign legs run on. */
function foreignLibrary(): Library {
  const legs = CAST.filter((actor) => actor.foreign === true).map((actor) => actor.role);
  try {
    const { version } = loadLibzmq() as { version?: string };
    console.log(`On libzmq ${version ?? ""} (npm zeromq): one ${legs.join(", one ")}. All else is zeromq-ts.`);
    return "libzmq";
  } catch {
    console.log("npm zeromq is not installed, so all legs run on zeromq-ts; npm install zeromq to see both.");
    return "zeromq-ts";
  }
}
