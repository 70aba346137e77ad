import assert from "node:assert/strict";
import { test } from "node:test";
import { addressesOf, toAddress } from "../../src/cli/addresses.ts";
import { UsageError } from "../../src/cli/failure.ts";

test("marks, wildcards and the socket's custom decide which side an address is for, in this order", () => {
  assert.deepEqual(toAddress("@tcp://h:1", "connect"), { side: "bind", address: "tcp://h:1" });
  assert.deepEqual(toAddress(">tcp://*:1", "bind"), { side: "connect", address: "tcp://*:1" });
  assert.deepEqual(toAddress("tcp://*:1", "connect"), { side: "bind", address: "tcp://*:1" });
  assert.deepEqual(toAddress("ipc://@name", "connect"), { side: "connect", address: "ipc://@name" });
  assert.deepEqual(toAddress("tcp://h:1", "bind"), { side: "bind", address: "tcp://h:1" });
});

test("over udp, an address without a mark is for the only side that the socket can take", () => {
  assert.deepEqual(toAddress("udp://h:1", "bind", "connect"), { side: "connect", address: "udp://h:1" });
  assert.deepEqual(toAddress("@udp://h:1", "bind", "connect"), { side: "bind", address: "udp://h:1" });
  assert.deepEqual(toAddress("tcp://h:1", "bind", "connect"), { side: "bind", address: "tcp://h:1" });
  assert.deepEqual(addressesOf(["udp://h:1"], {}, "connect", "bind"), [{ side: "bind", address: "udp://h:1" }]);
});

test("addresses of flags need no mark, and binding comes before connecting", () => {
  const flags = { connect: ["tcp://h:2"], bind: ["tcp://h:1"] };
  assert.deepEqual(addressesOf([">tcp://h:3"], flags, "bind"), [
    { side: "bind", address: "tcp://h:1" },
    { side: "connect", address: "tcp://h:3" },
    { side: "connect", address: "tcp://h:2" },
  ]);
});

test("what is no address is refused, and so is none at all", () => {
  for (const wrong of ["5556", "tcp://", "localhost:5556", "@", ""]) {
    assert.throws(() => toAddress(wrong, "bind"), UsageError, wrong);
  }
  assert.throws(() => addressesOf([], {}, "bind"), /an address is missing/);
});
