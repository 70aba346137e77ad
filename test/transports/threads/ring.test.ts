import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concat } from "../../../src/base/bytes.ts";
import { messagesOf, type FrameRun } from "../../../src/base/frame-run.ts";
import {
  ID_SHIFT,
  IN_RUN,
  KIND,
  PIECE,
  RING_BYTES,
  RingReader,
  RingWriter,
  recordSize,
  type RecordSink,
} from "../../../src/transports/threads/ring.ts";
import { encodeFrame } from "../../../src/wire/zmtp/frame.ts";

/** What came out of a ring. */
class Records implements RecordSink {
  readonly all: [number, Buffer | number][] = [];

  record(tag: number, body: Uint8Array): void {
    this.all.push([tag, Buffer.from(body)]);
  }
  number(tag: number, value: number): void {
    this.all.push([tag, value]);
  }
  piece(tag: number, body: Uint8Array): void {
    this.all.push([tag, Buffer.from(body)]);
  }
}

function ring(): { writer: RingWriter; reader: RingReader } {
  const memory = new SharedArrayBuffer(RING_BYTES);
  return { writer: new RingWriter(memory, 0), reader: new RingReader(memory, 0) };
}

const tag = (id: number, kind: number): number => (id << ID_SHIFT) | kind;

test("what was written is read once it is published, in order and only once", () => {
  const { writer, reader } = ring();
  const sink = new Records();
  writer.put(tag(1, KIND.frame), Buffer.from("one"));
  writer.putNumber(tag(2, KIND.grant), 500);
  assert.equal(reader.read(sink), false);
  assert.equal(writer.unpublished, 24);
  writer.publish();
  assert.equal(reader.empty, false);
  assert.equal(reader.read(sink), true);
  assert.equal(reader.read(sink), false);
  assert.equal(reader.empty, true);
  assert.deepEqual(sink.all, [
    [tag(1, KIND.frame), Buffer.from("one")],
    [tag(2, KIND.grant), 500],
  ]);
});

test("bodies read are private memory: the ring may be written again", () => {
  const { writer, reader } = ring();
  const got: Uint8Array[] = [];
  const keep: RecordSink = { record: (_tag, body) => got.push(body), number: () => {}, piece: () => {} };
  for (let round = 0; round < 100; round++) {
    writer.put(tag(1, KIND.frame), Buffer.alloc(10_000, round));
    writer.publish();
    reader.read(keep);
  }
  assert.ok(got.every((body, round) => body.length === 10_000 && body[0] === round && body[9_999] === round));
  assert.ok(got.every((body) => body.buffer instanceof ArrayBuffer));
});

test("a full ring has no room until the reader has read, and then has all of it again", () => {
  const { writer, reader } = ring();
  const body = Buffer.alloc(1000);
  const fill = (): number => {
    let count = 0;
    for (; writer.hasRoom(recordSize(1000)); count++) writer.put(tag(1, KIND.frame), body);
    writer.publish();
    return count;
  };
  const first = fill();
  assert.ok(first > 400);
  assert.equal(fill(), 0);
  reader.read(new Records());
  assert.ok(Math.abs(fill() - first) <= 1);
});

test("a writer knows what of it was read", () => {
  const { writer, reader } = ring();
  writer.put(tag(1, KIND.frame), Buffer.from("x"));
  const position = writer.position;
  writer.publish();
  assert.equal(writer.isRead(position), false);
  reader.read(new Records());
  assert.equal(writer.isRead(position), true);
});

