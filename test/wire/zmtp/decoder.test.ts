import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concat, hex, view } from "../../../src/base/bytes.ts";
import { Decoder, type FrameSink } from "../../../src/wire/zmtp/decoder.ts";
import { COMMAND, MORE, encodeFrame, readHeader } from "../../../src/wire/zmtp/frame.ts";
import { slab } from "../../../src/wire/zmtp/slab.ts";
import { octets, refused } from "../recorder.ts";

class Frames implements FrameSink {
  readonly list: [flags: number, body: Uint8Array][] = [];
  /** Frames after which it stops. */
  stopAt = Infinity;

  frame(flags: number, body: Uint8Array): boolean {
    this.list.push([flags, body]);
    return this.list.length % this.stopAt !== 0;
  }

  get log(): string[] {
    return this.list.map(([flags, body]) => `${flags} ${hex(body)}`);
  }
}

function decoder(limit: number = Number.MAX_SAFE_INTEGER): [Decoder, Frames] {
  const frames = new Frames();
  return [new Decoder(frames, limit), frames];
}

/** What the loop of the decoder means, without its speed. */
function plainly(bytes: Uint8Array): string[] {
  const log: string[] = [];
  for (let at = 0; ;) {
    const header = readHeader(bytes, at, bytes.length);
    if (header === null || header.body + header.length > bytes.length) return log;
    at = header.body + header.length;
    log.push(`${header.flags} ${hex(bytes.subarray(header.body, at))}`);
  }
}

function body(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31) & 0xff);
}

const frame = fc
  .tuple(fc.constantFrom(0, MORE, COMMAND), fc.oneof(fc.nat(40), fc.constantFrom(255, 256, 16_383, 16_384, 40_000)))
  .map(([flags, length]) => encodeFrame(flags, body(length)));

test("frames come out as readHeader reads them, however they are cut and whenever the sink stops", () => {
  const run = fc.tuple(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(99_999)), fc.integer({ min: 1, max: 5 }));
  fc.assert(
    fc.property(run, ([parts, cuts, stopAt]) => {
      const bytes = concat(parts);
      const [reader, frames] = decoder();
      frames.stopAt = stopAt;
      let from = 0;
      for (const cut of [...cuts.filter((at) => at < bytes.length), bytes.length].sort((a, b) => a - b)) {
        const chunk = Uint8Array.from(bytes.subarray(from, cut));
        reader.receive(chunk, 0);
        chunk.fill(0xee);
        from = cut;
        if (cut % 3 === 0) reader.resume();
      }
      for (let count = -1; count !== frames.list.length; reader.resume()) count = frames.list.length;
      assert.deepEqual(frames.log, plainly(bytes));
      assert.equal(reader.held, 0);
    }),
  );
});

test("small frames of one chunk are views of one slab; large ones have memory of their own", () => {
  const [reader, frames] = decoder();
  const sizes = [10, 300, 16_384, 16_383, 20_000];
  reader.receive(concat(sizes.map((size) => encodeFrame(0, body(size)))), 0);
  const memory = frames.list.map(([, bytes]) => bytes.buffer);
  assert.equal(memory[0], memory[1]);
  assert.equal(memory[0]?.byteLength, 64 * 1024);
  assert.equal(memory[2]?.byteLength, 16_384);
  assert.equal(memory[4]?.byteLength, 20_000);
  assert.deepEqual(
    frames.list.map(([, bytes]) => bytes.length),
    sizes,
  );
});

test("frames are Buffers on Node, as zeromq.js programs expect", () => {
  const [reader, frames] = decoder();
  for (const size of [0, 1, 5000, 16_384, 2_000_000]) reader.receive(encodeFrame(0, body(size)), 0);
  reader.receive(encodeFrame(0, body(50)).subarray(0, 20), 0);
  reader.receive(encodeFrame(0, body(50)).subarray(20), 0);
  assert.ok(frames.list.every(([, bytes]) => Buffer.isBuffer(bytes)));
});

test("the rest of a large body is read where it belongs, and is not copied", () => {
  const [reader, frames] = decoder();
  const whole = encodeFrame(0, body(100_000));
  reader.receive(whole.slice(0, 1000), 0);
  const target = reader.target();
  assert.ok(target !== null);
  assert.equal(target.length, 100_000 - 991);
  target.set(whole.subarray(1000));
  reader.receive(target.subarray(0, 50_000), 0);
  assert.equal(reader.target()?.byteOffset, target.byteOffset + 50_000);
  reader.receive(target.subarray(50_000), 0);
  assert.equal(frames.list[0]?.[1].buffer, target.buffer);
  assert.deepEqual(frames.log, plainly(whole));
  assert.equal(reader.target(), null);
});

