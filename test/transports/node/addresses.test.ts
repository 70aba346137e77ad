import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { describe, test } from "node:test";
import { checkTarget, format, localAddress, parseLocal, parseTarget } from "../../../src/transports/node/addresses.ts";

const EINVAL = { code: "EINVAL" };

describe("tcp addresses to connect to", () => {
  test("unittest_ip_resolver/test_parse_*: libzmq's check lets hosts, brackets, zones and sources through, and ports of any size", () => {
    for (const good of [
      "localhost:5555",
      "127.0.0.1:1",
      "[::1]:5555",
      "::1:5555",
      "[fe80::1%eth0]:80",
      "192.168.1.17:5555;192.168.1.1:5555",
      "eth0:0;host_name.example-x:5555",
      "host:99999",
      "host:5x",
    ]) {
      checkTarget(good);
    }
  });

  test("unittest_ip_resolver/test_parse_*_bad, _reject_*: libzmq's check refuses wildcards, service names, paths and what has no port", () => {
    for (const bad of [
      "",
      "host",
      "host:",
      "host:*",
      "host:http",
      "*:5555",
      "host:5555/path",
      "ho st:1",
      ":",
      "-a:1",
    ]) {
      assert.throws(() => checkTarget(bad), EINVAL, bad);
    }
  });

  test("an address falls into source, host and port, without brackets", () => {
    assert.deepEqual(parseTarget("host:80"), { host: "host", port: 80, source: undefined });
    assert.deepEqual(parseTarget("[::1]:80"), { host: "::1", port: 80, source: undefined });
    assert.deepEqual(parseTarget("eth0:*;10.0.0.1:80"), {
      host: "10.0.0.1",
      port: 80,
      source: { host: "eth0", port: 0 },
    });
  });

  test("an attempt refuses ports that no connection can have, saying what it expected", () => {
    for (const bad of ["host:0", "host:65536", "host:5x", "a:b:c;host:1", "x;host:1"]) {
      assert.throws(() => parseTarget(bad), EINVAL, bad);
    }
    assert.throws(() => parseTarget("host:65536"), /expected a port from 0 to 65535 or \*, not "65536"/);
  });
});

describe("tcp addresses to bind to", () => {
  test("the port is a number or *, the host anything but empty", () => {
    assert.deepEqual(parseLocal("*:5555"), { host: "*", port: 5555 });
    assert.deepEqual(parseLocal("[::]:*"), { host: "::", port: 0 });
    assert.deepEqual(parseLocal("lo:0"), { host: "lo", port: 0 });
    for (const bad of ["*", "*:", ":1", "*:x", "*:65536", "*:-1", "a b:1", "[]:1", "a/b:1", "*:1/x"]) {
      assert.throws(() => parseLocal(bad), EINVAL, bad);
    }
  });

  test("unittest_ip_resolver/test_bind_any_*, test_dns_*: the wildcard, literals and localhost are known without a look-up; other names are not", () => {
    assert.equal(localAddress("*", false), "0.0.0.0");
    assert.equal(localAddress("*", true), "::");
    assert.equal(localAddress("10.1.2.3", true), "10.1.2.3");
    assert.equal(localAddress("localhost", true), "127.0.0.1");
    assert.equal(localAddress("::1", true), "::1");
    assert.equal(localAddress("nosuchnic0", false), undefined);
  });

  test("unittest_ip_resolver/test_dns_deny_ipv6: an IPv6 literal without the ipv6 option is ENODEV", () => {
    assert.throws(() => localAddress("::1", false), { code: "ENODEV", message: /ipv6 option/ });
  });

  test("an interface's name stands for its first address", () => {
    for (const [name, all] of Object.entries(networkInterfaces())) {
      const first = all?.find((each) => each.family === "IPv4");
      if (first !== undefined) assert.equal(localAddress(name, false), first.address);
    }
  });

  test("addresses are written with brackets around IPv6", () => {
    assert.equal(format("tcp", "::1", 5), "tcp://[::1]:5");
    assert.equal(format("tcp", "0.0.0.0", 5), "tcp://0.0.0.0:5");
  });
});
