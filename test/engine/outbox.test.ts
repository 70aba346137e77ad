import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Batch } from "../../src/base/batch.ts";
import { utf8 } from "../../src/base/bytes.ts";
import { Outbox } from "../../src/engine/outbox.ts";
import { pack, type Block } from "../../src/pipe/packed.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import { Bundle } from "../../src/routing/bundle.ts";
import { RawConnection } from "../../src/wire/raw.ts";
import { MemoryStream } from "../support/memory-transport.ts";

/** An outbox on a wire without framing, so that what goes out is what was sent. */
function scene(): { stream: MemoryStream; outbox: Outbox; near: Pipe; turn: () => void; writes: () => number } {
  const stream = new MemoryStream("mem://peer");
  let waiting: (() => void)[] = [];
  let writes = 0;
  const write = stream.write.bind(stream);
  stream.write = (parts, done) => {
    writes++;
    return write(parts, done);
  };
  const outbox = new Outbox(stream, new RawConnection(), {
    atEndOfTurn: (run) => void waiting.push(run),
    afterIo: (run) => void waiting.push(run),
    busy: false,
  });
  const near = Pipe.pair({ outLimit: 5, inLimit: 5, conflate: false, far: "session" });
  const turn = (): void => {
    const runs = waiting;
    waiting = [];
    for (const run of runs) run();
  };
  return { stream, outbox, near, turn, writes: () => writes };
}

function blockOf(...messages: string[]): Block {
  const batch = new Batch();
  for (const message of messages) pack([utf8(message)], batch);
  return { ...batch.take(), messages: messages.length };
}

const text = (stream: MemoryStream): string => Buffer.from(stream.taken(), "hex").toString();

