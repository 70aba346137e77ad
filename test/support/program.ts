import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

/** How long to wait for a line or an end, in ms; machines that run many tests at once are slow. */
const PATIENCE = 30_000;

const EXAMPLES = new URL("../../examples/", import.meta.url);
const SCRIPTS = new URL("../../../test/examples/python/", import.meta.url);

/** A Python that has pyzmq, if there is one. */
export const python: string | undefined = ["python3", "/usr/bin/python3"].find(
  (each) => spawnSync(each, ["-c", "import zmq"]).status === 0,
);

/** Why tests with pyzmq are skipped; false when they are not, also where its absence has to fail them. */
export const withoutPyzmq: string | false =
  python === undefined &&
  process.env["ZMQ_REQUIRE_PEERS"] !== "1" &&
  "pyzmq is not on this machine (Debian: python3-zmq)";

/** A program in a process of its own, and what it says. It is killed when its test is over. */
export class Program {
  readonly lines: string[] = [];
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #errors = "";
  #heard: () => void = () => undefined;

  constructor(t: TestContext, command: readonly string[]) {
    const [program = "", ...rest] = command;
    this.name = command.map((part) => part.replace(/.*\//, "")).join(" ");
    this.#process = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] });
    const { stdout, stderr } = this.#process;
    this.#ended = once(this.#process, "close");
    stderr?.on("data", (text: Buffer) => (this.#errors += String(text)));
    if (stdout !== null) {
      createInterface({ input: stdout }).on("line", (line) => {
        this.lines.push(line);
        this.#heard();
      });
    }
    t.after(() => {
      this.kill("SIGKILL");
      return this.#ended;
    });
  }

  /** Runs examples/NAME.ts, compiled. */
  static example(t: TestContext, name: string, ...parameters: string[]): Program {
    return new Program(t, [process.execPath, fileURLToPath(new URL(`${name}.js`, EXAMPLES)), ...parameters]);
  }

  /** Runs test/examples/python/NAME.py. */
  static python(t: TestContext, name: string, ...parameters: string[]): Program {
    return new Program(t, [python ?? "python3", "-u", fileURLToPath(new URL(`${name}.py`, SCRIPTS)), ...parameters]);
  }

  /** The first match among the lines, those to come included. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    const [match] = await this.matches(pattern, 1);
    return match as RegExpExecArray; // one was asked for
  }

  /** The first `count` matches among the lines, those to come included. */
  async matches(pattern: RegExp, count: number): Promise<RegExpExecArray[]> {
    for (;;) {
      const found = this.lines.map((line) => pattern.exec(line)).filter((match) => match !== null);
      if (found.length >= count) return found.slice(0, count);
      const more = new Promise<string>((resolve) => (this.#heard = () => resolve("a line")));
      const next = await this.#within(
        Promise.race([more, this.#ended.then(() => "the end")]),
        `${count} × a line like ${pattern}`,
      );
      if (next === "the end")
        assert.fail(`${this.name} ended without ${count} × a line like ${pattern}${this.#said()}`);
    }
  }

  /** Waits for its end, which must be a good one, and returns its lines. */
  async end(): Promise<string[]> {
    await this.#within(this.#ended, "its end");
    const { exitCode, signalCode } = this.#process;
    assert.equal(exitCode, 0, `${this.name} ended with ${exitCode ?? signalCode}${this.#said()}`);
    assert.equal(this.#errors, "", `${this.name} complained`);
    return this.lines;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async #within<T>(coming: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = (): void => reject(new Error(`waited ${PATIENCE} ms for ${what} of ${this.name}${this.#said()}`));
      timer = setTimeout(fail, PATIENCE);
    });
    return Promise.race([coming, late]).finally(() => clearTimeout(timer));
  }

  #said(): string {
    return `; it said:\n${this.lines.join("\n")}\n${this.#errors}`;
  }
}
