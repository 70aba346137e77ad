import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_SPARE, WORTH_LENDING, borrow, keep, lend, release } from "../../src/base/lending.ts";

// The first test is the only one in which nobody has given anything back yet.
test("before the first release, bodies have exactly their memory and no books are kept", () => {
  const frame = lend(borrow(100_000));
  assert.equal(frame.buffer.byteLength, 100_000);
  assert.equal(release(frame), 0);
  assert.equal(frame.length, 100_000);
});

test("memory that was given back is lent again, and the frame that was in it is empty", () => {
  const frame = lend(borrow(100_000));
  frame.fill(7);
  const part = frame.subarray(0, 10);
  assert.equal(release([frame]), 1);
  assert.deepEqual([frame.length, part.length], [0, 0]);
  const next = borrow(100_000);
  assert.equal(next.length, 100_000);
  assert.ok(next.every((byte) => byte === 7));
});

test("memory serves bodies that differ by up to a quarter, and never one that is too large for it", () => {
  for (let size = WORTH_LENDING; size < 3_000_000; size = Math.ceil(size * 1.07)) {
    for (const each of [size - 1, size, size + 9]) {
      const frame = lend(borrow(each));
      assert.equal(frame.length, each);
      assert.ok(frame.buffer.byteLength <= each * 1.25 + 64, `${each}`);
      release(frame);
    }
  }
  assert.equal(borrow(65_536).buffer.byteLength, 65_600);
  assert.equal(borrow(65_545).buffer.byteLength, 65_600);
});

test("a frame is taken back once, and only as it was handed out", () => {
  const frame = lend(borrow(50_000));
  assert.equal(release([frame.subarray(0), Buffer.from(frame), new Uint8Array(50_000), lend(borrow(10))]), 0);
  assert.equal(frame.length, 50_000);
  assert.equal(release(frame), 1);
  const next = lend(borrow(50_000));
  assert.equal(release(frame), 0);
  assert.equal(next.length, 50_000);
});

test("what was sent on, or transferred, is not taken back", () => {
  const [sent, moved] = [lend(borrow(50_000)), lend(borrow(50_000))];
  keep([sent.subarray(100)]);
  structuredClone(moved.buffer, { transfer: [moved.buffer as ArrayBuffer] });
  assert.equal(release([sent, moved]), 0);
  assert.equal(sent.length, 50_000);
});

test("a body that stands in another one's memory takes its place", () => {
  const sealed = lend(borrow(50_000));
  const body = lend(sealed.subarray(33));
  assert.equal(release(sealed), 0);
  assert.equal(release(body), 1);
});

test("no more than the stated amount waits to be lent", () => {
  const size = 8 * 1024 * 1024;
  const count = MOST_SPARE / size + 2;
  const frames = Array.from({ length: count }, () => lend(borrow(size)));
  for (const frame of frames) frame[0] = 9;
  assert.equal(release(frames), count);
  const again = Array.from({ length: count }, () => borrow(size));
  const used = again.filter((frame) => frame[0] === 9).length;
  assert.ok(used <= MOST_SPARE / size && used > 0, `${used}`);
});
