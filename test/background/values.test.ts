import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeValue, encodeValue } from "../../src/background/values.ts";
import { AuthenticationError, ProtocolError, ZmqError } from "../../src/base/errors.ts";

/** A value as it arrives in another thread. */
function across(value: unknown): unknown {
  return decodeValue(encodeValue(value));
}

test("plain values, lists and text with any character arrive as they are", () => {
  const value = { text: 'a "ü" \u0001', list: [1, -1.5, true, null], inner: { empty: {}, none: [] } };
  assert.deepEqual(across(value), value);
});

test("bytes arrive as frames that a user may get, wherever they are", () => {
  const arrived = across({ one: Buffer.from([0, 255]), more: [new Uint8Array(0), { deep: Uint8Array.of(7) }] });
  assert.deepEqual(arrived, { one: Buffer.from([0, 255]), more: [Buffer.alloc(0), { deep: Buffer.of(7) }] });
});

test("maps arrive in their order", () => {
  const properties = new Map([["Z", "1"], ["A", "2"]]); // prettier-ignore
  const arrived = across({ properties }) as { properties: Map<string, string> };
  assert.deepEqual([...arrived.properties], [...properties]);
});

test("errors keep class, code, text and what they say beside", () => {
  const system = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED", port: 1 });
  const zmq = new ZmqError("EADDRINUSE", { address: "tcp://x:1", hint: "close it", cause: system });
  const there = across([zmq, new ProtocolError("ERR_ZMTP_VERSION", "9"), new AuthenticationError(400, "no")]);
  const [first, second, third] = there as [ZmqError, ProtocolError, AuthenticationError];
  assert.ok(first instanceof ZmqError);
  assert.deepEqual([first.code, first.errno, first.address], ["EADDRINUSE", 98, "tcp://x:1"]);
  assert.equal(first.message, zmq.message);
  const cause = first.cause as Error & { code: string; port: number };
  assert.deepEqual([cause.message, cause.code, cause.port], [system.message, "ECONNREFUSED", 1]);
  assert.ok(second instanceof ProtocolError && !(second instanceof AuthenticationError));
  assert.match(second.message, /: 9$/);
  assert.ok(third instanceof AuthenticationError);
  assert.deepEqual([third.status, third.reason, third.message], [400, "no", "Authentication failure"]);
});
