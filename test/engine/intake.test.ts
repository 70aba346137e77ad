import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { utf8 } from "../../src/base/bytes.ts";
import type { Message } from "../../src/base/message.ts";
import { Intake } from "../../src/engine/intake.ts";
import { Outbox } from "../../src/engine/outbox.ts";
import { Pipe, type PipeOwner } from "../../src/pipe/pipe.ts";
import type { ConnectionEvents } from "../../src/wire/connection.ts";
import { RawConnection } from "../../src/wire/raw.ts";
import { MemoryStream } from "../support/memory-transport.ts";

/** A wire on which each chunk is as many messages as it has bytes, and a PING is answered: "?" with "!". */
class Letters extends RawConnection {
  #left = 0;

  override receive(bytes: Uint8Array, to: ConnectionEvents): void {
    this.#left += bytes.length;
    if (bytes.includes(0x3f)) to.output.bytes(utf8("!"));
    if (bytes.includes(0x00)) throw new Error("a broken peer");
    this.resume(to);
  }

  override resume(to: ConnectionEvents): void {
    while (this.#left > 0) {
      this.#left--;
      if (!to.message([utf8("x")])) return;
    }
  }
}

interface Scene {
  readonly stream: MemoryStream;
  readonly outbox: Outbox;
  readonly intake: Intake;
  readonly near: Pipe;
  readonly errors: unknown[];
  /** Lets one turn of the loop pass. */
  turn(): void;
}

function scene(inLimit: number): Scene {
  const stream = new MemoryStream("mem://peer");
  const connection = new Letters();
  let waiting: (() => void)[] = [];
  const later = (run: () => void): void => void waiting.push(run);
  const outbox = new Outbox(stream, connection, { atEndOfTurn: later, afterIo: later, busy: false });
  const near = Pipe.pair({ outLimit: 0, inLimit, conflate: false, far: "session" });
  const errors: unknown[] = [];
  const events: ConnectionEvents = {
    output: outbox.batch,
    authenticate: () => intake.hold(),
    ready: () => undefined,
    message: (message: Message) => near.far.write(message) && intake.wrote(near.far),
    subscription: () => undefined,
    ping: () => undefined,
  };
  const failed = (error: unknown): void => void errors.push(error);
  const intake: Intake = new Intake({ stream, connection, outbox, events, host: { afterIo: later }, failed });
  near.far.owner = { writable: () => intake.roomMade() } as Partial<PipeOwner> as PipeOwner; // no other signal comes
  intake.join(near.far);
  const turn = (): void => {
    const runs = waiting;
    waiting = [];
    for (const run of runs) run();
  };
  return { stream, outbox, intake, near, errors, turn };
}

function take(near: Pipe, count: number): void {
  for (let at = 0; at < count; at++) assert.ok(near.read() !== undefined);
}

describe("an intake", () => {
  test("stops reading when the pipe is full, and goes on at the low mark", () => {
    const { stream, intake, near } = scene(10);
    intake.received(Buffer.alloc(25, "x"));
    assert.equal(near.queuedIn, 10);
    assert.ok(stream.paused);
    assert.ok(intake.deaf);
    take(near, 4);
    assert.ok(stream.paused);
    take(near, 1);
    assert.equal(near.queuedIn, 10, "what the wire held comes first");
    take(near, 15);
    assert.equal(near.queuedIn, 5);
    assert.ok(!stream.paused);
    assert.ok(!intake.deaf);
  });

  test("does not read a peer that does not read the answers, until it does", () => {
    const { stream, outbox, intake, turn } = scene(0);
    stream.blocked = true;
    intake.received(utf8("?"));
    turn();
    intake.received(utf8("?"));
    assert.ok(stream.paused);
    assert.ok(!intake.deaf, "it is the peer that is deaf");
    stream.unblock();
    outbox.drained();
    intake.drained();
    assert.ok(!stream.paused);
  });

  test("lets the user catch up where no mark stops it, as long as some are taken in each turn", () => {
    const { stream, intake, near, turn } = scene(0);
    intake.received(Buffer.alloc(3000, "x"));
    assert.equal(near.queuedIn, 3000);
    assert.ok(stream.paused);
    take(near, 1000);
    turn();
    assert.ok(stream.paused, "the user is at it");
    take(near, 1000);
    turn();
    assert.ok(!stream.paused, "the user has caught up");
  });

  test("reads on when the user takes none: without a mark, that is what was asked for", () => {
    const { stream, intake, turn } = scene(0);
    intake.received(Buffer.alloc(3000, "x"));
    turn();
    assert.ok(!stream.paused);
  });

  test("lets the loop turn after each 512 KiB, however fast the peer is and the user reads", () => {
    const { stream, intake, near, turn } = scene(0);
    const piece = Buffer.alloc(1000, "x");
    for (let read = 0; read < 524; read++) {
      intake.received(piece);
      take(near, 1000);
      assert.ok(!stream.paused);
    }
    intake.received(piece);
    take(near, 1000);
    assert.ok(stream.paused);
    assert.ok(!intake.deaf, "it is only for a turn");
    turn();
    assert.ok(!stream.paused);
    intake.received(piece);
    assert.ok(!stream.paused, "and counts from there");
  });

  test("hands on what was wrong with the bytes, and does not read on once it is stopped", () => {
    const { stream, intake, near, errors } = scene(1);
    intake.received(Buffer.from("xx"));
    assert.ok(stream.paused);
    intake.stop();
    take(near, 1);
    assert.ok(stream.paused);
    intake.received(Buffer.from([0]));
    assert.equal(errors.length, 1);
  });
});
