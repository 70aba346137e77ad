import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { Worker, type WorkerOptions } from "node:worker_threads";
import type { World } from "./thread-child.ts";

/** How long to wait for a word of a thread, in ms; machines that run many tests at once are slow. */
const PATIENCE = 20_000;

const CHILD = new URL("./thread-child.js", import.meta.url);

/** What a thread runs: a function that uses nothing but what it is given. */
export type ThreadProgram = (world: World) => unknown;

/** A worker that runs a program, and what it says. It is terminated when its test is over. */
export class Thread {
  readonly worker: Worker;
  /** Its exit code. */
  readonly ended: Promise<number>;
  readonly #words: unknown[] = [];
  #error: Error | null = null;
  #heard: () => void = () => undefined;

  constructor(t: TestContext, program: ThreadProgram, data?: unknown, options: WorkerOptions = {}) {
    this.worker = new Worker(CHILD, { ...options, workerData: { source: program.toString(), data } });
    this.worker.on("message", (word) => {
      this.#words.push(word);
      this.#heard();
    });
    this.worker.on("error", (error) => {
      this.#error = error; // workers throw errors
      this.#heard();
    });
    this.ended = new Promise((resolve) => {
      this.worker.on("exit", (code) => {
        resolve(code);
        this.#heard();
      });
    });
    t.after(() => this.worker.terminate());
  }

  /** The next thing it says. */
  async said(): Promise<unknown> {
    const end = performance.now() + PATIENCE;
    while (this.#words.length === 0) {
      if (this.#error !== null) throw this.#error;
      assert.ok(this.worker.threadId >= 0, "the thread ended without another word");
      await this.#more(end - performance.now());
    }
    return this.#words.shift();
  }

  /** Waits for the next thing it says, which must be this. */
  async says(expected: unknown): Promise<void> {
    assert.deepEqual(await this.said(), expected);
  }

  tell(word: unknown): void {
    this.worker.postMessage(word);
  }

  async #more(limit: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#heard = resolve;
      timer = setTimeout(() => reject(new Error(`waited ${PATIENCE} ms for a word of a thread`)), limit);
    }).finally(() => clearTimeout(timer));
  }
}

/** A program that ends by itself must do so well. */
export async function endsWell(thread: Thread): Promise<void> {
  assert.equal(await thread.ended, 0);
}
