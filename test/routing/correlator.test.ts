import assert from "node:assert/strict";
import { test } from "node:test";
import { Correlator } from "../../src/routing/correlator.ts";
import { frame } from "./pipes.ts";

const EMPTY = frame("");

function correlating(start: number): Correlator {
  const correlator = new Correlator(start);
  correlator.enabled = true;
  return correlator;
}

test("RFC 28: a request is an empty delimiter and its body", () => {
  const correlator = new Correlator(1);
  assert.deepEqual(correlator.wrap([frame("a"), frame("b")]), [EMPTY, frame("a"), frame("b")]);
  assert.deepEqual(correlator.unwrap([EMPTY, frame("c"), frame("d")]), [frame("c"), frame("d")]);
});

test("a reply without delimiter or body is malformed", () => {
  const correlator = new Correlator(1);
  correlator.wrap([frame("a")]);
  for (const reply of [[], [EMPTY], [frame("a")], [frame("a"), EMPTY]])
    assert.equal(correlator.unwrap(reply), undefined);
});

test("REQ_CORRELATE: the request id is 4 bytes, little-endian, one more each time", () => {
  const correlator = correlating(0x01020304);
  assert.deepEqual(correlator.wrap([frame("a")]), [Buffer.from([5, 3, 2, 1]), EMPTY, frame("a")]);
  assert.deepEqual(correlator.wrap([frame("a")])[0], Buffer.from([6, 3, 2, 1]));
  assert.deepEqual(correlating(0xffffffff).wrap([frame("a")])[0], Buffer.from([0, 0, 0, 0]));
});

test("REQ_CORRELATE: only the reply to the last request counts", () => {
  const correlator = correlating(0xfffffff0);
  const [first] = correlator.wrap([frame("a")]) as [Uint8Array];
  const [second] = correlator.wrap([frame("b")]) as [Uint8Array];
  assert.equal(correlator.unwrap([first, EMPTY, frame("late")]), undefined);
  assert.deepEqual(correlator.unwrap([second, EMPTY, frame("reply")]), [frame("reply")]);
});

test("REQ_CORRELATE: a reply with a malformed id, delimiter or body does not count", () => {
  const correlator = correlating(0);
  const [id] = correlator.wrap([frame("a")]) as [Uint8Array];
  const replies = [
    [],
    [id],
    [id, EMPTY],
    [id, frame("x"), frame("b")],
    [EMPTY, frame("b")],
    [frame("12345"), EMPTY, frame("b")],
  ];
  for (const reply of replies) assert.equal(correlator.unwrap(reply), undefined);
});

test("switching correlation acts from the next request on", () => {
  const correlator = new Correlator(0);
  correlator.wrap([frame("a")]);
  correlator.enabled = true;
  assert.deepEqual(correlator.unwrap([EMPTY, frame("b")]), [frame("b")]);
  const [id] = correlator.wrap([frame("a")]) as [Uint8Array];
  correlator.enabled = false;
  assert.deepEqual(correlator.unwrap([id, EMPTY, frame("b")]), [frame("b")]);
});
