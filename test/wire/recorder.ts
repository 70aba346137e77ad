import assert from "node:assert/strict";
import { Batch } from "../../src/base/batch.ts";
import { concat, hex } from "../../src/base/bytes.ts";
import { ProtocolError, type ProtocolErrorCode } from "../../src/base/errors.ts";
import type { Message } from "../../src/base/message.ts";
import type { AuthenticationRequest, Connection, ConnectionEvents, PeerFacts } from "../../src/wire/connection.ts";

/** Takes a connection's events and keeps them: frames by reference, so that later damage to them shows. */
export class Recorder implements ConnectionEvents {
  readonly output: Batch = new Batch();
  readonly facts: PeerFacts[] = [];
  readonly messages: Message[] = [];
  readonly topics: [topic: Uint8Array, added: boolean][] = [];
  readonly pings: number[] = [];
  readonly applicants: AuthenticationRequest[] = [];
  /** Whether each message stops the reading. */
  stops = false;

  authenticate(request: AuthenticationRequest): void {
    this.applicants.push(request);
  }

  ready(facts: PeerFacts): void {
    this.facts.push(facts);
  }

  message(message: Message): boolean {
    this.messages.push(message);
    return !this.stops;
  }

  subscription(topic: Uint8Array, added: boolean): void {
    this.topics.push([topic, added]);
  }

  ping(ttl: number): void {
    this.pings.push(ttl);
  }

  /** All that was recorded, as values to compare. */
  get log(): unknown {
    return {
      facts: this.facts.map((facts) => ({ ...facts, routingId: hex(facts.routingId) })),
      messages: this.messages.map((message) => message.map(hex)),
      topics: this.topics.map(([topic, added]) => [hex(topic), added]),
      pings: this.pings,
    };
  }
}

/** Bytes from digits; spaces are for the eye. */
export function octets(digits: string): Uint8Array {
  return Uint8Array.from(digits.replaceAll(/\s/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** What was appended to a batch, as digits. */
export function taken(batch: Batch): string {
  return hex(concat(batch.take().parts));
}

const shared = new Uint8Array(64 * 1024);

/** Receives as from a stream that reads into one buffer again and again: what a chunk held is gone after the call. */
export function feed(connection: Connection, chunk: Uint8Array, to: ConnectionEvents): void {
  const buffer = chunk.length <= shared.length ? shared.subarray(0, chunk.length) : new Uint8Array(chunk.length);
  buffer.set(chunk);
  try {
    connection.receive(buffer, to);
  } finally {
    buffer.fill(0xee);
  }
}

/** Receives `bytes` cut at `cuts`. */
export function feedCut(
  connection: Connection,
  bytes: Uint8Array,
  cuts: readonly number[],
  to: ConnectionEvents,
): void {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    feed(connection, bytes.subarray(from, cut), to);
    from = cut;
  }
  feed(connection, bytes.subarray(from), to);
}

/** Receives as a transport does that reads into `target` whenever there is one. */
export function feedTargets(connection: Connection, bytes: Uint8Array, chunk: number, to: ConnectionEvents): number {
  let reads = 0;
  for (let at = 0; at < bytes.length;) {
    const target = connection.target();
    const size = Math.min(target?.length ?? chunk, chunk, bytes.length - at);
    if (target === null) feed(connection, bytes.subarray(at, at + size), to);
    else {
      reads++;
      target.set(bytes.subarray(at, at + size));
      connection.receive(target.subarray(0, size), to);
    }
    at += size;
  }
  return reads;
}

/** Checks that `run` throws a ProtocolError with this code, and returns its text. */
export function refused(code: ProtocolErrorCode, run: () => void): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assert.equal(error.code, code, error.message);
    return error.message;
  }
  return assert.fail(`nothing was refused; ${code} was expected`);
}
