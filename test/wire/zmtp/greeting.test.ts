import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../../../src/base/bytes.ts";
import { checkMechanism, detectVersion, encodeGreeting } from "../../../src/wire/zmtp/greeting.ts";
import { octets, refused } from "../recorder.ts";
import { GREETING } from "./peers.ts";

test("RFC 37: the greeting has 64 octets: signature, version, mechanism, as-server, filler", () => {
  assert.equal(hex(encodeGreeting("NULL")), hex(GREETING));
  assert.equal(hex(encodeGreeting("CURVE").subarray(10, 33)), `03014355525645${"00".repeat(16)}`);
});

test("RFC 37: a first octet other than FF is ZMTP 1.0, at once", () => {
  for (const first of [0x00, 0x01, 0x7f, 0xfe, 0x47]) assert.equal(detectVersion(Uint8Array.of(first), 1), "1.0");
  assert.equal(detectVersion(octets("ff"), 1), null);
});

test("RFC 37: an even tenth octet is ZMTP 1.0 with a long length", () => {
  assert.equal(detectVersion(octets("ff 0000000000000104 7e"), 10), "1.0");
  assert.equal(detectVersion(octets("ff 0000000000000104 7f"), 10), null);
});

test("the revision tells the version; 2 and all above 3 are taken for 3.1, as by libzmq", () => {
  const told = (digits: string): string | null => detectVersion(octets(`ff 0000000000000001 7f ${digits}`), 12);
  assert.equal(told("0000"), "1.0");
  assert.equal(told("0108"), "2.0");
  assert.equal(told("0200"), "3.1");
  assert.equal(told("0300"), "3.0");
  assert.equal(told("0301"), "3.1");
  assert.equal(told("0307"), "3.1");
  assert.equal(told("0400"), "3.1");
  assert.equal(told("ff00"), "3.1");
});

test("the version is told by the first octets that can tell it", () => {
  assert.equal(detectVersion(octets("ff 0000000000000001 7f 01"), 11), "2.0");
  assert.equal(detectVersion(octets("ff 0000000000000001 7f 04"), 11), "3.1");
  assert.equal(detectVersion(octets("ff 0000000000000001 7f 03"), 11), null);
});

test("octets beyond the size are not looked at", () => {
  assert.equal(detectVersion(octets("ff 0000000000000001 7e 01 00"), 9), null);
});

test("the padding of the signature is not validated", () => {
  assert.equal(detectVersion(octets("ff aabbccddeeff0011 01 0301"), 12), "3.1");
});

const NULL = { name: "NULL", chosenBy: "" };

test("the mechanism is compared over all 20 octets, and both are named", () => {
  const greeting = GREETING.slice();
  checkMechanism(greeting, 64, NULL);
  assert.match(
    refused("ERR_ZMTP_MECHANISM_MISMATCH", () =>
      checkMechanism(greeting, 32, { name: "CURVE", chosenBy: "curveServer" }),
    ),
    /the peer offers "NULL", this side demands CURVE \(curveServer\)$/,
  );
  greeting[31] = 0x41;
  const text = refused("ERR_ZMTP_MECHANISM_MISMATCH", () => checkMechanism(greeting, 32, NULL));
  assert.match(text, /the peer offers 0x4e554c4c0{30}41, this side demands NULL$/);
});

test("the mechanism is not looked at before it is there, nor is the as-server octet ever", () => {
  const greeting = GREETING.slice();
  greeting[12] = 0x58;
  checkMechanism(greeting, 31, NULL);
  greeting[12] = 0x4e;
  greeting[32] = 1;
  checkMechanism(greeting, 64, NULL);
});
