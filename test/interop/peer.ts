import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { after, before, describe } from "node:test";
import type { AssignableValue } from "../../src/options/row.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { OPTIONS, type OptionName } from "../../src/options/table.ts";
import { python, withoutPyzmq } from "../support/program.ts";

/** Options of a socket on either side, by this library's names: what libzmq calls them is in the option table. */
export type AnyOptions = { readonly [Name in OptionName]?: AssignableValue<(typeof OPTIONS)[Name]> };

/** How long a peer may take to answer, in ms; whatever it waits for itself is over before. */
const PATIENCE = 60_000;

/** A message, or the frames of one, as tests write it. */
export type Frames = readonly (string | Uint8Array)[];

/** Something that talks: one of our sockets, or one in another process. */
export interface Talker {
  send(message: Frames): Promise<unknown>;
  receive(): Promise<Buffer[]>;
}

/** The peers' programs stay where they are when tests are compiled. */
const ROOT = new URL("../../../test/interop/peers/", import.meta.url);

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A socket in a peer's process. */
export class PeerSocket implements Talker {
  readonly #peer: Peer;
  readonly #name: number;

  constructor(peer: Peer, name: number) {
    this.#peer = peer;
    this.#name = name;
  }

  /** The resolved address. */
  bind(address: string): Promise<string> {
    return this.#ask("bind", { address }) as Promise<string>; // what peers answer
  }

  connect(address: string): Promise<unknown> {
    return this.#ask("connect", { address });
  }

  disconnect(address: string): Promise<unknown> {
    return this.#ask("disconnect", { address });
  }

  subscribe(...topics: string[]): Promise<unknown> {
    return this.#ask("subscribe", { topics: topics.map(encode) });
  }

  unsubscribe(...topics: string[]): Promise<unknown> {
    return this.#ask("unsubscribe", { topics: topics.map(encode) });
  }

  /** Of a DISH. */
  join(...groups: string[]): Promise<unknown> {
    return this.#ask("join", { topics: groups.map(encode) });
  }

  leave(...groups: string[]): Promise<unknown> {
    return this.#ask("leave", { topics: groups.map(encode) });
  }

  /** Of types that name a peer or a group: that, and the body. */
  send(message: Frames): Promise<unknown> {
    return this.#ask("send", { message: message.map(encode) });
  }

  async receive(): Promise<Buffer[]> {
    const frames = (await this.#ask("receive")) as string[]; // what peers answer
    return frames.map((frame) => Buffer.from(frame, "base64"));
  }

  /** Sends messages that begin with `before` and end with 0, 1, 2… in text. */
  sendNumbers(count: number, before: Frames = []): Promise<unknown> {
    return this.#ask("sendNumbers", { count, before: before.map(encode) });
  }

  /** The numbers at the end of so many messages; with a `pause` in ms after each 1,000. */
  receiveNumbers(count: number, pause = 0): Promise<number[]> {
    return this.#ask("receiveNumbers", { count, pause }) as Promise<number[]>; // what peers answer
  }

  /** Waits until its monitor has told of an event of that type. */
  hear(type: string): Promise<unknown> {
    return this.#ask("hear", { type });
  }

  /** Types of all events so far. */
  heard(): Promise<string[]> {
    return this.#ask("heard") as Promise<string[]>; // what peers answer
  }

  close(): Promise<unknown> {
    return this.#ask("close");
  }

  #ask(action: string, more: object = {}): Promise<unknown> {
    return this.#peer.ask(action, { ...more, socket: this.#name });
  }
}

/** A process with libzmq in it, told over stdin what to do (peers/zeromqjs.mjs). */
export class Peer {
  readonly #program: Program;
  readonly #waiting: Map<number, Waiting> = new Map();
  #process: ChildProcess | null = null;
  #ids = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Whether its libzmq has the draft options. */
  get drafts(): boolean {
    return this.#program.drafts;
  }

