import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CLASSES } from "../conformance/dialog.ts";
import type * as zmq from "../../src/index.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import type { EventOfType, EventType } from "../../src/observe/events.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { SOCKETS } from "../../src/sockets/index.ts";
import type { Receiving, Sending } from "../../src/sockets/methods.ts";
import type { SocketType } from "../../src/sockets/type.ts";
import type { AnyOptions, Frames, PeerSocket } from "./peer.ts";

/** Any of our sockets; a method that its type lacks is undefined. */
export type OurSocket = zmq.Socket & Sending & Receiving & Pick<zmq.Subscriber, "subscribe" | "unsubscribe">;

const PATIENCE = 10_000;

type SocketClass = new (options: AnyOptions) => OurSocket;

/** What one test uses of our side. At its end all is closed, with no message unaccounted for. */
export class Ours {
  readonly #sockets: OurSocket[] = [];
  #folder: string | undefined;

  /** Without a linger time, and with time limits that end a test which goes wrong, unless told otherwise. */
  open(type: TypeName, options: AnyOptions = {}): OurSocket {
    const { className, sends, receives } = SOCKETS.find(({ name }) => name === type) as SocketType; // all types are there
    const limits = { ...(sends ? { sendTimeout: PATIENCE } : {}), ...(receives ? { receiveTimeout: PATIENCE } : {}) };
    const made = new (CLASSES.get(className) as SocketClass)({ linger: 0, ...limits, ...options }); // of that name
    this.#sockets.push(made);
    void made.events; // it keeps events from now on
    return made;
  }

  /** An address to bind that nobody else uses. */
  address(transport: "tcp" | "ipc"): string {
    if (transport === "tcp") return "tcp://127.0.0.1:*";
    this.#folder ??= mkdtempSync(path.join(tmpdir(), "zmq-"));
    return `ipc://${this.#folder}/${this.#sockets.length}-${performance.now()}`;
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) {
      checkBooks(socket);
      socket.close();
      await socket.ended();
      checkBooks(socket);
    }
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Runs a test with our side of it, which ends whatever the outcome. */
export function using(run: (ours: Ours) => Promise<void>): () => Promise<void> {
  return async () => {
    const ours = new Ours();
    try {
      await run(ours);
    } finally {
      await ours.end();
    }
  };
}

export function checkBooks(socket: OurSocket): void {
  const stats = socket.stats();
  assert.equal(unaccounted(stats), 0, `unaccounted for: ${JSON.stringify(stats)}`);
}

/** The next event of that type. */
export async function nextEvent<Type extends EventType>(socket: OurSocket, type: Type): Promise<EventOfType<Type>> {
  for (;;) {
    const event = await socket.events.receive({ timeout: PATIENCE });
    if (event.type === type) return event as EventOfType<Type>; // just compared
  }
}

/** The numbers at the end of the next `count` messages. */
export async function receiveNumbers(socket: OurSocket, count: number): Promise<number[]> {
  const numbers: number[] = [];
  while (numbers.length < count) numbers.push(Number((await socket.receive()).at(-1)));
  return numbers;
}

/** Sends messages that begin with `before` and end with 0, 1, 2… in text. */
export async function sendNumbers(socket: OurSocket, count: number, before: Frames = []): Promise<void> {
  for (let at = 0; at < count; at++) await socket.send([...before, String(at)]);
}

/** 0, 1, 2… */
export function countUp(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

/** Joins both sides, whichever binds. */
export async function join(ours: OurSocket, theirs: PeerSocket, address: string, binder: "we" | "they"): Promise<void> {
  if (binder === "we") {
    await ours.bind(address);
    await theirs.connect(ours.lastEndpoint ?? "");
  } else ours.connect(await theirs.bind(address));
}

/** A message as it is received. */
export function buffers(message: Frames): Buffer[] {
  return message.map((frame) => Buffer.from(frame as string)); // from() takes either
}
