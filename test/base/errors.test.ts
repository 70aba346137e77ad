import assert from "node:assert/strict";
import { test } from "node:test";
import { ERRORS, fromSystem, ProtocolError, ZmqError } from "../../src/base/errors.ts";

test("a ZmqError begins with zeromq.js' text and goes on with the endpoint and the hint", () => {
  const error = new ZmqError("EADDRINUSE", { address: "tcp://127.0.0.1:1", hint: "try another port" });
  assert.equal(error.message, "Address already in use (tcp://127.0.0.1:1): try another port");
  assert.equal(error.code, "EADDRINUSE");
  assert.equal(error.errno, 98);
  assert.equal(error.address, "tcp://127.0.0.1:1");
  assert.equal(error.name, "ZmqError");
});

test("a ZmqError without an endpoint has no address at all", () => {
  const error = new ZmqError("EAGAIN");
  assert.equal(error.message, "Operation was not possible or timed out");
  assert.ok(!("address" in error));
  assert.ok(!("cause" in error));
});

test("libzmq's own errors have its numbers", () => {
  assert.equal(ERRORS.EFSM.errno, 156_384_763);
  assert.equal(ERRORS.ENOCOMPATPROTO.errno, 156_384_764);
  assert.equal(ERRORS.ETERM.errno, 156_384_765);
  assert.equal(ERRORS.EMTHREAD.errno, 156_384_766);
});

test("a ProtocolError says what the peer did", () => {
  assert.equal(new ProtocolError("ERR_ZMTP_TOO_BIG").message, "a frame, command or message is over a limit");
  assert.equal(
    new ProtocolError("ERR_ZMTP_TOO_BIG", "9 > 8").message,
    "a frame, command or message is over a limit: 9 > 8",
  );
});

test("a system error with a known code becomes a ZmqError with its cause", () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const error = fromSystem(cause, "tcp://127.0.0.1:1");
  assert.ok(error instanceof ZmqError);
  assert.equal(error.code, "ECONNREFUSED");
  assert.equal(error.address, "tcp://127.0.0.1:1");
  assert.equal(error.cause, cause);
});

test("other errors come through as they are, and other values as errors", () => {
  const unknown = Object.assign(new Error("odd"), { code: "ERR_ODD" });
  const own = new ZmqError("EFSM");
  assert.equal(fromSystem(unknown), unknown);
  assert.equal(fromSystem(own), own);
  assert.equal(fromSystem("text").message, "text");
});
