import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  localPlace,
  parseDestination,
  placeOf,
  unmapped,
  withPort,
} from "../../../src/transports/node/udp-addresses.ts";
import { zmqError } from "../../support/zmq-error.ts";

/** Where connect() sends to. */
function sentTo(address: string, ipv6 = false): [ip: string, port: number, multicast: boolean] {
  const target = parseDestination(address, ipv6);
  const { ip, port, multicast } = placeOf(target, target.host);
  return [ip, port, multicast];
}

/** Where bind() receives. */
function receivedAt(address: string, ipv6 = false): [ip: string, port: number, multicast: boolean] {
  const { ip, port, multicast } = localPlace(address, ipv6);
  return [ip, port, multicast];
}

const refusedToConnect = (address: string, code: "EINVAL" | "ENODEV", ipv6 = false): void =>
  assert.throws(() => parseDestination(address, ipv6), zmqError(code), address);
const refusedToBind = (address: string, code: "EINVAL" | "ENODEV", ipv6 = false): void =>
  assert.throws(() => localPlace(address, ipv6), zmqError(code), address);

describe("udp addresses, as unittest_udp_address has them", () => {
  test("test_resolve_*_simple, *_bind: a literal is itself", () => {
    assert.deepEqual(sentTo("127.0.0.1:5555"), ["127.0.0.1", 5555, false]);
    assert.deepEqual(receivedAt("127.0.0.1:5555"), ["127.0.0.1", 5555, false]);
    assert.deepEqual(sentTo("[::1]:123", true), ["::1", 123, false]);
    assert.deepEqual(receivedAt("[abcd::1234:1]:5555", true), ["abcd::1234:1", 5555, false]);
  });

  test("test_resolve_*_bind_any, *_bind_anyport, *_bind_any_port: wildcards for host and port can be bound", () => {
    assert.deepEqual(receivedAt("*:*"), ["0.0.0.0", 0, false]);
    assert.deepEqual(receivedAt("*:*", true), ["::", 0, false]);
    assert.deepEqual(receivedAt("127.0.0.1:*"), ["127.0.0.1", 0, false]);
    assert.deepEqual(receivedAt("127.0.0.1:0"), ["127.0.0.1", 0, false]);
    assert.deepEqual(receivedAt("[1:2:3:4::5]:*", true), ["1:2:3:4::5", 0, false]);
    assert.deepEqual(receivedAt("*:5555"), ["0.0.0.0", 5555, false]);
    assert.deepEqual(receivedAt("*:5555", true), ["::", 5555, false]);
  });

  test("test_resolve_*_connect_any, *_connect_anyport, *_connect_port0: and can't be sent to", () => {
    for (const ipv6 of [false, true]) {
      refusedToConnect("*:5555", "EINVAL", ipv6);
      refusedToConnect("127.0.0.1:*", "EINVAL", ipv6);
      refusedToConnect("127.0.0.1:0", "EINVAL", ipv6);
    }
    refusedToConnect("[::1]:*", "EINVAL", true);
    refusedToConnect("[2000:abcd::1]:0", "EINVAL", true);
  });

  test("test_resolve_*_bind_mcast, *_connect_mcast: groups are told from addresses", () => {
    assert.deepEqual(receivedAt("239.0.0.1:1234"), ["239.0.0.1", 1234, true]);
    assert.deepEqual(sentTo("239.0.0.1:2222"), ["239.0.0.1", 2222, true]);
    assert.deepEqual(receivedAt("[ff00::1]:1234", true), ["ff00::1", 1234, true]);
    assert.deepEqual(sentTo("[FF02::1]:2222", true), ["FF02::1", 2222, true]);
    for (const ip of ["223.255.255.255", "240.0.0.0"]) assert.deepEqual(sentTo(`${ip}:1`), [ip, 1, false]);
    assert.deepEqual(sentTo("[ff::1]:1", true), ["ff::1", 1, false]);
  });

  test("test_resolve_*_mcast_src_*: an interface goes with a group, by address, name or wildcard", () => {
    for (const parse of [
      (address: string) => parseDestination(address, false),
      (address: string) => localPlace(address, false),
    ]) {
      assert.equal(parse("127.0.0.1;230.2.8.12:5555").port, 5555);
      assert.equal(parse("*;230.2.8.12:5555").port, 5555);
    }
    const place = localPlace("127.0.0.1;230.2.8.12:5555", false);
    assert.deepEqual(
      [place.ip, place.interface, place.endpoint],
      ["230.2.8.12", "127.0.0.1", "udp://127.0.0.1;230.2.8.12:5555"],
    );
    assert.equal(localPlace("*;230.2.8.12:5555", false).interface, undefined);
    assert.equal(localPlace("*;[ff02::1]:5555", true).interface, undefined);
  });

  test("test_resolve_*_mcast_src_bad: a group is no interface, and an interface goes with nothing but a group", () => {
    for (const address of ["230.2.8.12;230.2.8.13:1", "127.0.0.1;127.0.0.1:1", "*;127.0.0.1:1"]) {
      refusedToConnect(address, "EINVAL");
      refusedToBind(address, "EINVAL");
    }
    refusedToConnect("[ff00::1];[ff00::2]:1", "EINVAL", true);
    refusedToBind("127.0.0.1;[ff00::2]:1", "EINVAL", true);
  });
});

test("an interface that is not there is ENODEV, in bind and connect", () => {
  refusedToBind("no-such-interface;239.1.1.1:1", "ENODEV");
  refusedToConnect("no-such-interface;239.1.1.1:1", "ENODEV");
  refusedToBind("[::2];239.1.1.1:1", "ENODEV");
  refusedToBind("no-such-interface;[ff02::1]:1", "ENODEV", true);
});

test("bind takes no name that had to be looked up, connect takes any", () => {
  refusedToBind("no.such.host:5555", "ENODEV");
  assert.equal(localPlace("localhost:5555", false).ip, "127.0.0.1");
  assert.equal(parseDestination("no.such.host:5555", false).host, "no.such.host");
});

test("an IPv6 address needs the ipv6 option", () => {
  refusedToBind("[::1]:5555", "ENODEV");
  refusedToConnect("[::1]:5555", "EINVAL");
});

test("what is no [interface;]host:port is EINVAL, and says which address it was", () => {
  for (const address of [
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:x",
    "127.0.0.1:70000",
    ":5555",
    ";239.1.1.1:1",
    "a b:5",
  ]) {
    refusedToBind(address, "EINVAL");
    refusedToConnect(address, "EINVAL");
  }
  assert.throws(() => localPlace("127.0.0.1:x", false), { address: "udp://127.0.0.1:x" });
});

test("the port that the system chose takes the place of the wildcard", () => {
  assert.equal(withPort(localPlace("*:*", false), 5555).endpoint, "udp://0.0.0.0:5555");
  assert.equal(withPort(localPlace("*:0", true), 5555).endpoint, "udp://[::]:5555");
  assert.equal(withPort(localPlace("127.0.0.1;239.1.1.1:*", false), 1).endpoint, "udp://127.0.0.1;239.1.1.1:1");
});

test("an IPv4 address that a socket for both families names is told as such", () => {
  assert.equal(unmapped("::ffff:192.0.2.7"), "192.0.2.7");
  for (const ip of ["192.0.2.7", "::1", "::ffff:1:2"]) assert.equal(unmapped(ip), ip);
});
