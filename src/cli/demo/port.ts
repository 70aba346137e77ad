import { unaccounted, type SocketStats } from "../../index.ts";
import type { Library } from "./cast.ts";
import type { PortReport } from "./script.ts";

/** What the demo needs of a socket, of either library. */
export interface PlainSocket {
  linger: number;
  readonly lastEndpoint: string | null;
  bind(address: string): Promise<void>;
  connect(address: string): void;
  close(): void;
  send(message: Uint8Array | string | (Uint8Array | string)[]): Promise<void>;
  receive(): Promise<Uint8Array[]>;
  /** Of subscribers only. */
  subscribe?(...topics: string[]): void;
  /** Of ours only. */
  stats?(): SocketStats;
}

/** A socket, and the program's own count of what it sent and received through it. */
export class Port {
  readonly socket: PlainSocket;
  readonly #library: Library;
  #sent = 0;
  #received = 0;
  #bytesReceived = 0;

  constructor(socket: PlainSocket, library: Library) {
    this.socket = socket;
    this.#library = library;
  }

  async send(message: Uint8Array | (Uint8Array | string)[]): Promise<void> {
    await this.socket.send(message);
    this.#sent++;
  }

  async receive(): Promise<Uint8Array[]> {
    const message = await this.socket.receive();
    this.#received++;
    for (const frame of message) this.#bytesReceived += frame.length;
    return message;
  }

  report(): PortReport {
    const stats = this.socket.stats?.();
    return {
      library: this.#library,
      sent: this.#sent,
      received: this.#received,
      bytesReceived: this.#bytesReceived,
      copies: stats?.messagesGenerated ?? 0,
      queuedOut: stats?.queuedOut ?? 0,
      queuedIn: stats?.queuedIn ?? 0,
      drops: stats?.drops ?? null,
      unaccounted: stats === undefined ? 0 : unaccounted(stats),
    };
  }
}
