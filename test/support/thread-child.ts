import assert from "node:assert/strict";
import { parentPort, Worker, workerData } from "node:worker_threads";

/** What the program of a thread is given. */
export interface World {
  readonly data: never;
  readonly assert: typeof assert;
  /** Says something to the test. */
  say(word: unknown): void;
  /** The next thing the test says. */
  told(): Promise<unknown>;
  /** The package; imported when it is asked for. */
  zmq(): Promise<typeof import("../../src/index.ts")>;
  /** A module, by its path from this folder. */
  load(path: string): Promise<never>;
  /** Runs another program, by its text, in a thread that this one starts; its exit code. */
  start(source: string, data: unknown): Promise<number>;
  /** Turns of the loop until something is so. */
  until(fact: () => boolean): Promise<void>;
}

const port = parentPort;
assert.ok(port !== null, "this runs in a worker");

const words: unknown[] = [];
let heard: () => void = () => undefined;
port.on("message", (word) => {
  words.push(word);
  heard();
});
port.unref();

const { source, data } = workerData as { source: string; data: never };
// oxlint-disable-next-line no-implied-eval -- the program of a test, which can't cross to this thread as a function
const program = new Function(`return ${source}`)() as (world: World) => unknown; // the text of a ThreadProgram

await program({
  data,
  assert,
  say: (word) => port.postMessage(word),
  async told() {
    port.ref();
    while (words.length === 0) await new Promise<void>((resolve) => (heard = resolve));
    port.unref();
    return words.shift();
  },
  zmq: () => import("../../src/index.js"),
  load: (path) => import(new URL(path, import.meta.url).href) as Promise<never>, // the program knows what it loads
  start: (inner, innerData) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { source: inner, data: innerData } });
    worker.on("message", (word) => port.postMessage(word));
    return new Promise((resolve) => worker.on("exit", resolve));
  },
  async until(fact) {
    while (!fact()) await new Promise((resolve) => setImmediate(resolve));
  },
});
