import assert from "node:assert/strict";
import { test } from "node:test";
import { capability, decodeZ85, encodeZ85, has, version } from "../src/index.ts";
import { zmqError } from "./support/zmq-error.ts";

test("test_capabilities/test_capabilities: has() answers to zmq_has()'s names, and to transports'", () => {
  for (const [name, there] of Object.entries(capability)) assert.equal(has(name), there, name);
  for (const name of ["tcp", "ipc"]) assert.equal(has(name), true, name);
  for (const name of ["vmci", "vsock", "no such thing", "", "toString", "__proto__"])
    assert.equal(has(name), false, name);
  assert.equal(has("PGM"), has("pgm"), "in any case, as zmq_has() mixes them");
});

test("test_ancillaries/test_version: the version is that of the libzmq whose behaviour this is", () => {
  assert.match(version, /^4\.3\.\d+$/);
});

test("test_base85/*roundtrip*: Z85 is exported both ways, with EINVAL for what is none", () => {
  assert.equal(encodeZ85(Uint8Array.of(0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b)), "HelloWorld");
  assert.deepEqual([...decodeZ85("HelloWorld")], [0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b]);
  assert.throws(() => encodeZ85(new Uint8Array(3)), zmqError("EINVAL"));
  assert.throws(() => decodeZ85("abcd"), zmqError("EINVAL"));
  assert.throws(() => decodeZ85("%nSc1"), zmqError("EINVAL"));
});
