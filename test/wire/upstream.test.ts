import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../../src/base/bytes.ts";
import { isRequest, withoutRequests } from "../../src/wire/upstream.ts";

/** What is data, and what was asked for. */
function sorted(frames: readonly string[], onlyFirst: boolean): [data: string[], asked: string[]] {
  const asked: string[] = [];
  const data = withoutRequests(frames.map(utf8), onlyFirst, (topic, added) =>
    asked.push((added ? "+" : "-") + String(topic)),
  );
  return [data.map(String), asked];
}

test("a frame is a request if it begins with 00 or 01", () => {
  assert.deepEqual(["", "\x00", "\x01A", "\x02", "A"].map(utf8).map(isRequest), [false, true, true, false, false]);
});

test("each frame that looks like a request is one, wherever it stands", () => {
  assert.deepEqual(sorted(["\x02A", "\x01B", "C", "\x00D"], false), [
    ["\x02A", "C"],
    ["+B", "-D"],
  ]);
  assert.deepEqual(sorted(["\x01A", "B", "\x01"], false), [["B"], ["+A", "+"]]);
  assert.deepEqual(sorted(["\x01A", "\x01B"], false), [[], ["+A", "+B"]]);
  assert.deepEqual(sorted(["A", ""], false), [["A", ""], []]);
});

test("with onlyFirst no frame is one unless the first is, and then each is looked at, as by libzmq", () => {
  assert.deepEqual(sorted(["\x02A", "\x01B"], true), [["\x02A", "\x01B"], []]);
  assert.deepEqual(sorted(["", "\x01B"], true), [["", "\x01B"], []]);
  assert.deepEqual(sorted(["\x01A", "B", "\x01C"], true), [["B"], ["+A", "+C"]]);
  assert.deepEqual(sorted(["\x00A"], true), [[], ["-A"]]);
});
