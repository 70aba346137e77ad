import assert from "node:assert/strict";
import { test } from "node:test";
import { borrow, lend, lendAlone, reuse } from "../../src/base/lending.ts";

test("where nobody else has frames, memory of those that have left is lent again; of no others, and only once", () => {
  const before = lend(borrow(100_000));
  reuse([before]);
  lendAlone();
  reuse([before]);
  const frame = lend(borrow(100_000));
  assert.notEqual(frame.buffer, before.buffer);
  reuse([Buffer.alloc(100_000), frame.subarray(0, 50_000)]);
  assert.notEqual(borrow(100_000).buffer, frame.buffer);
  reuse([Buffer.from("header"), frame]);
  reuse([frame]);
  assert.equal(borrow(100_000).buffer, frame.buffer);
  assert.notEqual(borrow(100_000).buffer, frame.buffer);
});