  start(): void {
    const [command = "", ...more] = this.#program.command;
    const started = (this.#process = spawn(command, more, { stdio: ["pipe", "pipe", "inherit"] }));
    createInterface({ input: started.stdout }).on("line", (line) => this.#answered(line));
    started.stdin.on("error", () => undefined); // it was killed
    started.on("exit", () => {
      if (this.#process === started) this.#process = null;
      for (const { reject } of this.#waiting.values()) reject(new Error("the peer's process ended"));
      this.#waiting.clear();
    });
  }

  async open(type: TypeName, options: AnyOptions = {}): Promise<PeerSocket> {
    const name = ++this.#ids;
    const settings = Object.entries(options).map(([option, value]) => setting(option, value));
    await this.ask("open", { socket: name, type, options: settings });
    return new PeerSocket(this, name);
  }

  /** Ends the process at once, with all its sockets. */
  async kill(): Promise<void> {
    const running = this.#process;
    if (running === null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGKILL");
    await ended;
  }

  /** Has a ZAP handler of its own judge who comes to its sockets in the domain "test". */
  authenticate(allowed: Allowed): Promise<unknown> {
    return this.ask("authenticate", allowed);
  }

  ask(action: string, more: object): Promise<unknown> {
    const id = ++this.#ids;
    const input = this.#process?.stdin;
    if (input === undefined || input === null) return Promise.reject(new Error("the peer's process does not run"));
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      input.write(`${JSON.stringify({ id, do: action, ...more })}\n`);
    });
    const late = `${this.#program.name} did not answer to "${action}" within ${PATIENCE} ms`;
    const limit = setTimeout(() => this.#waiting.get(id)?.reject(new Error(late)), PATIENCE);
    return answer.finally(() => clearTimeout(limit));
  }

  #answered(line: string): void {
    const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string }; // what peers say
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`the peer failed: ${error}`));
  }
}

/** Whom a peer's ZAP handler lets in: by user name and password, and by key, which is given twice as each needs it. */
export interface Allowed {
  readonly users: Readonly<Record<string, string>>;
  /** Public keys, in hexadecimal digits. */
  readonly keys: readonly string[];
  /** Where they are as certificates. */
  readonly folder: string;
}

/** How a peer is run. */
interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly drafts: boolean;
  /** Why tests with it are skipped. */
  readonly skip: string | false;
}

const path = (file: string): string => fileURLToPath(new URL(file, ROOT));

const PROGRAMS: readonly Program[] = [
  { name: "zeromq.js", command: [process.execPath, "--no-warnings", path("zeromqjs.mjs")], drafts: true, skip: false },
  {
    name: "pyzmq",
    command: [python ?? "python3", path("pyzmq.py")],
    drafts: false,
    skip: withoutPyzmq,
  },
];

/**
 * Describes tests once for each kind of peer, with a running one. Where one is missing, one line says so; with
 * ZMQ_REQUIRE_PEERS=1 all of its tests fail.
 */
export function withEachPeer(title: string, tests: (peer: Peer) => void): void {
  for (const program of PROGRAMS) withPeer(title, program, program.skip, tests);
}

/** The same with those whose libzmq has the draft sockets. */
export function withDraftPeers(title: string, tests: (peer: Peer) => void): void {
  for (const program of PROGRAMS) {
    withPeer(title, program, program.drafts ? program.skip : "its libzmq has no draft sockets", tests);
  }
}

function withPeer(title: string, program: Program, skip: string | false, tests: (peer: Peer) => void): void {
  describe(`${title}, with ${program.name}`, { skip }, () => {
    const peer = new Peer(program);
    before(() => peer.start());
    after(() => peer.kill());
    tests(peer);
  });
}

function setting(option: string, value: unknown): [kind: string, number: number, value: unknown] {
  const { type, number } = OPTIONS[option as OptionName]; // AnyOptions has only these
  if (number === null) throw new Error(`libzmq has no number for ${option}`);
  return type === "bytes" || type === "string" || type === "key"
    ? ["bytes", number, encode(value as string | Uint8Array)] // as its option type says
    : [type, number, value];
}

function encode(frame: string | Uint8Array): string {
  return Buffer.from(frame as string).toString("base64"); // from() takes either
}
