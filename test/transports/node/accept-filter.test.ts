import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFilter } from "../../../src/transports/node/accept-filter.ts";

test("no filter lets everybody in", () => {
  for (const none of [null, "", " "]) assert.equal(parseFilter(none)("203.0.113.9"), true);
});

test("a peer must be in one of the networks", () => {
  const allowed = parseFilter("192.168.1.5/24, 10.0.0.0/8 ::1");
  for (const inside of ["192.168.1.0", "192.168.1.255", "10.255.0.1", "::1"])
    assert.equal(allowed(inside), true, inside);
  for (const outside of ["192.168.2.1", "11.0.0.1", "::2", "fe80::1%eth0"])
    assert.equal(allowed(outside), false, outside);
});

test("an address without bits is that address alone, and /0 is all of its family", () => {
  assert.equal(parseFilter("10.0.0.1")("10.0.0.2"), false);
  assert.equal(parseFilter("0.0.0.0/0")("203.0.113.9"), true);
  assert.equal(parseFilter("fe80::/10")("fe80::1%eth0"), true);
});

test("IPv4 networks hold for IPv4 peers of an IPv6 listener", () => {
  assert.equal(parseFilter("127.0.0.0/8")("::ffff:127.0.0.1"), true);
  assert.equal(parseFilter("127.0.0.0/8")("::ffff:10.0.0.1"), false);
});

test("what is no network is EINVAL", () => {
  for (const bad of [
    "host",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "10.0.0.0/-1",
    "1.2.3.4/x",
  ]) {
    assert.throws(() => parseFilter(bad), { code: "EINVAL" }, bad);
  }
});
