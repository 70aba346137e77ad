import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "../../src/base/bytes.ts";
import { measureRun, messagesOf } from "../../src/base/frame-run.ts";

const FRAMES = concat([
  Buffer.of(0, 1, 65),
  Buffer.of(0, 0),
  Buffer.of(2, 0, 0, 0, 0, 0, 0, 0, 2, 66, 67),
  Buffer.of(1, 1, 68),
]);
const ANY = { most: Infinity, longest: Infinity };

test("a run ends before a frame that is more than a message, and its messages are what the frames say", () => {
  const run = measureRun(FRAMES, 0, FRAMES.length, ANY);
  assert.deepEqual([run.end, run.count], [16, 3]);
  assert.deepEqual(
    messagesOf(run).map((message) => message.map(String)),
    [["A"], [""], ["BC"]],
  );
});

test("a run ends at its limits, and before a frame that is cut off anywhere", () => {
  assert.equal(measureRun(FRAMES, 0, FRAMES.length, { ...ANY, most: 2 }).count, 2);
  assert.equal(measureRun(FRAMES, 0, FRAMES.length, { ...ANY, longest: 0 }).count, 0);
  const counts = Array.from({ length: 17 }, (_, end) => measureRun(FRAMES, 0, end, ANY).count);
  assert.deepEqual(counts, [0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3]);
});
