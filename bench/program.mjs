import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How much of what a program complains is kept. */
const COMPLAINT = 2000;

/**
 * A program under measurement, in a process of its own: what it prints, line by line. It is killed when its time is
 * over, and when this process ends; so waiting for a line always ends.
 */
export class Program {
  #name;
  #process;
  #lines;
  #closed;
  #timer;
  #late = false;
  #complaint = "";

  /** @param {readonly string[]} command @param {number} seconds the longest it may take */
  constructor([program, ...rest], seconds) {
    this.#name = rest.find((each) => /^[a-z]+$/i.test(each)) ?? program;
    this.#process = spawn(program, rest, { stdio: ["pipe", "pipe", "pipe"] });
    const { stdin, stdout, stderr } = this.#process;
    this.#closed = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.on("error", (error) => (this.#complaint += error.message));
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    stderr.on("data", (text) => (this.#complaint = (this.#complaint + text).slice(-COMPLAINT)));
    stdin.on("error", () => {}); // it ended before it was told to go; `line` says so
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.#kill();
    }, seconds * 1000);
    process.on("exit", this.#kill);
  }

  #kill = () => this.#process.kill("SIGKILL");

  /** The next line; rejects when the program ended or took too long. */
  async line() {
    const { value, done } = await this.#lines.next();
    if (!done) return value;
    await this.#closed;
    const why = this.#late ? "took too long" : `ended with ${this.#process.signalCode ?? this.#process.exitCode}`;
    throw new Error(`${this.#name} ${why}${this.#complaint === "" ? "" : `: ${this.#complaint.trim()}`}`);
  }

  /** Tells it to go on. */
  go() {
    this.#process.stdin.write("go\n");
  }

  /** Kills it, if it still runs, and waits until it is gone. */
  async end() {
    clearTimeout(this.#timer);
    process.off("exit", this.#kill);
    this.#kill();
    await this.#closed;
  }
}
