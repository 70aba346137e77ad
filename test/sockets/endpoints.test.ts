import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { describe, test } from "node:test";
import { Dealer, Pair, Publisher, Pull, Push, Reply, Request, Router, type Socket } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { bound, fresh, nobody } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";
import { hasIpv6 } from "../transports/node/ipv6.ts";

const IPV6 = { skip: !hasIpv6 && "no IPv6 here" };
const LINUX = { skip: process.platform !== "linux" && "only Linux has abstract names" };

/** The name of the loopback interface: lo, lo0 … */
const loopback = Object.entries(networkInterfaces()).find(([, all]) => all?.some((each) => each.internal))?.[0] ?? "lo";

function last(socket: Socket): string {
  return socket.lastEndpoint ?? "";
}

test("test_last_endpoint/test_last_endpoint: after bind the resolved address, after connect the one given", (t) => {
  const use = sockets(t);
  const router = use(new Router());
  assert.equal(router.lastEndpoint, null);
  const seen = new Set<string>();
  for (let time = 0; time < 2; time++) {
    router.bindSync("tcp://127.0.0.1:*");
    assert.match(last(router), /^tcp:\/\/127\.0\.0\.1:\d+$/);
    seen.add(last(router));
  }
  assert.equal(seen.size, 2);
  router.bindSync("tcp://*:0");
  assert.match(last(router), /^tcp:\/\/0\.0\.0\.0:[1-9]\d*$/);
  router.bindSync(`tcp://${loopback}:*`);
  assert.match(last(router), /^tcp:\/\/127\.0\.0\.1:\d+$/);
  router.bindSync("inproc://as-given");
  assert.equal(router.lastEndpoint, "inproc://as-given");
  router.connect(nobody("tcp"));
  assert.equal(router.lastEndpoint, nobody("tcp"));
});

describe("test_term_endpoint", () => {
  test("test_term_endpoint/test_send_after_unbind_fails: unbind lets go of the peers that came through it", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    const address = await meet(push, pull, "tcp");
    await push.send("ABC");
    assert.deepEqual(await next(pull), ["ABC"]);
    push.unbindSync(address);
    await until("the peer to be gone", () => push.stats().peers === 0);
    assert.equal(push.trySend("ABC"), false);
    await until("the other side to notice", () => pull.stats().peers === 0);
  });

  test("test_term_endpoint/test_send_after_disconnect_fails: a disconnected PUSH has no peer at once", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    const address = await meet(pull, push, "tcp");
    await push.send("ABC");
    assert.deepEqual(await next(pull), ["ABC"]);
    push.disconnect(address);
    assert.equal(push.trySend("ABC"), false);
    await until("the other side to notice", () => pull.stats().peers === 0);
  });

  test("test_term_endpoint/test_unbind_via_last_endpoint: a wildcard is unbound by what it came to", (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    for (const [socket, wildcard] of [
      [push, "tcp://127.0.0.1:*"],
      [pull, "ipc://*"],
    ] as const) {
      socket.bindSync(wildcard);
      const address = last(socket);
      socket.unbindSync(address);
      assert.throws(() => socket.unbindSync(address), zmqError("ENOENT", address));
    }
  });

  test("test_term_endpoint/test_wildcard_unbind_fails: a wildcard names nothing to unbind", (t) => {
    const use = sockets(t);
    for (const wildcard of ["tcp://127.0.0.1:*", "ipc://*", "tcp://*:0"]) {
      const push = use(new Push());
      push.bindSync(wildcard);
      assert.throws(() => push.unbindSync(wildcard), zmqError("ENOENT", last(push)));
    }
  });
});