test("bytes that come from elsewhere while a target was given are copied in", () => {
  const [reader, frames] = decoder();
  const whole = encodeFrame(0, body(100_000));
  reader.receive(whole.slice(0, 1000), 0);
  const stale = reader.target();
  reader.receive(whole.slice(1000, 30_000), 0);
  stale?.set(whole.subarray(30_000, 40_000));
  // The stale target was the place of earlier bytes: restore them, and hand the others in from a place of their own.
  stale?.set(whole.subarray(1000, 30_000));
  reader.receive(whole.slice(30_000), 0);
  assert.deepEqual(frames.log, plainly(whole));
});

test("there is no target for small frames, nor for the short end of a large one", () => {
  const [reader] = decoder();
  reader.receive(encodeFrame(0, body(16_000)).subarray(0, 500), 0);
  assert.equal(reader.target(), null);
  const [other] = decoder();
  other.receive(encodeFrame(0, body(20_000)).subarray(0, 10_000), 0);
  assert.equal(other.target(), null);
});

test("a claim of a tebibyte costs a mebibyte, and then twice what came", () => {
  const [reader] = decoder();
  reader.receive(octets("02 0000010000000000"), 0);
  assert.equal(reader.target()?.length, 1 << 20);
  const chunk = new Uint8Array(1 << 16);
  for (let sent = 0; sent < 3 << 20; sent += chunk.length) reader.receive(chunk, 0);
  assert.equal(reader.held, 3 << 20);
  assert.equal(reader.target()?.buffer.byteLength, 4 << 20);
  reader.close();
  assert.equal(reader.held, 0);
});

test("a growing body never has room for more than twice what came, nor for more than its length", () => {
  const [reader, frames] = decoder();
  const length = 6 << 20;
  reader.receive(octets("02 0000000000600000"), 0);
  const chunk = new Uint8Array(1 << 16);
  for (let sent = chunk.length; sent < length; sent += chunk.length) {
    reader.receive(chunk, 0);
    const room = reader.target()?.buffer.byteLength ?? 0;
    assert.ok(room <= Math.min(Math.max(1 << 20, 2 * sent), length), `${room} bytes for ${sent}`);
  }
  reader.receive(chunk, 0);
  assert.equal(frames.list[0]?.[1].length, length);
});

test("what a peer has sent in one body it is trusted with, and with no more", () => {
  const [reader, frames] = decoder();
  const large = 5 << 20;
  const send = (length: number): void => {
    reader.receive(encodeFrame(0, body(length)), 0);
  };
  const claimed = (digits: string): number => {
    reader.receive(octets(`02 ${digits}`), 0);
    return reader.target()?.length ?? 0;
  };
  send(large);
  send(3);
  assert.equal(claimed("0000000000500000"), large);
  reader.receive(body(large), 0);
  assert.equal(claimed("0000000000500001"), (large >> 1) + 1);
  assert.equal(frames.list.length, 3);
});

test("steps of growing end at the body's length, whatever it is", () => {
  for (const length of [(1 << 20) + 1, 1_500_000, 2_500_000, (4 << 20) - 1]) {
    const [reader, frames] = decoder();
    const rooms = new Set<number>();
    const whole = encodeFrame(0, body(length));
    for (let at = 0; at < whole.length; at += 9000) {
      reader.receive(whole.subarray(at, at + 9000), 0);
      const room = reader.target()?.buffer.byteLength;
      if (room !== undefined) rooms.add(room);
    }
    const sizes = [...rooms];
    for (const [at, size] of sizes.entries()) assert.equal(size, Math.ceil(length / 2 ** (sizes.length - 1 - at)));
    assert.equal(sizes.at(-1), length);
    assert.equal(hex(frames.list[0]?.[1] ?? body(0)), hex(body(length)));
  }
});

test("a body over a mebibyte ends with exactly its memory", () => {
  const [reader, frames] = decoder();
  const whole = encodeFrame(0, body(2_500_000));
  for (let at = 0; at < whole.length; at += 65_536) reader.receive(whole.subarray(at, at + 65_536), 0);
  assert.equal(frames.list[0]?.[1].buffer.byteLength, 2_500_000);
  assert.equal(hex(frames.list[0]?.[1] ?? body(0)), hex(body(2_500_000)));
});

