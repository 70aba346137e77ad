import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair, Push } from "../../src/index.ts";
import type { MessageLike } from "../../src/base/message.ts";
import { meet } from "../support/meeting.ts";
import { KINDS, nobody } from "../support/places.ts";
import { sockets, type Use } from "../support/sockets.ts";
import { next } from "../support/texts.ts";

const BYTES = Uint8Array.of(1, 2, 3, 4);

/** What a user may hand over, and the bytes that it stands for. */
const LIKE: readonly (readonly [string, unknown, Buffer])[] = [
  ["a Buffer", Buffer.from(BYTES), Buffer.from(BYTES)],
  ["a Uint8Array", BYTES, Buffer.from(BYTES)],
  ["a part of an ArrayBuffer", BYTES.subarray(1, 3), Buffer.from([2, 3])],
  ["a Uint16Array", Uint16Array.from([258]), Buffer.from(Uint16Array.from([258]).buffer)],
  ["a DataView", new DataView(BYTES.buffer, 2), Buffer.from([3, 4])],
  ["an ArrayBuffer", BYTES.buffer, Buffer.from(BYTES)],
  ["a SharedArrayBuffer", shared(BYTES), Buffer.from(BYTES)],
  ["text", "grüße ✓", Buffer.from("grüße ✓")],
  ["null", null, Buffer.alloc(0)],
  ["a number", 1.5, Buffer.from("1.5")],
  ["a boolean", true, Buffer.from("true")],
  ["a BigInt", 10n, Buffer.from("10")],
  ["an object", { toString: () => "made text" }, Buffer.from("made text")],
];

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return memory;
}

async function pairs(use: Use, kind: (typeof KINDS)[number]): Promise<[Pair, Pair]> {
  const both: [Pair, Pair] = [use(new Pair()), use(new Pair())];
  await meet(...both, kind);
  return both;
}

for (const kind of KINDS) {
  test(`test_msg_init/test_msg_init_buffer: over ${kind} all that a user may hand over arrives as its bytes`, async (t) => {
    const [one, other] = await pairs(sockets(t), kind);
    for (const [what, given, bytes] of LIKE) {
      await one.send(given as MessageLike); // rules of zeromq.js: anything is taken
      const [alone] = await other.receive();
      assert.ok(alone !== undefined && Buffer.isBuffer(alone), what);
      assert.deepEqual(alone, bytes, what);
      await one.send(["in", given as MessageLike, "between"]);
      assert.deepEqual(await other.receive(), [Buffer.from("in"), bytes, Buffer.from("between")], what);
    }
  });

  test(`test_msg_init/test_msg_init_size: over ${kind} frames of every size class arrive whole`, async (t) => {
    const [one, other] = await pairs(sockets(t), kind);
    for (const size of [0, 1, 128, 129, 255, 256, 16_383, 16_384, 65_535, 65_536, 1 << 20]) {
      const body = Buffer.alloc(size, size % 251);
      await one.send([body, "after"]);
      const [got, after] = await other.receive();
      assert.ok(got?.equals(body), `${size} bytes`);
      assert.equal(String(after), "after");
    }
  });

  test(`test_msg_flags/test_more: over ${kind} a message keeps its frames, however many`, async (t) => {
    const [one, other] = await pairs(sockets(t), kind);
    for (const count of [1, 2, 3, 1000]) {
      await one.send(Array.from({ length: count }, (_, at) => `${at}`));
      assert.equal((await next(other)).join(), Array.from({ length: count }, (_, at) => at).join());
    }
  });

  test(`zeromq.js A4: over ${kind} bytes up to 128 may be changed once send returned`, async (t) => {
    const [one, other] = await pairs(sockets(t), kind);
    const small = Buffer.alloc(128, "a");
    for (let at = 0; at < 3; at++) {
      small.fill("abc"[at] ?? "");
      one.trySend(small);
    }
    for (const letter of "abc") assert.equal((await next(other))[0], letter.repeat(128));
  });
}

test("zeromq.js A4: undefined alone is a TypeError thrown at once; in an array it is text", async (t) => {
  const [one, other] = await pairs(sockets(t), "inproc");
  const nothing = undefined as unknown as MessageLike; // what an untyped program may do
  assert.throws(() => one.send(nothing), { name: "TypeError", message: "Message must be present" });
  assert.throws(() => one.trySend(nothing), { name: "TypeError", message: "Message must be present" });
  await one.send([nothing, "b"]);
  assert.deepEqual(await next(other), ["undefined", "b"]);
});

test("zeromq.js A4: an empty array resolves and sends nothing", async (t) => {
  const [one, other] = await pairs(sockets(t), "tcp");
  await one.send([]);
  assert.equal(one.trySend([]), true);
  await one.send("after");
  assert.deepEqual(await next(other), ["after"]);
  assert.equal(one.stats().messagesSent, 1);
});

test("a small message that has to wait is copied: its memory may be used again", async (t) => {
  const use = sockets(t);
  const push = use(new Push({ sendHighWaterMark: 1, linger: 0 }));
  push.connect(nobody("tcp"));
  const memory = Buffer.from("one");
  await push.send(memory);
  const waiting = push.send(memory, { timeout: 1 });
  memory.write("two");
  await assert.rejects(waiting, { code: "EAGAIN" });
});
