import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY } from "../../src/base/bytes.ts";
import { nullMechanism } from "../../src/security/null.ts";
import { octets, refused } from "../wire/recorder.ts";

test("RFC 37/NULL: READY with this side's metadata is sent without waiting", () => {
  const metadata = octets("01 41 00000000");
  assert.deepEqual(nullMechanism(metadata).begin(), { kind: "continue", send: [{ name: "READY", data: metadata }] });
});

test("where peers are judged, that comes before READY, and there are no credentials", () => {
  const metadata = octets("01 41 00000000");
  const mechanism = nullMechanism(metadata, true);
  assert.deepEqual(mechanism.begin(), { kind: "authenticate", credentials: [] });
  assert.deepEqual(mechanism.authenticated?.(), { kind: "continue", send: [{ name: "READY", data: metadata }] });
});

test("RFC 37/NULL: the peer's READY ends the handshake and gives its metadata", () => {
  const data = octets("01 42 00000000");
  const step = nullMechanism(EMPTY).handle({ name: "READY", data });
  assert.deepEqual(step, { kind: "ready", send: [], metadata: data });
});

test("any other command is refused", () => {
  for (const name of ["HELLO", "WELCOME", "INITIATE", "SUBSCRIBE", "PING", "ready", "__proto__"]) {
    refused("ERR_ZMTP_UNEXPECTED_COMMAND", () => nullMechanism(EMPTY).handle({ name, data: EMPTY }));
  }
});

test("traffic is not changed", () => {
  const mechanism = nullMechanism(EMPTY);
  assert.equal(mechanism.seal, undefined);
  assert.equal(mechanism.open, undefined);
});
