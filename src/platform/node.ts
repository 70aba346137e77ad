import { Worker } from "node:worker_threads";
import type { Clock, Timer } from "../base/clock.ts";
import { lookOutNoMore } from "../transports/node/alertness.ts";
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

class NodeTimer implements Timer {
  readonly #timer: NodeJS.Timeout;

  constructor(timer: NodeJS.Timeout) {
    this.#timer = timer;
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}

const clock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(delay, run) {
    if (delay === Infinity) return NO_TIMER;
    return new NodeTimer(setTimeout(run, Math.min(delay, LONGEST_DELAY)).unref());
  },
};

let turn: (() => void)[] = [];
/** The array of the turn before, empty: with thousands of connections, each turn's would have to grow anew. */
let spare: (() => void)[] = [];

function atEndOfTurn(run: () => void): void {
  if (turn.push(run) === 1) process.nextTick(endTurn);
}

/** What a callback adds waits for the next round. If one throws, the rest still run. */
function endTurn(): void {
  const runs = turn;
  turn = spare;
  let at = 0;
  try {
    while (at < runs.length) runs[at++]?.();
  } finally {
    while (at < runs.length) atEndOfTurn(runs[at++] as () => void); // the loop's bound
    runs.length = 0;
    spare = runs;
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

/** Beside this file's folder, compiled or as it was written. */
const IO_THREAD = new URL(`../entries/io-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** What finds #platform there as here. Other flags are the program's own, and some (--input-type) end a worker at once. */
const CONDITIONS = process.execArgv.filter((each) => /^(--conditions|-C)=/.test(each));

function startIoThread(memory: object, ended: () => void): { meet(other: object): void; stop(): void } {
  const worker = new Worker(IO_THREAD, { workerData: memory, name: "zeromq-ts I/O", execArgv: CONDITIONS });
  worker.unref();
  worker.on("error", (error) => {
    throw error;
  });
  worker.on("exit", ended);
  return { meet: (other) => worker.postMessage(other), stop: () => void worker.terminate() };
}

/** What a blocked thread runs: nothing else may be ended half done. */
const waiting = { words: new Int32Array(1), at: 0, value: 0, limit: 0 };
let wait: (() => "timed-out" | "ok" | "not-equal") | undefined;

/**
 * Blocked, a thread runs no handler of signals. The one way to hear of SIGINT is to run a script that it ends; whoever
 * listens for it is told afterwards, as a handler in C has run when EINTR comes.
 */
function waitInterruptibly(words: Int32Array, at: number, value: number, limit: number): ReturnType<Platform["wait"]> {
  Object.assign(waiting, { words, at, value, limit });
  try {
    return (wait ??= interruptible())();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_INTERRUPTED") throw error; // any value may be asked
    if (process.listenerCount("SIGINT") > 0) process.nextTick(() => process.emit("SIGINT"));
    return "interrupted";
  }
}

function interruptible(): () => "timed-out" | "ok" | "not-equal" {
  const { createContext, Script } = process.getBuiltinModule("node:vm");
  const script = new Script("Atomics.wait(waiting.words, waiting.at, waiting.value, waiting.limit)");
  const context = createContext({ waiting });
  return () => script.runInContext(context, { breakOnSigint: true }) as "timed-out" | "ok" | "not-equal"; // as Atomics.wait says
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
  startIoThread,
  becomeIoThread: lookOutNoMore,
  wait: waitInterruptibly,
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
