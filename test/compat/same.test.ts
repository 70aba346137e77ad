import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as ours from "../../src/compat/index.ts";
import { SCENARIOS, transcript } from "./scenarios.ts";
import { theirs } from "./transcript.ts";

/** The program that runs a scenario on zeromq.js. */
const THEIRS = fileURLToPath(new URL("./theirs.js", import.meta.url));

/** How long a scenario may take on zeromq.js, in ms; its own limits are shorter. */
const PATIENCE = 40_000;

/**
 * zeromq.js in a process of its own, so that nothing which waits in native code holds up this one. If it gets stuck in a
 * scenario it is ended, and another goes on with the next.
 */
class Original {
  #running: { readonly child: ChildProcess; readonly lines: AsyncIterator<string> } | null = null;

  /** What a scenario says there; to be asked for in order. */
  async said(name: string): Promise<string[]> {
    const { lines } = (this.#running ??= Original.#from(name));
    const limit = setTimeout(() => this.end(), PATIENCE);
    const { value } = (await lines.next()) as IteratorResult<string, undefined>; // as readline ends
    clearTimeout(limit);
    if (value === undefined) this.end();
    assert.ok(value !== undefined, `zeromq.js crashed in "${name}", or took more than ${PATIENCE} ms`);
    return JSON.parse(value) as string[]; // what it writes
  }

  end(): void {
    this.#running?.child.kill("SIGKILL");
    this.#running = null;
  }

  static #from(name: string): { child: ChildProcess; lines: AsyncIterator<string> } {
    const child = spawn(process.execPath, ["--no-warnings", THEIRS, name], { stdio: ["ignore", "pipe", "inherit"] });
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  }
}

const original = new Original();
after(() => original.end());

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  test(`as in zeromq.js: ${name}`, async () => {
    const expected = await original.said(name);
    assert.ok(expected.length > 0);
    assert.deepEqual(await transcript(ours, scenario), expected);
  });
}

/** Every constant: most are options, and what is none can be read on neither. */
const OPTION_NUMBERS = Object.fromEntries(
  Object.entries(theirs).filter(([name, value]) => name.startsWith("ZMQ_") && typeof value === "number"),
) as Readonly<Record<string, number>>; // as filtered

function read(socket: ours.Socket, option: number): unknown {
  try {
    return socket.getsockopt(option);
  } catch {
    return undefined;
  }
}

test("every option that zeromq.js reads has the same value, by its number", (t) => {
  const types = [
    "pair",
    "req",
    "rep",
    "pub",
    "sub",
    "dealer",
    "router",
    "pull",
    "push",
    "xpub",
    "xsub",
    "stream",
  ] as const;
  const numbers = new Set(Object.values(OPTION_NUMBERS));
  for (const type of types) {
    const sockets = [theirs.socket(type), ours.socket(type)] as const;
    t.after(() => sockets.forEach((socket) => socket.close()));
    for (const number of numbers) {
      const [expected, own] = sockets.map((socket) => read(socket, number));
      // What it can't read, or not on this type, may be readable here.
      if (expected !== undefined) assert.deepEqual(own, expected, `option ${number} of ${type}`);
    }
  }
});

test("every constant, function, class and short name of zeromq.js is there, with the same value", () => {
  const { ZMQ_PUSH } = theirs;
  assert.equal(ZMQ_PUSH, 8);
  for (const [name, value] of Object.entries(theirs)) {
    const own = (ours as Readonly<Record<string, unknown>>)[name];
    if (typeof value === "function") assert.equal(typeof own, "function", name);
    else assert.deepEqual(own, value, name);
  }
  assert.equal(Object.keys(theirs).filter((name) => name.startsWith("ZMQ_")).length, 73);
});
