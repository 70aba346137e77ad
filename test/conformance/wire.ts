import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Batch } from "../../src/base/batch.ts";
import { concat, hex } from "../../src/base/bytes.ts";
import type { Connection } from "../../src/wire/connection.ts";
import { Recorder, feed, feedCut, feedTargets, refused, taken } from "../wire/recorder.ts";

/** What a wire protocol shows of itself to be tested. */
export interface WireSubject {
  readonly name: string;
  make(): Connection;
  /** What a peer sends, handshake and traffic of every kind. */
  readonly conversation: Uint8Array;
  /** Whether messages keep their bounds; if not, only their bytes are compared. */
  readonly framed: boolean;
  /** Conversations that a connection refuses, by what is wrong with them. */
  readonly refused: Readonly<Record<string, Uint8Array>>;
  /** The start of a conversation that claims a message over every limit. */
  readonly oversize?: Uint8Array;
}

/** What every Connection must hold to, whatever its protocol. */
export function wireSuite(subject: WireSubject): void {
  // In one chunk: what every other way of feeding is compared with.
  const whole = observed(subject, (connection, to) => feed(connection, subject.conversation, to));

  describe(`${subject.name} as a connection`, () => {
    cutTests(subject, whole);
    stopTests(subject, whole);
    refusalTests(subject);
    test("brings every message it encodes to the other side", () => roundTrip(subject));
  });
}

function cutTests(subject: WireSubject, whole: unknown): void {
  const { conversation } = subject;
  const same = (run: (connection: Connection, to: Recorder) => void, detail?: string): void =>
    assert.deepEqual(observed(subject, run), whole, detail);

  test("reads the same wherever its bytes are cut in two", () => {
    for (const cut of cutsNearFrames(conversation.length)) {
      same((connection, to) => feedCut(connection, conversation, [cut], to), `cut at ${cut}`);
    }
  });

  test("reads the same byte by byte", () => {
    same((connection, to) => feedCut(connection, conversation, range(conversation.length), to));
  });

  test("reads the same in random pieces", () => {
    const cuts = fc.array(fc.nat(conversation.length), { maxLength: 40 });
    fc.assert(fc.property(cuts, (at) => same((connection, to) => feedCut(connection, conversation, at, to))));
  });

  test("reads the same when the transport fills its targets", () => {
    for (const size of [1000, 4096, 65536]) {
      same((connection, to) => void feedTargets(connection, conversation, size, to), `${size} bytes at a time`);
    }
  });

  test("hands out what is whole, and refuses nothing, of a conversation that is cut off", () => {
    const all = new Recorder();
    feed(subject.make(), conversation, all);
    for (const cut of cutsNearFrames(conversation.length)) cutOff(subject, cut, all);
  });
}

function stopTests(subject: WireSubject, whole: unknown): void {
  test("reads the same when every message stops it, and gives one message for each resume", () => {
    for (const size of [subject.conversation.length, 5000, 700]) {
      const stopping = observed(subject, (connection, to) => feedStopping(connection, subject.conversation, size, to));
      assert.deepEqual(stopping, whole);
    }
  });
}

function refusalTests(subject: WireSubject): void {
  test("takes nothing more once the peer was refused", () => {
    for (const [fault, bytes] of Object.entries(subject.refused)) refusedForGood(subject, fault, bytes);
  });

  const { oversize } = subject;
  if (oversize === undefined) return;
  test("refuses what is over a limit before it takes memory for it", () => {
    const before = process.memoryUsage().arrayBuffers;
    refused("ERR_ZMTP_TOO_BIG", () => feed(subject.make(), oversize, new Recorder()));
    assert.ok(process.memoryUsage().arrayBuffers - before < 4 * 1024 * 1024);
  });
}

function observed(subject: WireSubject, run: (connection: Connection, to: Recorder) => void): unknown {
  const to = new Recorder();
  const connection = subject.make();
  connection.start(to.output);
  run(connection, to);
  assert.equal(connection.held, 0);
  const sent = taken(to.output);
  return subject.framed ? { log: to.log, sent } : { bytes: joined(to.messages), sent };
}

function feedStopping(connection: Connection, bytes: Uint8Array, size: number, to: Recorder): void {
  to.stops = true;
  for (let at = 0; at < bytes.length; at += size) {
    const before = to.messages.length;
    feed(connection, bytes.subarray(at, at + size), to);
    assert.ok(to.messages.length - before <= 1);
    assert.ok(connection.held <= bytes.length);
    for (let count = -1; count !== to.messages.length;) {
      count = to.messages.length;
      connection.resume(to);
      assert.ok(to.messages.length - count <= 1);
    }
  }
}

function refusedForGood(subject: WireSubject, fault: string, bytes: Uint8Array): void {
  const to = new Recorder();
  const connection = subject.make();
  assert.throws(() => feed(connection, bytes, to), { name: "ProtocolError" }, fault);
  const log = JSON.stringify(to.log);
  to.output.take();
  feed(connection, subject.conversation, to);
  connection.resume(to);
  assert.equal(JSON.stringify(to.log), log, fault);
  assert.equal(to.output.size, 0, fault);
  assert.equal(connection.held, 0, fault);
  assert.equal(connection.target(), null, fault);
}

function cutOff(subject: WireSubject, cut: number, all: Recorder): void {
  const to = new Recorder();
  const connection = subject.make();
  feed(connection, subject.conversation.subarray(0, cut), to);
  assert.ok(connection.held <= cut);
  const same = all.messages.slice(0, to.messages.length);
  if (subject.framed) assert.deepEqual(digits(same), digits(to.messages));
  else assert.ok(joined(all.messages).startsWith(joined(to.messages)));
}

function roundTrip(subject: WireSubject): void {
  const messages = [[bytesOf(1)], [bytesOf(0), bytesOf(255)], [bytesOf(256), bytesOf(70_000), bytesOf(16_385)]];
  const [sender, receiver] = [subject.make(), subject.make()];
  const to = new Recorder();
  feed(sender, subject.conversation, new Recorder());
  feed(receiver, subject.conversation, to);
  to.messages.length = 0;
  const out = new Batch();
  for (const message of messages) sender.encode(message, out);
  feed(receiver, concat(out.take().parts), to);
  assert.equal(joined(to.messages), joined(messages));
  if (subject.framed) assert.deepEqual(digits(to.messages), digits(messages));
}

function digits(messages: readonly Uint8Array[][]): string[][] {
  return messages.map((message) => message.map(hex));
}

function joined(messages: readonly Uint8Array[][]): string {
  return messages.map((message) => hex(concat(message))).join("");
}

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => at & 0xff);
}

function range(size: number): number[] {
  return Array.from({ length: size }, (_, at) => at);
}

/** All cuts of the first part, where the handshake and the short frames are, and some of the rest. */
function cutsNearFrames(size: number): number[] {
  return range(size).filter((at) => at < 1000 || at % 509 === 0 || at > size - 40);
}