test("records of any sizes, published at any time, come out as they went in, around the end of the ring", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: PIECE }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 20 }), (lengths, every) => {
      const { writer, reader } = ring();
      const sink = new Records();
      const put: [number, Buffer][] = [];
      for (const [index, length] of lengths.entries()) {
        if (!writer.hasRoom(recordSize(length))) {
          writer.publish();
          reader.read(sink);
        }
        const kind = length > 12_000 ? KIND.piece : KIND.frame;
        const body = Buffer.alloc(length, index + 1);
        writer.put(tag(index, kind), body);
        put.push([tag(index, kind), body]);
        if (index % every === 0) writer.publish();
        if (index % (every * 2) === 0) reader.read(sink);
      }
      writer.publish();
      reader.read(sink);
      assert.deepEqual(sink.all, put);
    }),
    { numRuns: 50 },
  );
});

test("positions go on counting beyond 2^32 bytes", () => {
  const { writer, reader } = ring();
  const body = Buffer.alloc(PIECE, 7);
  let pieces = 0;
  const sink: RecordSink = { record: () => {}, number: () => {}, piece: () => pieces++ };
  const rounds = Math.ceil(2 ** 32 / PIECE) + 1000;
  for (let round = 0; round < rounds; round++) {
    if (!writer.hasRoom(recordSize(PIECE))) reader.read(sink);
    writer.put(tag(1, KIND.piece), body);
    writer.publish();
  }
  reader.read(sink);
  assert.equal(pieces, rounds);
});

/** What of it comes out as runs, as messages. */
class Bodies extends Records {
  run(tag: number, run: FrameRun): void {
    for (const [body] of messagesOf(run)) this.all.push([tag, Buffer.from(body as Uint8Array)]);
  }
}

test("runs come out as records would: written one by one or many at once, published anywhere, around the end of the ring", () => {
  const step = fc.oneof(
    fc.record({ body: fc.integer({ min: 0, max: IN_RUN }), id: fc.integer({ min: 1, max: 2 }) }),
    fc.record({ bodies: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 8 }) }),
    fc.record({ record: fc.integer({ min: 0, max: PIECE }) }),
    fc.constant({ publish: true }),
    fc.constant({ read: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 0, max: 7 }), (steps, shift) => {
      const { writer, reader } = ring();
      const [sink, put] = [new Bodies(), [] as [number, Buffer][]];
      const make = (): void => {
        if (writer.hasRoom(PIECE)) return;
        writer.publish();
        reader.read(sink);
      };
      for (const [index, each] of steps.entries()) {
        make();
        const body = (length: number): Buffer => Buffer.alloc(length, index + 1);
        if ("body" in each) {
          writer.putInRun(tag(each.id, KIND.run), body(each.body));
          put.push([tag(each.id, KIND.run), body(each.body)]);
        } else if ("bodies" in each) {
          const memory = concat([body(shift), ...each.bodies.map((length) => encodeFrame(0, body(length)))]);
          writer.putRun(tag(3, KIND.run), { memory, from: shift, end: memory.length, count: each.bodies.length });
          for (const length of each.bodies) put.push([tag(3, KIND.run), body(length)]);
        } else if ("record" in each) {
          writer.put(tag(1, KIND.frame), body(each.record));
          put.push([tag(1, KIND.frame), body(each.record)]);
        } else if ("publish" in each) writer.publish();
        else reader.read(sink);
      }
      writer.publish();
      reader.read(sink);
      assert.deepEqual(sink.all, put);
    }),
    { numRuns: 50 },
  );
});

test("what a run was read into is private memory: the ring may be written again", () => {
  const { writer, reader } = ring();
  const got: Uint8Array[] = [];
  const keep: RecordSink = {
    record: () => {},
    number: () => {},
    piece: () => {},
    run: (_tag, run) => got.push(...messagesOf(run).map(([body]) => body as Uint8Array)),
  };
  for (let round = 0; round < 10_000; round++) {
    writer.putInRun(tag(1, KIND.run), Buffer.alloc(100, round));
    writer.publish();
    reader.read(keep);
  }
  assert.equal(got.length, 10_000);
  assert.ok(got.every((body, round) => body.length === 100 && body.every((byte) => byte === (round & 255))));
  assert.ok(got.every((body) => body.buffer instanceof ArrayBuffer));
});