test("lengths over the limit are refused from the header alone, wherever it is cut", () => {
  for (const digits of ["8000000000000000", "ffffffffffffffff", "0020000000000001", "0020000000000000"]) {
    const header = octets(`02 ${digits}`);
    for (let cut = 0; cut <= 8; cut++) {
      const [reader] = decoder();
      reader.receive(header.subarray(0, cut), 0);
      refused("ERR_ZMTP_TOO_BIG", () => reader.receive(header.subarray(cut), 0));
      assert.ok(reader.held <= 9);
    }
  }
});

test("messages and commands have limits of their own, and the limit itself is allowed", () => {
  const [reader, frames] = decoder();
  reader.maxMessage = 10;
  reader.maxCommand = 20;
  reader.receive(concat([encodeFrame(MORE, body(10)), encodeFrame(COMMAND, body(20))]), 0);
  assert.equal(frames.list.length, 2);
  refused("ERR_ZMTP_TOO_BIG", () => reader.receive(encodeFrame(0, body(11)), 0));
  refused("ERR_ZMTP_TOO_BIG", () => reader.receive(encodeFrame(COMMAND, body(21)), 0));
});

test("a body that the runtime has no memory for is the peer's fault", (context) => {
  const [reader] = decoder();
  context.mock.method(Buffer, "allocUnsafeSlow", () => {
    throw new RangeError("Array buffer allocation failed");
  });
  assert.match(
    refused("ERR_ZMTP_TOO_BIG", () => reader.receive(octets("02 0010000000000000"), 0)),
    /no memory/,
  );
});

test("what is held while stopped is copied once, and resuming does not copy it", () => {
  const [reader, frames] = decoder();
  frames.stopAt = 1;
  reader.receive(concat(Array.from({ length: 100 }, () => encodeFrame(0, body(100)))), 0);
  assert.equal(frames.list.length, 1);
  assert.equal(reader.held, 99 * 102);
  const used = slab.at;
  for (let count = 2; count <= 100; count++) {
    reader.resume();
    assert.equal(frames.list.length, count);
  }
  assert.equal(slab.at, used);
  assert.equal(reader.held, 0);
  reader.resume();
  assert.equal(frames.list.length, 100);
});

test("a resume from inside a frame does nothing", () => {
  const seen: number[] = [];
  const reader = new Decoder(
    {
      frame: (_flags, bytes) => {
        reader.resume();
        seen.push(bytes.length);
        return true;
      },
    },
    1000,
  );
  reader.receive(concat([encodeFrame(0, body(1)), encodeFrame(0, body(2)), encodeFrame(0, body(3))]), 0);
  assert.deepEqual(seen, [1, 2, 3]);
});

test("a body that comes byte by byte between others takes its room once", () => {
  const [slow, frames] = decoder();
  const [busy] = decoder();
  const whole = encodeFrame(0, body(2000));
  const memory = new Set<ArrayBufferLike>();
  for (let at = 0; at < whole.length; at++) {
    slow.receive(whole.subarray(at, at + 1), 0);
    busy.receive(encodeFrame(0, body(1)), 0);
    memory.add(slab.memory.buffer);
  }
  assert.deepEqual(frames.log, plainly(whole));
  assert.ok(memory.size <= 2);
});

test("views start where the chunk's do, when reading begins inside it", () => {
  const [reader, frames] = decoder();
  const chunk = concat([octets("ffff"), encodeFrame(0, body(3)), octets("0005 61")]);
  reader.receive(view(chunk, 0, chunk.length), 2);
  assert.deepEqual(frames.log, [`0 ${hex(body(3))}`]);
  assert.equal(reader.held, 1);
});

test("frames are offered as runs first, and come one by one where none is taken", () => {
  const offered: number[] = [];
  const frames = new Frames();
  const sink: FrameSink = {
    frame: (flags, bytes) => frames.frame(flags, bytes),
    run: (memory, from, end, longest) => {
      assert.equal(longest, 1000);
      offered.push(end - from);
      return memory[from + 2] === 97 ? from + 3 : from;
    },
  };
  new Decoder(sink, 1000).receive(Buffer.from([0, 1, 97, 0, 1, 98, 0, 1, 97, 0, 1, 99]), 0);
  assert.deepEqual(frames.log, ["0 62", "0 63"]);
  assert.deepEqual(offered, [12, 6]);
});
