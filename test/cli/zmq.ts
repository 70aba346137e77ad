import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../conformance/recorders.ts";

/** How to find the compiled #platform; source maps, which tests have too, are slow to start with. */
const RUNTIME = process.execArgv.filter((arg) => arg.startsWith("--conditions"));
const MAIN = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** ms for anything a command does; machines that run many tests at once are slow. */
const PATIENCE = 30_000;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command in a process of its own. It is killed when its test is over. */
export class Zmq {
  readonly process: ChildProcess;
  #out: Buffer[] = [];
  #err = "";
  #closed = false;

  constructor(t: TestContext, ...args: string[]) {
    this.process = spawn(process.execPath, [...RUNTIME, MAIN, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    const { stdin, stdout, stderr } = this.process;
    stdin?.on("error", () => undefined); // it ended before it read all
    stdout?.on("data", (bytes: Buffer) => this.#out.push(bytes));
    stderr?.on("data", (bytes: Buffer) => (this.#err += bytes.toString()));
    this.process.on("close", () => (this.#closed = true));
    t.after(() => this.process.kill("SIGKILL"));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#out);
  }

  get out(): string {
    return this.bytes.toString();
  }

  get err(): string {
    return this.#err;
  }

  write(text: string | Uint8Array): this {
    this.process.stdin?.write(text);
    return this;
  }

  /** Input, and its end. */
  input(text: string | Uint8Array): this {
    this.process.stdin?.end(text);
    return this;
  }

  /** Waits until it wrote something that matches, to stdout or stderr. */
  async hear(what: RegExp): Promise<RegExpExecArray> {
    const said = (): string => this.out + this.#err;
    await until(`${what} in ${JSON.stringify(said())}`, () => what.test(said()) || this.#closed, PATIENCE);
    const heard = what.exec(said());
    if (heard === null) throw new Error(`it ended with ${this.process.exitCode} and said ${said()}`);
    return heard;
  }

  /** The address that it says it is bound to. */
  async bound(): Promise<string> {
    const [, address = ""] = await this.hear(/bound to (\S+)/);
    return address;
  }

  async end(): Promise<Ended> {
    await until(`the end of zmq ${this.process.spawnargs.slice(-3).join(" ")}`, () => this.#closed, PATIENCE);
    return { code: this.process.exitCode, out: this.out, err: this.#err };
  }
}

/** Runs a command without input to its end. */
export function run(t: TestContext, ...args: string[]): Promise<Ended> {
  return new Zmq(t, ...args).input("").end();
}

/** An ipc address for one test. */
export function ipcAddress(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), "zmq-cli-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return `ipc://${folder}/it`;
}