const WILDCARDS = [
  ["test_address_wildcard_ipv4", "tcp://*:*", false, "tcp://0.0.0.0:"],
  ["test_address_wildcard_ipv6", "tcp://*:*", true, "tcp://[::]:"],
  ["test_port_wildcard_ipv4_address", "tcp://127.0.0.1:*", false, "tcp://127.0.0.1:"],
  ["test_port_wildcard_ipv4_address_ipv6", "tcp://127.0.0.1:*", true, "tcp://127.0.0.1:"],
  ["test_port_wildcard_ipv6_address", "tcp://[::1]:*", true, "tcp://[::1]:"],
] as const;
for (const [name, address, ipv6, begins] of WILDCARDS) {
  test(`test_unbind_wildcard/${name}: ${address} is bound, connected to, and unbound`, ipv6 ? IPV6 : {}, async (t) => {
    const use = sockets(t);
    const [bind, connect] = [use(new Pair({ ipv6 })), use(new Pair({ ipv6, linger: 0 }))];
    bind.bindSync(address);
    const resolved = last(bind);
    assert.ok(resolved.startsWith(begins), resolved);
    const port = resolved.slice(resolved.lastIndexOf(":"));
    const target = address === "tcp://*:*" ? `tcp://127.0.0.1${port}` : resolved;
    connect.connect(target);
    await connect.send("through");
    assert.deepEqual(await next(bind), ["through"]);
    bind.unbindSync(resolved);
    connect.disconnect(target);
    await until("both to part", () => bind.stats().peers + connect.stats().peers === 0);
  });
}

test("test_bind_after_connect_tcp/test_x: messages wait until the address is bound", async (t) => {
  const use = sockets(t);
  const first = use(new Dealer());
  const address = bound(first, "tcp");
  first.close();
  await first.ended();
  const [bind, connect] = [use(new Dealer()), use(new Dealer({ reconnectInterval: 10 }))];
  connect.connect(address);
  for (const body of ["Hello 1", "Hello 2", "Hello 3"]) await connect.send(body);
  await bind.bind(address);
  for (const body of ["Hello 1", "Hello 2", "Hello 3"]) assert.deepEqual(await next(bind), [body]);
});

describe("test_bind_src_address", () => {
  test("test_bind_src_address/test_x: a source address, a name and an interface are taken", (t) => {
    const pub = sockets(t)(new Publisher());
    pub.connect("tcp://127.0.0.1:0;localhost:1234");
    pub.connect("tcp://localhost:5555;localhost:1235");
    pub.connect(`tcp://${loopback}:5555;localhost:1236`);
    assert.equal(pub.peers().length, 3);
  });

  test("test_bind_src_address/test_x: the connection comes from that address", async (t) => {
    const use = sockets(t);
    const [pull, push] = [use(new Pull()), use(new Push())];
    const at = bound(pull, "tcp").slice("tcp://".length);
    push.connect(`tcp://127.0.0.1:0;${at}`);
    await push.send("from there");
    assert.deepEqual(await next(pull), ["from there"]);
    assert.ok(pull.peers()[0]?.address.startsWith("tcp://127.0.0.1:"));
    push.disconnect(`tcp://127.0.0.1:0;${at}`);
  });
});

describe("test_connect_resolve", () => {
  test("test_connect_resolve/test_hostname_ipv4: names resolve later", (t) => {
    const pub = sockets(t)(new Publisher());
    pub.connect("tcp://localhost:1234");
    pub.connect("tcp://no-such-host.invalid:1234");
  });

  test("test_connect_resolve/test_loopback_ipv6: a literal IPv6 address", IPV6, (t) => {
    sockets(t)(new Publisher({ ipv6: true })).connect("tcp://[::1]:1234");
  });

  const BAD = [
    ["test_hostname_with_spaces_fails", "tcp://in val id:1234", "EINVAL"],
    ["test_no_hostname_fails", "tcp://", "EINVAL"],
    ["test_invalid_service_fails", "tcp://localhost:invalid", "EINVAL"],
    ["test_invalid_proto_fails", "invalid://localhost:1234", "EPROTONOSUPPORT"],
  ] as const;
  for (const [name, address, code] of BAD) {
    test(`test_connect_resolve/${name}: ${address} is ${code}, and the error names it`, async (t) => {
      const pub = sockets(t)(new Publisher());
      assert.throws(() => pub.connect(address), zmqError(code, address));
      assert.throws(() => pub.bindSync(address), zmqError(code, address));
      await assert.rejects(async () => pub.bind(address), zmqError(code, address));
      assert.equal(pub.lastEndpoint, null);
    });
  }
});

