import type { Clock, Timer } from "../base/clock.ts";
import { ipc } from "../transports/node/ipc.ts";
import { tcp } from "../transports/node/tcp.ts";
import { nodeThreads } from "../transports/node/threads.ts";
import { udp } from "../transports/node/udp.ts";
import type { Transport } from "../transports/transport.ts";
import { cryptoPrimitives } from "./node-crypto.ts";
import type { Platform } from "./platform.ts";

/** The longest delay that a timer takes; beyond it Node would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

const NO_TIMER: Timer = { cancel: () => undefined };

const clock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(delay, run) {
    if (delay === Infinity) return NO_TIMER;
    const timer = setTimeout(run, Math.min(delay, LONGEST_DELAY)).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

let turn: (() => void)[] = [];

function atEndOfTurn(run: () => void): void {
  if (turn.push(run) === 1) process.nextTick(endTurn);
}

/** What a callback adds waits for the next round. If one throws, the rest still run. */
function endTurn(): void {
  const runs = turn;
  turn = [];
  let at = 0;
  try {
    while (at < runs.length) runs[at++]?.();
  } finally {
    while (at < runs.length) atEndOfTurn(runs[at++] as () => void); // the loop's bound
  }
}

let holds = 0;
let holder: NodeJS.Timeout | undefined;

/** Called at every waiting receive: one timer for all, whose hold on the process is switched on and off. */
function hold(): void {
  if (holds++ > 0) return;
  holder ??= setInterval(() => undefined, LONGEST_DELAY);
  holder.ref();
}

function release(): void {
  if (--holds === 0) holder?.unref();
}

type ProcessEvent = "beforeExit" | "exit";

/** One listener per event of the process, however many want to hear of it. */
const listening = new Map<ProcessEvent, (() => void)[]>();

function onProcess(event: ProcessEvent, run: () => void): void {
  const runs = listening.get(event);
  if (runs !== undefined) {
    runs.push(run);
    return;
  }
  const all = [run];
  listening.set(event, all);
  process.on(event, () => {
    for (const each of all) each();
  });
}

const transports: readonly Transport[] = [tcp, ipc];

const afterIo = (run: () => void): void => void setImmediate(run);

/** Node.js, and runtimes that offer its modules (Bun, Deno). */
export const platform: Platform = {
  clock,
  transports: new Map(transports.map((transport) => [transport.scheme, transport])),
  datagrams: new Map([[udp.scheme, udp]]),
  cryptography: cryptoPrimitives,
  threads: nodeThreads({ atEndOfTurn, afterIo, hold, release }),
  random: Math.random,
  random32: () => crypto.getRandomValues(new Uint32Array(1))[0] as number, // of length one
  atEndOfTurn,
  afterIo,
  hold,
  release,
  onIdleExit: (run) => onProcess("beforeExit", run),
  onExit: (run) => onProcess("exit", run),
  warn: (text) => void process.stderr.write(`(node:${process.pid}) WARNING: ${text}\n`),
  emitWarning: (text) => process.emitWarning(text),
};
