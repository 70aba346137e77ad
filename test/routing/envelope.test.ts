import assert from "node:assert/strict";
import { test } from "node:test";
import { join, split } from "../../src/routing/envelope.ts";
import { frame } from "./pipes.ts";

const EMPTY = frame("");

test("RFC 28: a message is split behind its first empty frame", () => {
  assert.deepEqual(split([frame("id"), EMPTY, frame("a"), EMPTY, frame("b")]), {
    envelope: [frame("id"), EMPTY],
    body: [frame("a"), EMPTY, frame("b")],
  });
  assert.deepEqual(split([EMPTY, frame("a")]), { envelope: [EMPTY], body: [frame("a")] });
});

test("an empty body is a body", () => {
  assert.deepEqual(split([EMPTY, EMPTY]), { envelope: [EMPTY], body: [EMPTY] });
});

test("a message without a delimiter, or with nothing behind it, is no request", () => {
  assert.equal(split([frame("a")]), undefined);
  assert.equal(split([frame("a"), frame("b")]), undefined);
  assert.equal(split([EMPTY]), undefined);
  assert.equal(split([frame("id"), EMPTY]), undefined);
  assert.equal(split([]), undefined);
});

test("a reply is the envelope and the answer, in an array of its own", () => {
  const envelope = [frame("id"), EMPTY];
  assert.deepEqual(join(envelope, [frame("a"), frame("b")]), [frame("id"), EMPTY, frame("a"), frame("b")]);
  assert.equal(envelope.length, 2);
});
