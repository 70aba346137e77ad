import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../../src/base/bytes.ts";
import { ProtocolError } from "../../src/base/errors.ts";
import { decodeReply, encodeRequest } from "../../src/security/zap.ts";
import { octets } from "../wire/recorder.ts";

const NONE = new Uint8Array(0);

test("RFC 27: a request has a delimiter, version, id, domain, address, identity, mechanism and credentials", () => {
  const request = { domain: "test", address: "192.168.55.1", routingId: utf8("BOB"), mechanism: "PLAIN" };
  const frames = encodeRequest("0001", { ...request, credentials: [utf8("admin"), utf8("secret")] });
  assert.deepEqual(
    frames.map((frame) => Buffer.from(frame).toString()),
    ["", "1.0", "0001", "test", "192.168.55.1", "BOB", "PLAIN", "admin", "secret"],
  );
  assert.equal(encodeRequest("1", { ...request, mechanism: "NULL", credentials: [] }).length, 7);
});

const reply = (...frames: (string | Uint8Array)[]): Uint8Array[] =>
  frames.map((frame) => (typeof frame === "string" ? utf8(frame) : frame));

test("RFC 27: a reply has a status, a text, a user id and metadata as in READY", () => {
  const metadata = octets("06 582d5465616d 00000003 726564");
  const verdict = decodeReply(reply("", "1.0", "1", "200", "OK", "joe", metadata), "1");
  assert.deepEqual(verdict, { status: 200, text: "OK", userId: "joe", properties: new Map([["X-Team", "red"]]) });
  for (const status of [300, 400, 500]) {
    const denied = decodeReply(reply("", "1.0", "1", String(status), "no", NONE, NONE), "1");
    assert.deepEqual(denied, { status, text: "no", userId: "", properties: new Map() });
  }
});

for (const [what, code, frames] of [
  ["too few frames", "MALFORMED_REPLY", ["", "1.0", "1", "200", "OK", ""]],
  ["too many frames", "MALFORMED_REPLY", ["", "1.0", "1", "200", "OK", "", "", ""]],
  ["no frames at all", "MALFORMED_REPLY", [""]],
  ["no delimiter", "MALFORMED_REPLY", ["x", "1.0", "1", "200", "OK", "", ""]],
  ["another version", "BAD_VERSION", ["", "1.1", "1", "200", "OK", "", ""]],
  ["another request's id", "BAD_REQUEST_ID", ["", "1.0", "2", "200", "OK", "", ""]],
  ["no status", "INVALID_STATUS_CODE", ["", "1.0", "1", "", "OK", "", ""]],
  ["an unknown status", "INVALID_STATUS_CODE", ["", "1.0", "1", "600", "OK", "", ""]],
  ["a status with more behind it", "INVALID_STATUS_CODE", ["", "1.0", "1", "2000", "OK", "", ""]],
  ["a status that says nothing", "INVALID_STATUS_CODE", ["", "1.0", "1", "100", "OK", "", ""]],
  ["metadata that is cut off", "INVALID_METADATA", ["", "1.0", "1", "200", "OK", "", "\x05abc"]],
] as const) {
  test(`a reply with ${what} is a protocol error of libzmq's code`, () => {
    assert.throws(
      () => decodeReply(reply(...frames), "1"),
      (error) => error instanceof ProtocolError && error.code === `ERR_ZAP_${code}`,
    );
  });
}
