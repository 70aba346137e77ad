import assert from "node:assert/strict";
import { test } from "node:test";
import { exitCode, explain, TimeoutError, UsageError } from "../../src/cli/failure.ts";
import { ZmqError } from "../../src/index.ts";

test("exit codes tell errors, wrong command lines and time limits apart", () => {
  assert.equal(exitCode(new Error("x")), 1);
  assert.equal(exitCode(new ZmqError("EADDRINUSE")), 1);
  assert.equal(exitCode(new UsageError("x")), 2);
  assert.equal(exitCode(new ZmqError("EINVAL")), 2);
  assert.equal(exitCode(new TimeoutError("x")), 3);
  assert.equal(exitCode(new ZmqError("EAGAIN")), 3);
});

test("an error is one line that says what to do", () => {
  const error = new ZmqError("EADDRINUSE", { address: "tcp://*:1" });
  assert.equal(
    explain(error, "pub"),
    "zmq: Address already in use (tcp://*:1); another program is bound there; choose another port, or connect to it (--connect)",
  );
  assert.equal(explain(new UsageError("no\n  such"), "pub"), "zmq: no such; see zmq pub --help");
  assert.equal(explain("text", undefined), "zmq: text");
});