test("libzmq 2.1: an address without a transport is EINVAL", (t) => {
  const pair = sockets(t)(new Pair());
  for (const address of ["", "5555", "://x", "tcp:", "inproc://"]) {
    assert.throws(() => pair.connect(address), zmqError("EINVAL"), address);
  }
});

test("test_ipc_wildcard/test_ipc_wildcard: a file of its own, removed on unbind", async (t) => {
  const use = sockets(t);
  const [bind, connect] = [use(new Pair()), use(new Pair())];
  bind.bindSync("ipc://*");
  const address = last(bind);
  assert.match(address, /^ipc:\/\/.+/);
  connect.connect(address);
  await connect.send("hi");
  assert.deepEqual(await next(bind), ["hi"]);
  const path = address.slice("ipc://".length);
  assert.ok(existsSync(path));
  bind.unbindSync(address);
  assert.ok(!existsSync(path));
});

test("test_rebind_ipc/test_rebind_ipc: an address may be bound again by another socket, and peers find it", async (t) => {
  const use = sockets(t);
  const address = fresh("ipc");
  const pull = use(new Pull({ reconnectInterval: 5 }));
  const first = use(new Push());
  first.bindSync(address);
  pull.connect(address);
  await first.send("42");
  assert.deepEqual(await next(pull), ["42"]);
  first.close();
  await first.ended();
  const second = use(new Push());
  second.bindSync(address);
  await second.send("42");
  assert.deepEqual(await next(pull), ["42"]);
});

describe("test_abstract_ipc", LINUX, () => {
  test("test_abstract_ipc/test_roundtrip: a name that is no file", async (t) => {
    const use = sockets(t);
    const [bind, connect] = [use(new Dealer()), use(new Dealer())];
    const address = `ipc://@tester-${process.pid}`;
    bind.bindSync(address);
    assert.equal(bind.lastEndpoint, address);
    connect.connect(address);
    await connect.send("hi");
    assert.deepEqual(await next(bind), ["hi"]);
  });

  test("test_abstract_ipc/test_empty_abstract_name: is EINVAL", (t) => {
    const dealer = sockets(t)(new Dealer());
    assert.throws(() => dealer.bindSync("ipc://@"), zmqError("EINVAL"));
    assert.throws(() => dealer.connect("ipc://@"), zmqError("EINVAL"));
  });
});

describe("test_tcp_accept_filter", () => {
  const BAD = [
    ["test_bad_filter_string_foo", "foo"],
    ["test_bad_filter_string_zeros_foo", "0.0.0.0foo"],
    ["test_bad_filter_string_zeros_foo_mask", "0.0.0.0/foo"],
    ["test_bad_filter_string_zeros_empty_mask", "0.0.0.0/"],
    ["test_bad_filter_string_zeros_negative_mask", "0.0.0.0/-1"],
    ["test_bad_filter_string_zeros_too_large_mask", "0.0.0.0/33"],
  ] as const;
  for (const [name, filter] of BAD) {
    test(`test_tcp_accept_filter/${name}: ${filter} is EINVAL`, (t) => {
      const socket = sockets(t)(new Pull());
      assert.throws(() => (socket.tcpAcceptFilter = filter), zmqError("EINVAL", "tcpAcceptFilter"));
    });
  }

  const FILTERS = [
    ["test_clear", [""], true],
    ["test_set_matching_1", ["127.0.0.1"], true],
    ["test_set_matching_2", ["9.9.9.9", "127.0.0.0/8"], true],
    ["test_set_non_matching_and_clear", ["9.9.9.9", ""], true],
    ["test_set_non_matching", ["9.9.9.9/31"], false],
  ] as const;
  for (const [name, filters, accepted] of FILTERS) {
    test(`test_tcp_accept_filter/${name}: the loopback is ${accepted ? "served" : "turned away, with an event"}`, async (t) => {
      const use = sockets(t);
      const pull = use(new Pull());
      const atPull = new Watch(pull);
      for (const filter of filters) pull.tcpAcceptFilter = filter;
      const push = use(new Push({ linger: 0 }));
      push.connect(bound(pull, "tcp"));
      await push.send("hi");
      if (accepted) assert.deepEqual(await next(pull), ["hi"]);
      else zmqError("ECONNREFUSED", "tcp://127.0.0.1:", "tcpAcceptFilter")((await atPull.first("accept:error")).error);
      assert.equal(pull.stats().accepts, accepted ? 1 : 0);
    });
  }
});

