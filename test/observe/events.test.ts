import assert from "node:assert/strict";
import { test } from "node:test";
import { ZmqError } from "../../src/base/errors.ts";
import { EVENTS, type Event, type EventOfType, type EventRow } from "../../src/observe/events.ts";

test("events have the bits of libzmq's ZMQ_EVENT_ALL, once each", () => {
  const bits = Object.values<EventRow>(EVENTS).map((row) => row.bit);
  assert.equal(
    bits.reduce((sum, bit) => sum + bit, 0),
    0x7fff,
  );
  assert.equal(new Set(bits).size, bits.length);
});

test("the types are zeromq.js'", () => {
  const types = "accept accept:error bind bind:error connect connect:delay connect:retry close close:error disconnect";
  const others = "end handshake handshake:error:protocol handshake:error:auth handshake:error:other unknown";
  assert.deepEqual(Object.keys(EVENTS), `${types} ${others}`.split(" "));
});

test("no field of an event is both certain and possible", () => {
  for (const [type, row] of Object.entries<EventRow>(EVENTS)) {
    assert.deepEqual(
      row.fields.filter((field) => row.also.includes(field)),
      [],
      type,
    );
  }
});

test("an event's type decides its fields", () => {
  const retry: EventOfType<"connect:retry"> = { type: "connect:retry", address: "tcp://127.0.0.1:1", interval: 5 };
  const failed: Event = { type: "bind:error", address: "127.0.0.1:1", error: new ZmqError("EADDRINUSE") };
  assert.equal(failed.type === "bind:error" && failed.error.errno, 98);
  // @ts-expect-error a bind has no interval
  const wrong: EventOfType<"bind"> = { type: "bind", address: "", interval: 5 };
  // @ts-expect-error a failure has an error
  const bare: EventOfType<"close:error"> = { type: "close:error", address: "" };
  assert.ok([retry, wrong, bare].every((event) => event.type in EVENTS));
});
