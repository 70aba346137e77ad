/** One process of the demo: plays a role on one of the libraries, as its director (director.ts) tells it. */
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import * as ours from "../../index.ts";
import { loadLibzmq } from "./libzmq.ts";
import { Port, type PlainSocket } from "./port.ts";
import { ROLES, type Acting, type Stage } from "./roles.ts";
import type { Cue, PortReport, Word } from "./script.ts";

/** ms between two bursts of messages, and between two reports. */
const BURST_EVERY = 5;
const REPORT_EVERY = 200;
const REPORT_OFTEN = 50;

type Classes = Readonly<Record<string, (new () => PlainSocket) | undefined>>;

const ports = new Map<string, Port>();
const addresses: Record<string, string> = {};
let acting: Acting = {};
let folder = "";
let going = false;
let ending = false;

function say(word: Word): void {
  if (process.connected) process.send?.(word);
}

function report(): void {
  const reports: Record<string, PortReport> = {};
  for (const [name, port] of ports) reports[name] = port.report();
  say({ is: "report", ports: reports });
}

async function open(cue: Cue & { cue: "open" }): Promise<void> {
  folder = cue.folder;
  const classes = (cue.library === "libzmq" ? loadLibzmq() : ours) as unknown as Classes; // both name them alike
  acting = await ROLES[cue.role](stageOf(cue, classes));
  for (const serve of acting.serve ?? []) void forEver(serve);
  say({ is: "open", addresses });
}

function stageOf({ uses, folder, library }: Cue & { cue: "open" }, classes: Classes): Stage {
  return {
    uses,
    folder,
    open(name, className) {
      const Class = classes[className];
      if (Class === undefined) throw new Error(`${library} has no class ${className}`);
      const port = new Port(new Class(), library);
      ports.set(name, port);
      return port;
    },
    announce(name, port) {
      addresses[name] = port.socket.lastEndpoint ?? "";
    },
  };
}

/** Again and again, until the sockets are closed. */
async function forEver(step: () => Promise<void>): Promise<void> {
  try {
    for (;;) await step();
  } catch (error) {
    if (!ending) throw error;
  }
}

/** As many steps a second as the role says, or as many as are possible. */
async function act(role: Acting): Promise<void> {
  const { rate = 0 } = role;
  if (role.act !== undefined) {
    const began = performance.now();
    for (let done = 0; going;) {
      const due = ((performance.now() - began) / 1000) * rate;
      for (; done < due && going; done++) await role.act();
      await delay(BURST_EVERY);
    }
  }
  report(); // first, so that whoever hears of the quiet has the last numbers
  say({ is: "quiet" });
}

function end(): void {
  ending = true;
  for (const { socket } of ports.values()) socket.close();
  process.disconnect();
}

const play: { readonly [Name in Cue["cue"]]: (cue: Cue & { cue: Name }) => void } = {
  open: (cue) => void open(cue),
  go: () => {
    going = true;
    void act(acting);
    tick(REPORT_EVERY);
  },
  stop: () => {
    going = false;
    tick(REPORT_OFTEN);
  },
  end,
};

let ticking: NodeJS.Timeout | undefined;

function tick(every: number): void {
  clearInterval(ticking);
  ticking = setInterval(report, every).unref();
  report();
}

process.on("message", (cue: Cue) => (play[cue.cue] as (cue: Cue) => void)(cue)); // each cue to the one of its name
// Ctrl-C reaches all processes of a terminal: the director decides. Without one, there is nothing to play.
process.on("SIGINT", () => {});
process.on("disconnect", () => {
  if (!ending) leave();
});

/** The director is gone and can't clean up. Another actor may be faster: then there is nothing left to remove. */
function leave(): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } finally {
    process.exit(1);
  }
}
