import net from "node:net";
import { utf8 } from "../../src/base/bytes.ts";
import { COMMAND, encodeCommand, encodeFrame, encodeMetadata } from "../../src/wire/index.ts";

/** Longer than any machine needs. */
const LIMIT = 20_000;

/**
 * A peer of which each byte is the test's own: a plain TCP connection. It reads all it gets, unless told not to, and
 * keeps only the first 64 KiB.
 */
export class HostilePeer {
  readonly socket: net.Socket;
  /** What came first. */
  received: Buffer = Buffer.alloc(0);
  /** How many bytes came in all. */
  size = 0;
  /** The other side has ended or reset the connection. */
  over = false;
  readonly #waiters: Set<() => void> = new Set();

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      this.size += bytes.length;
      if (this.received.length < 65_536) this.received = Buffer.concat([this.received, bytes]);
    });
    for (const sign of ["end", "error", "close"]) socket.on(sign, () => this.#ended());
  }

  /** Connects to "tcp://host:port". It stays open to be written to when the other side ends. */
  static async connect(endpoint: string): Promise<HostilePeer> {
    const { hostname, port } = new URL(endpoint.replace("tcp:", "http:"));
    const peer = new HostilePeer(net.connect({ host: hostname, port: Number(port), allowHalfOpen: true }));
    await peer.#either("a connection", LIMIT, (done) => peer.socket.once("connect", done));
    return peer;
  }

  /** Connects, and says all this at once. */
  static async saying(endpoint: string, ...parts: Uint8Array[]): Promise<HostilePeer> {
    const peer = await HostilePeer.connect(endpoint);
    for (const part of parts) peer.send(part);
    return peer;
  }

  send(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** Writes and waits until the system has taken it, or the connection is over. */
  async sent(bytes: Uint8Array): Promise<void> {
    if (this.socket.destroyed) return;
    await this.#either("bytes to be taken", LIMIT, (done) => this.socket.write(bytes, done));
  }

  /** Ends the connection with a reset, whatever is under way. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }

  /** Waits until the other side has ended the connection. */
  ended(what: string): Promise<void> {
    return this.#either(`the end of a connection after ${what}`, 5000, () => undefined);
  }

  /** Waits until so many bytes have come in all, or the connection is over. */
  got(size: number): Promise<void> {
    return this.#either(`${size} bytes`, LIMIT, (done) => {
      const look = (): void => {
        if (this.size < size) return;
        this.socket.off("data", look);
        done();
      };
      this.socket.on("data", look);
      look();
    });
  }

  #ended(): void {
    this.over = true;
    for (const waiter of this.#waiters) waiter();
  }

  /** Waits for what `start` begins, or for the end of the connection. By events: thousands of these may wait at once. */
  #either(what: string, limit: number, start: (done: () => void) => void): Promise<void> {
    if (this.over) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited ${limit} ms for: ${what}`)), limit);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      this.#waiters.add(done);
      start(done);
    });
  }
}

/** A READY as it stands in a frame: `Socket-Type`, then the properties given. */
export function ready(type: string, ...properties: (readonly [name: string, value: Uint8Array])[]): Uint8Array {
  const metadata = encodeMetadata([["Socket-Type", utf8(type)], ...properties]);
  return encodeFrame(COMMAND, encodeCommand("READY", metadata));
}

/** A command in its frame. */
export function command(name: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeFrame(COMMAND, encodeCommand(name, data));
}