describe("an outbox", () => {
  test("writes all of one turn at once, at its end", () => {
    const { stream, outbox, near, turn, writes } = scene();
    outbox.join(near.far);
    for (const each of ["a", "b", "c"]) near.write([utf8(each)]);
    assert.equal(writes(), 0);
    turn();
    assert.equal(writes(), 1);
    assert.equal(text(stream), "abc");
    assert.equal(near.traffic.delivered, 3);
    assert.equal(near.traffic.bytesOut, 3);
  });

  test("takes first what was queued before it came", () => {
    const { stream, outbox, near, turn } = scene();
    near.write([utf8("early ")]);
    outbox.join(near.far);
    near.write([utf8("late")]);
    turn();
    assert.equal(text(stream), "early late");
  });

  test("puts a message out of turn before all that is queued", () => {
    const { stream, outbox, near, turn } = scene();
    near.write([utf8("queued")]);
    outbox.first([utf8("hello ")], near.traffic);
    outbox.join(near.far);
    turn();
    assert.equal(text(stream), "hello queued");
    assert.equal(near.traffic.generated, 1);
    assert.equal(near.traffic.delivered, 2);
  });

  test("writes 2 MiB of a long queue, and goes on when the loop has turned", () => {
    const { outbox, near, turn } = scene();
    for (let count = 0; count < 5; count++) near.write([new Uint8Array(1 << 20)]);
    outbox.join(near.far);
    const left = [near.queuedOut];
    for (; near.queuedOut > 0; left.push(near.queuedOut)) turn();
    assert.deepEqual(left, [3, 1, 0]);
    turn();
    assert.equal(near.traffic.delivered, 5);
  });

  test("takes what several pipes share as if it came one by one, and leaves it to the queue while the kernel is behind", () => {
    const { stream, outbox, near, turn, writes } = scene();
    outbox.join(near.far);
    near.share(blockOf("a", "b"));
    near.write([utf8("c")]);
    turn();
    assert.deepEqual([text(stream), writes(), near.traffic.delivered, near.writes], ["abc", 1, 3, 3]);
    stream.blocked = true;
    near.write([utf8("in flight")]);
    turn();
    near.share(blockOf("1", "2", "3"));
    near.share(blockOf("4", "5", "6"));
    assert.deepEqual([near.queuedOut, near.drops.hwm], [5, 1]);
  });

  test("writes to a crowd in turns of the loop, and at once when 64 KiB are copied for one of it", () => {
    const { outbox, near, turn, writes } = scene();
    outbox.join(near.far);
    const crowd = { ...blockOf("a"), sharers: 10_000 };
    near.share(crowd);
    near.share(crowd);
    assert.equal(writes(), 0);
    turn();
    assert.equal(writes(), 1);
    near.share({ ...blockOf(...Array.from({ length: 5 }, () => "x".repeat(15 * 1024))), sharers: 10_000 });
    assert.equal(writes(), 2);
  });

  test("writes at once, when the process exits, what is held for its pipe", () => {
    const { stream, outbox, near } = scene();
    outbox.join(near.far);
    const later = (): void => undefined;
    new Bundle({ atEndOfTurn: later, afterIo: later, busy: false }).send([near], [utf8("last")], false);
    outbox.flushSync(1000);
    assert.equal(text(stream), "last");
  });

  test("writes within a turn once 64 KiB are together", () => {
    const { outbox, near, writes } = scene();
    outbox.join(near.far);
    for (let count = 0; count < 4; count++) near.write([new Uint8Array(16 * 1024)]);
    assert.equal(writes(), 1);
  });

  test("writes every 32 messages to a peer of whom more waits for the user, and to others at the end of the turn", () => {
    const { outbox, near, turn, writes } = scene();
    outbox.join(near.far);
    for (let count = 0; count < 64; count++) near.write([utf8("question")]);
    assert.equal(writes(), 0);
    near.far.write([utf8("more to come")]);
    for (let count = 0; count < 64; count++) near.write([utf8("answer")]);
    assert.equal(writes(), 2);
    near.read();
    for (let count = 0; count < 64; count++) near.write([utf8("question")]);
    assert.equal(writes(), 2);
    turn();
    assert.equal(writes(), 3);
    assert.equal(near.traffic.delivered, 192);
  });

  test("leaves messages to the pipe, where the mark counts them, while the kernel is behind", () => {
    const { stream, outbox, near, turn } = scene();
    outbox.join(near.far);
    stream.blocked = true;
    near.write([utf8("in flight")]);
    turn();
    assert.equal(outbox.blocked, true);
    let queued = 0;
    while (near.write([utf8(".")])) queued++;
    assert.equal(queued, 5);
    assert.equal(near.traffic.inFlight, 1);
    stream.blocked = false;
    outbox.drained();
    turn();
    assert.equal(near.queuedOut, 0);
    assert.equal(text(stream), ".....");
  });

  test("says that it is empty when the kernel has all, and not before", () => {
    const { stream, outbox, near, turn } = scene();
    outbox.join(near.far);
    let emptied = 0;
    outbox.emptied = () => emptied++;
    stream.blocked = true;
    near.write([utf8("a")]);
    assert.equal(outbox.empty, false);
    turn();
    assert.equal(outbox.empty, false);
    stream.unblock();
    assert.equal(outbox.empty, true);
    assert.equal(emptied, 1);
  });

  test("counts as lost what the kernel did not take, and takes nothing more, once it ended", () => {
    const { stream, outbox, near, turn } = scene();
    outbox.join(near.far);
    stream.blocked = true;
    near.write([utf8("written")]);
    turn();
    outbox.first([utf8("in the batch")], near.traffic);
    outbox.end();
    outbox.end();
    stream.close();
    assert.equal(near.far.drops["peer-lost"], 2);
    assert.equal(near.traffic.inFlight, 0);
    near.write([utf8("queued")]);
    turn();
    assert.equal(near.queuedOut, 1);
    assert.equal(text(stream), "");
  });

  test("writes everything before it returns when the process is about to exit", () => {
    const { stream, outbox, near, turn } = scene();
    outbox.join(near.far);
    stream.blocked = true;
    near.write([utf8("a")]);
    turn();
    near.write([utf8("b")]);
    outbox.flushSync(100);
    assert.equal(text(stream), "ab");
    assert.equal(near.queuedOut, 0);
  });
});