test("one socket may be bound and connected to several addresses of all kinds", async (t) => {
  const use = sockets(t);
  const pull = use(new Pull());
  const other = use(new Push());
  const pushes = (["tcp", "ipc", "inproc"] as const).map((kind) => {
    const push = use(new Push());
    push.connect(bound(pull, kind));
    return push;
  });
  pull.connect(bound(other, "tcp"));
  for (const push of [...pushes, other]) await push.send("hi");
  for (let count = 0; count < 4; count++) assert.deepEqual(await next(pull), ["hi"]);
  assert.equal(pull.stats().peers, 4);
  assert.equal(pull.stats().accepts, 2);
  assert.equal(pull.stats().connects, 1);
});

describe("libzmq 1.3: a second identical connect", () => {
  test("makes no second connection for DEALER and REQ", async (t) => {
    const use = sockets(t);
    for (const [connect, bind] of [
      [use(new Dealer()), use(new Router())],
      [use(new Request()), use(new Reply())],
    ] as const) {
      const address = await meet(bind, connect, "tcp");
      connect.connect(address);
      await connect.ready({ timeout: 5000 });
      assert.equal(connect.peers().length, 1);
    }
  });

  test("makes one for PUSH, and one disconnect ends both", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    const address = await meet(pull, push, "tcp");
    push.connect(address);
    await pull.ready({ peers: 2, timeout: 5000 });
    push.disconnect(address);
    assert.equal(push.writable, false);
    assert.throws(() => push.disconnect(address), zmqError("ENOENT", "nothing is connected"));
    await until("both to be gone", () => pull.stats().peers === 0);
  });
});

describe("addresses in use", () => {
  test("a second bind of a port is EADDRINUSE, thrown by bindSync and rejected by bind, with an event", async (t) => {
    const use = sockets(t);
    const address = bound(use(new Pull()), "tcp");
    const second = use(new Pull());
    const watch = new Watch(second);
    assert.throws(() => second.bindSync(address), zmqError("EADDRINUSE", address));
    await assert.rejects(second.bind(address), zmqError("EADDRINUSE", address));
    const event = await watch.nth("bind:error", 2);
    assert.equal(`tcp://${event.address}`, address);
    assert.equal(event.error.code, "EADDRINUSE");
    assert.equal(second.lastEndpoint, null);
  });

  test("close frees the port before it returns", (t) => {
    const use = sockets(t);
    const first = use(new Pull());
    const address = bound(first, "tcp");
    first.close();
    use(new Pull()).bindSync(address);
  });

  test("an address of no interface here is EADDRNOTAVAIL, an unknown interface ENODEV", (t) => {
    const pull = sockets(t)(new Pull());
    assert.throws(() => pull.bindSync("tcp://192.0.2.1:*"), zmqError("EADDRNOTAVAIL"));
    assert.throws(() => pull.bindSync("tcp://nosuchnic0:*"), zmqError("ENODEV", "nosuchnic0"));
  });

  test("a name that only DNS knows is bound by bind", async (t) => {
    const pull = sockets(t)(new Pull());
    await pull.bind("tcp://localhost:*");
    assert.match(last(pull), /^tcp:\/\/127\.0\.0\.1:\d+$/);
  });

  test("a socket closed while it binds does not keep the address", async (t) => {
    const use = sockets(t);
    const pull = use(new Pull());
    const binding = pull.bind("tcp://localhost:*");
    pull.close();
    await binding;
    await pull.ended();
    assert.equal(pull.lastEndpoint, null);
  });
});

test("addresses that are no strings are TypeErrors that say what was given", (t) => {
  const pull = sockets(t)(new Pull());
  const wrong = 5555 as unknown as string; // what an untyped program may do
  for (const call of [
    () => pull.bindSync(wrong),
    () => pull.bind(wrong),
    () => pull.connect(wrong),
    () => pull.disconnect(wrong),
    () => pull.unbindSync(wrong),
  ]) {
    assert.throws(call, { name: "TypeError", message: "Address must be a string (got number)" });
  }
});
