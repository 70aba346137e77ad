import assert from "node:assert/strict";
import { concat } from "../../src/base/bytes.ts";
import type {
  ByteStream,
  DialEvents,
  ListenEvents,
  Listening,
  StreamEvents,
  TransportOptions,
} from "../../src/transports/transport.ts";

/** What a transport has if nobody asks for anything. */
export const OPTIONS: TransportOptions = {
  ipv6: false,
  backlog: 100,
  tcpKeepalive: -1,
  tcpKeepaliveCount: -1,
  tcpKeepaliveIdle: -1,
  tcpKeepaliveInterval: -1,
  connectTimeout: 0,
  sendBufferSize: -1,
  receiveBufferSize: -1,
  tcpMaxRetransmitTimeout: 0,
  typeOfService: 0,
  tcpAcceptFilter: null,
  interface: null,
  socksProxy: null,
  socksUsername: null,
  socksPassword: null,
  handshakeInterval: 30_000,
  useFd: -1,
};

/** Waits, turn by turn, until something is true. */
export async function until(what: string, fact: () => boolean, limit = 5000): Promise<void> {
  const end = performance.now() + limit;
  while (!fact()) {
    if (performance.now() > end) assert.fail(`waited ${limit} ms for: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Remembers what a stream reports. */
export class Recorder implements StreamEvents {
  readonly chunks: Uint8Array[] = [];
  size = 0;
  drains = 0;
  readonly ends: (Error | undefined)[] = [];
  /** Where the next bytes go, if not null. */
  memory: Uint8Array | null = null;
  /** How many bytes arrived in memory of ours. */
  placed = 0;

  received(bytes: Uint8Array): void {
    this.size += bytes.length;
    if (this.memory !== null && bytes.buffer === this.memory.buffer) {
      this.placed += bytes.length;
      this.memory = this.memory.length === bytes.length ? null : this.memory.subarray(bytes.length);
    } else this.chunks.push(Uint8Array.from(bytes));
  }
  target(): Uint8Array | null {
    return this.memory;
  }
  drained(): void {
    this.drains++;
  }
  closed(error?: Error): void {
    this.ends.push(error);
  }
  get bytes(): Uint8Array {
    return concat(this.chunks);
  }
}

/** A listener and the streams that it accepted, and what it failed to. */
export class Host implements ListenEvents {
  readonly streams: ByteStream[] = [];
  readonly failures: Error[] = [];
  accepted(stream: ByteStream): void {
    this.streams.push(stream);
  }
  acceptFailed(error: Error): void {
    this.failures.push(error);
  }
}

/** What one attempt to connect reported. */
export class Caller implements DialEvents {
  delays = 0;
  readonly streams: ByteStream[] = [];
  readonly failures: Error[] = [];
  delayed(): void {
    this.delays++;
  }
  opened(stream: ByteStream): void {
    this.streams.push(stream);
  }
  failed(error: Error): void {
    this.failures.push(error);
  }
}

/** What to dial to reach a listener. */
export function addressOf(listening: Listening): string {
  return listening.endpoint.slice(listening.endpoint.indexOf("://") + 3);
}
