import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch } from "../../src/base/batch.ts";
import { EMPTY } from "../../src/base/bytes.ts";
import { RawConnection } from "../../src/wire/raw.ts";
import { wireSuite } from "../conformance/wire.ts";
import { Recorder, feed, octets, taken } from "./recorder.ts";

wireSuite({
  name: "Raw bytes",
  make: () => new RawConnection(),
  conversation: octets("474554202f20485454502f312e310d0a0d0a"),
  framed: false,
  refused: {},
});

test("a chunk is a message of one frame, and an empty one is none", () => {
  const to = new Recorder();
  const raw = new RawConnection();
  feed(raw, octets("0102"), to);
  feed(raw, EMPTY, to);
  feed(raw, octets("03"), to);
  assert.deepEqual(
    to.messages.map((message) => message.map((frame) => [...frame])),
    [[[1, 2]], [[3]]],
  );
});

test("frames are written without framing, large ones by reference", () => {
  const raw = new RawConnection();
  const batch = new Batch();
  const large = new Uint8Array(20_000);
  raw.encode([octets("01"), EMPTY, octets("0203")], batch);
  assert.equal(taken(batch), "010203");
  raw.encode([large], batch);
  assert.equal(batch.take().parts[0], large);
});

test("it has no handshake, no heartbeat, no subscriptions and nothing of its own to say", () => {
  const raw = new RawConnection();
  const batch = new Batch();
  raw.start(batch);
  raw.encodeSubscription(octets("41"), true, batch);
  assert.equal(raw.handshakes, false);
  assert.equal(raw.plainFrames, false);
  assert.equal(raw.encodePing(1000, batch), false);
  assert.equal(raw.target(), null);
  assert.equal(batch.size, 0);
});
