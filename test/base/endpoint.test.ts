import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEndpoint } from "../../src/base/endpoint.ts";

test("an endpoint is split at its first ://", () => {
  assert.deepEqual(parseEndpoint("tcp://127.0.0.1:5555"), { scheme: "tcp", address: "127.0.0.1:5555" });
  assert.deepEqual(parseEndpoint("ipc:///tmp/a"), { scheme: "ipc", address: "/tmp/a" });
  assert.deepEqual(parseEndpoint("inproc://a://b"), { scheme: "inproc", address: "a://b" });
});

for (const endpoint of ["", "foo-bar", "tcp:127.0.0.1", "://a", "tcp://"]) {
  test(`"${endpoint}" is EINVAL and carries the endpoint`, () => {
    assert.throws(() => parseEndpoint(endpoint), { code: "EINVAL", errno: 22, address: endpoint });
  });
}

test("an unknown scheme is not this module's business", () => {
  assert.deepEqual(parseEndpoint("foo://bar"), { scheme: "foo", address: "bar" });
});
