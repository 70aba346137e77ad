import { randomBytes } from "node:crypto";
import { Batch } from "../../src/base/batch.ts";
import { concat, utf8 } from "../../src/base/bytes.ts";
import { decodeZ85 } from "../../src/base/z85.ts";
import { ProtocolError } from "../../src/base/errors.ts";
import { MECHANISMS, curveBox, loadCurveBox } from "../../src/security/index.ts";
import {
  COMMAND,
  encodeCommand,
  encodeFrame,
  encodeGreeting,
  encodeMetadata,
  parseCommand,
  readHeader,
} from "../../src/wire/index.ts";
import type { Mechanism, Step } from "../../src/wire/zmtp/mechanism.ts";
import { CLIENT_KEYS, SERVER_KEYS, type Security } from "../support/securities.ts";
import { HostilePeer } from "./hostile-peer.ts";

const GREETING_SIZE = 64;

/** A fault in what a peer sends: `change` makes what is sent of a part, which is the greeting (0) or a command's frame. */
export interface Fault {
  readonly name: string;
  readonly part: number;
  /** The octet of it that is changed, where it is one. */
  readonly at?: number;
  change(bytes: Uint8Array): Uint8Array;
  /** Nothing is sent after it. */
  readonly last?: true;
}

/** What makes a peer's side of a mechanism, which says `metadata` of itself. */
export type Shaking = (metadata: Uint8Array) => Mechanism;

const keys = ({ publicKey, secretKey }: typeof CLIENT_KEYS) => ({
  publicKey: decodeZ85(publicKey),
  secretKey: decodeZ85(secretKey),
});

/** The sides of each mechanism, with the credentials and keys that the other side takes. CURVE has to be loaded. */
export const SHAKING: Readonly<Record<Exclude<Security["name"], "NULL">, Record<"client" | "server", Shaking>>> = {
  PLAIN: {
    client: (metadata) => MECHANISMS.PLAIN.client(metadata, { username: "alice", password: "open sesame" }),
    server: (metadata) => MECHANISMS.PLAIN.server(metadata),
  },
  CURVE: {
    client: (metadata) => curveClientWith(metadata, {}),
    server: (metadata) => MECHANISMS.CURVE.server(metadata, { ...settings(), keys: keys(SERVER_KEYS) }),
  },
};

type CurveClientSettings = Parameters<typeof MECHANISMS.CURVE.client>[1];

/** A CURVE client that is let in but for what is changed of it. */
export function curveClientWith(metadata: Uint8Array, changes: Partial<CurveClientSettings>): Mechanism {
  const serverKey = decodeZ85(SERVER_KEYS.publicKey);
  return MECHANISMS.CURVE.client(metadata, { ...settings(), keys: keys(CLIENT_KEYS), serverKey, ...changes });
}

function settings(): { random: (size: number) => Uint8Array; box: typeof curveBox } {
  return { random: randomBytes, box: curveBox };
}

/** What to wait for before CURVE is used. */
export async function curveLoaded(): Promise<void> {
  await loadCurveBox(null);
}

/** A hostile peer that knows its part in a handshake, and goes through with it but for one fault. */
export class ShakingPeer {
  readonly peer: HostilePeer;
  /** Names of the commands that came, in order; "" is a frame that is none. */
  readonly heard: string[] = [];
  /** What was sent, part by part, before the fault. */
  readonly parts: Uint8Array[] = [];
  readonly #mechanism: Mechanism;
  readonly #fault: Fault | null;
  /** Bytes that came and are not read yet. */
  #rest: Uint8Array = new Uint8Array(0);
  #greeted = false;
  #mute = false;
  #settle: () => void = () => undefined;
  readonly #settled: Promise<void> = new Promise((resolve) => (this.#settle = resolve));

