import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { bound } from "../support/places.ts";
import { RawPeer, frames } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

/** RFC 31: PAIR, sentence by sentence. */

test("RFC 31: PAIR SHALL carry messages both ways, without any order of turns", async (t) => {
  const use = sockets(t);
  const [one, other] = [use(new Pair({ linger: 0 })), use(new Pair({ linger: 0 }))];
  await meet(one, other, "tcp");
  for (const text of ["1", "2"]) await one.send(text);
  for (const text of ["3", "4"]) await other.send(text);
  assert.deepEqual([await next(other), await next(other)], [["1"], ["2"]]);
  assert.deepEqual([await next(one), await next(one)], [["3"], ["4"]]);
});

test("RFC 31: PAIR SHALL refuse a second peer while it has one", async (t) => {
  const pair = sockets(t)(new Pair({ linger: 0 }));
  const address = bound(pair, "tcp");
  const first = await RawPeer.dial(t, address);
  await first.shake("PAIR");
  await pair.ready({ timeout: 5000 });
  const second = await RawPeer.dial(t, address);
  await second.shake("PAIR");
  second.send(frames("intruder"));
  await second.ends();
  first.send(frames("hello"));
  assert.deepEqual(await next(pair), ["hello"]);
  assert.equal(pair.stats().refused, 1);
});

test("RFC 31: PAIR SHALL take another peer when its own has left", async (t) => {
  const pair = sockets(t)(new Pair({ linger: 0 }));
  const address = bound(pair, "tcp");
  const first = await RawPeer.dial(t, address);
  await first.shake("PAIR");
  await pair.ready({ timeout: 5000 });
  first.stream.destroy();
  await until("its end", () => pair.stats().peers === 0);
  const second = await RawPeer.dial(t, address);
  await second.shake("PAIR");
  second.send(frames("hello"));
  assert.deepEqual(await next(pair), ["hello"]);
  await pair.send("back");
  await until("the answer", () => second.received.includes(frames("back")));
});

test("RFC 31: PAIR SHALL block when it has no peer or its queue is full, and SHALL NOT discard", async (t) => {
  const use = sockets(t);
  const pair = use(new Pair({ linger: 0, sendHighWaterMark: 2 }));
  await assert.rejects(pair.send("x", { timeout: 10 }), zmqError("EAGAIN"));
  const other = use(new Pair({ linger: 0 }));
  const address = bound(other, "tcp");
  other.unbindSync(address);
  pair.connect(address);
  assert.deepEqual([pair.trySend("1"), pair.trySend("2"), pair.trySend("3")], [true, true, false]);
  other.bindSync(address);
  assert.deepEqual([await next(other), await next(other)], [["1"], ["2"]]);
  assert.equal(pair.stats().drops.hwm, 0);
});