  constructor(peer: HostilePeer, mechanism: Mechanism, fault: Fault | null = null) {
    this.peer = peer;
    this.#mechanism = mechanism;
    this.#fault = fault;
    peer.socket.on("data", (bytes: Buffer) => this.#received(bytes));
    this.#send(encodeGreeting(mechanism.name, 0));
  }

  /** Connects as a client, and says that it is of this type. */
  static async connect(
    endpoint: string,
    shaking: Shaking,
    type: string,
    fault: Fault | null = null,
  ): Promise<ShakingPeer> {
    return new ShakingPeer(await HostilePeer.connect(endpoint), shaking(typed(type)), fault);
  }

  /** Whether the other side let it in: a client hears READY, a server what is said after its own. */
  get entered(): boolean {
    const initiated = this.heard.indexOf("INITIATE");
    const after = initiated < 0 ? this.heard.indexOf("READY") + 1 : initiated + 1;
    return initiated < 0 ? after > 0 : this.heard.slice(after).some((name) => name !== "ERROR" && name !== "INITIATE");
  }

  /** Waits until it was let in, or turned away. */
  async settled(): Promise<boolean> {
    await Promise.race([this.peer.ended("a fault in its handshake"), this.#settled]);
    return this.entered;
  }

  /** A frame as this side has to send it after the handshake. */
  sealed(flags: number, body: Uint8Array): Uint8Array {
    const batch = new Batch();
    if (this.#mechanism.seal === undefined) batch.frame(flags, body);
    else this.#mechanism.seal(flags, body, batch);
    return concat(batch.take().parts);
  }

  #received(bytes: Uint8Array): void {
    this.#rest = concat([this.#rest, bytes]);
    if (!this.#greeted && this.#rest.length >= GREETING_SIZE) {
      this.#greeted = true;
      this.#rest = this.#rest.subarray(GREETING_SIZE);
      this.#step(() => this.#mechanism.begin());
    }
    while (this.#greeted) {
      const header = readHeader(this.#rest, 0, this.#rest.length);
      if (header === null || header.body + header.length > this.#rest.length) return;
      this.#frame(this.#rest.slice(header.body, header.body + header.length));
      this.#rest = this.#rest.subarray(header.body + header.length);
    }
  }

  #frame(body: Uint8Array): void {
    const command = parseCommand(body);
    this.heard.push(command?.name ?? "");
    if (this.entered) this.#settle();
    if (command !== null) this.#step(() => this.#mechanism.handle(command));
  }

  /** What the other side answers to a fault need not make sense to this one. */
  #step(run: () => Step): void {
    try {
      const step = run();
      if (step.kind === "authenticate") return this.#step(() => (this.#mechanism.authenticated as () => Step)()); // it asked
      for (const { name, data } of step.send) this.#send(encodeFrame(COMMAND, encodeCommand(name, data)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }

  #send(part: Uint8Array): void {
    if (this.#mute) return;
    const fault = this.#fault?.part === this.parts.length ? this.#fault : null;
    this.parts.push(part);
    this.peer.send(fault === null ? part : fault.change(part));
    if (fault?.last === true) this.#mute = true;
  }
}

function typed(type: string): Uint8Array {
  return encodeMetadata([["Socket-Type", utf8(type)]]);
}

/** A server's side of it, for a peer that dialed. */
export function answering(peer: HostilePeer, shaking: Shaking, type: string, fault: Fault | null = null): ShakingPeer {
  return new ShakingPeer(peer, shaking(typed(type)), fault);
}

/** What is done to one octet, at each place of each part. */
export function faultsIn(parts: readonly Uint8Array[]): Fault[] {
  return parts.flatMap((part, number) => Array.from(part, (_, at) => octetFaults(number, at)).flat());
}

/** Most octets differ from one handshake to the next, so that what they are made depends on what they would be. */
function octetFaults(part: number, at: number): Fault[] {
  const name = (what: string): string => `octet ${at} of part ${part} ${what}`;
  const changed = (change: (octet: number) => number) => (bytes: Uint8Array) => bytes.with(at, change(bytes[at] ?? 0));
  return [
    { name: name("cut off"), part, at, last: true, change: (bytes) => bytes.subarray(0, at) },
    { name: name("flipped"), part, at, change: changed((octet) => octet ^ (1 << (at % 8))) },
    { name: name("replaced"), part, at, change: changed((octet) => (octet === 0xff ? 0 : 0xff)) },
    {
      name: name("inserted"),
      part,
      at,
      // Another than follows: with the same one, the last octet of a part, the fault would come after a whole part.
      change: (bytes) => concat([bytes.slice(0, at), Uint8Array.of((bytes[at] ?? 0) ^ 0xff), bytes.slice(at)]),
    },
  ];
}
