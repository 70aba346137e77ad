import assert from "node:assert/strict";
import { test } from "node:test";
import { Dealer, Request, Router } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { bound, fresh, KINDS } from "../support/places.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

for (const kind of KINDS) {
  test(`test_router_handover/test_with_handover: over ${kind} a new peer takes the routing id over, and the old one is told`, async (t) => {
    const use = sockets(t);
    const router = use(new Router({ handover: true }));
    const atRouter = new Watch(router);
    const one = use(new Dealer({ routingId: "X", reconnectInterval: -1 }));
    const two = use(new Dealer({ routingId: "X" }));
    const address = await meet(router, one, kind);
    await one.send("Hello");
    assert.deepEqual(await next(router), ["X", "Hello"]);
    two.connect(address);
    const { reason, error } = await atRouter.first("disconnect");
    assert.match(reason ?? "", /routing id "X" was handed over/);
    assert.equal((error as { code?: unknown }).code, "EPROTO");
    await two.send("Hello");
    assert.deepEqual(await next(router), ["X", "Hello"]);
    await router.send(["X", "to two"]);
    assert.deepEqual(await next(two), ["to two"]);
    one.close();
  });

  test(`test_router_handover/test_without_handover: over ${kind} a second peer with the same id is closed, and the first goes on`, async (t) => {
    const use = sockets(t);
    const router = use(new Router());
    const atRouter = new Watch(router);
    const one = use(new Dealer({ routingId: "X" }));
    const two = use(new Dealer({ routingId: "X", reconnectInterval: -1 }));
    const atTwo = new Watch(two);
    const address = await meet(router, one, kind);
    two.connect(address);
    const { reason } = await atRouter.first("disconnect");
    assert.match(reason ?? "", /routing id "X" is in use/);
    if (kind !== "inproc") await atTwo.first("disconnect");
    await router.send(["X", "Hello"]);
    assert.deepEqual(await next(one), ["Hello"]);
    await one.send("Hi");
    assert.deepEqual(await next(router), ["X", "Hi"]);
    assert.equal(router.stats().peers, 1);
  });

  test(`test_connect_rid/test_router_2_router_named: over ${kind} a ROUTER knows its peer by the id that connect gave`, async (t) => {
    const use = sockets(t);
    const [bind, connect] = [use(new Router({ routingId: "X" })), use(new Router({ routingId: "Y" }))];
    connect.connect(bound(bind, kind), { routingId: "conn1" });
    await connect.send(["conn1", "hi 1"]);
    assert.deepEqual(await next(bind), ["Y", "hi 1"]);
    await bind.send(["Y", "ok"]);
    assert.deepEqual(await next(connect), ["conn1", "ok"]);
  });

  test(`test_connect_rid/test_router_2_router_unnamed: over ${kind} the other side makes an id up`, async (t) => {
    const use = sockets(t);
    const [bind, connect] = [use(new Router()), use(new Router())];
    connect.connect(bound(bind, kind), { routingId: "conn1" });
    await connect.send(["conn1", "hi 1"]);
    const [id, body] = await bind.receive({ timeout: 5000 });
    assert.deepEqual([id?.[0], id?.length, String(body)], [0, 5, "hi 1"]);
    await bind.send([id as Buffer, "ok"]);
    assert.deepEqual(await next(connect), ["conn1", "ok"]);
  });
}

test("test_connect_rid/test_router_2_router_while_receiving: named connects work between receives", async (t) => {
  const use = sockets(t);
  const [x, y, z] = [
    use(new Router({ routingId: "X" })),
    use(new Router({ routingId: "Y" })),
    use(new Router({ routingId: "Z" })),
  ];
  const xAddress = bound(x, "tcp");
  const zAddress = bound(z, "tcp");
  y.connect(xAddress, { routingId: "X" });
  y.connect(zAddress, { routingId: "Z" });
  await y.send(["X", "A"]);
  assert.deepEqual(await next(x), ["Y", "A"]);
  z.connect(xAddress, { routingId: "X" });
  await y.send(["Z", "B"]);
  assert.deepEqual(await next(z), ["Y", "B"]);
  await z.send(["X", "C"]);
  assert.deepEqual(await next(x), ["Z", "C"]);
});

test("libzmq 8.1: an id in use, and one that is too long, are EINVAL before anything connects", (t) => {
  const use = sockets(t);
  const router = use(new Router({ linger: 0 }));
  const address = fresh("ipc");
  router.connect(address, { routingId: "A" });
  assert.throws(() => router.connect(address, { routingId: "A" }), zmqError("EINVAL", 'routing id "A" is in use'));
  assert.throws(() => router.connect(address, { routingId: "" }), zmqError("EINVAL", "1 to 255"));
  assert.throws(() => router.connect(address, { routingId: "x".repeat(256) }), zmqError("EINVAL", "256"));
  assert.equal(router.peers().length, 1);
});

test("the id of a connect that failed is not taken by the next one", async (t) => {
  const use = sockets(t);
  const [bind, connect] = [use(new Router({ routingId: "B" })), use(new Router({ mandatory: true, routingId: "C" }))];
  const address = bound(bind, "tcp");
  assert.throws(() => connect.connect("tcp://nonsense", { routingId: "never" }), zmqError("EINVAL"));
  connect.connect(address);
  await connect.ready({ timeout: 5000 });
  await assert.rejects(connect.send(["never", "x"]), zmqError("EHOSTUNREACH", "never"));
  await connect.send(["B", "x"]);
  assert.deepEqual(await next(bind), ["C", "x"]);
});

test("test_probe_router/test_probe_router_router: a probe tells a ROUTER of its peer before any message", async (t) => {
  const use = sockets(t);
  const [server, client] = [use(new Router()), use(new Router({ routingId: "X", probeRouter: true }))];
  client.connect(bound(server, "tcp"));
  assert.deepEqual(await next(server), ["X", ""]);
  await server.send(["X", "Hello"]);
  assert.equal(String((await client.receive({ timeout: 5000 }))[1]), "Hello");
});

for (const kind of KINDS) {
  test(`test_probe_router/test_probe_router_dealer: over ${kind} a DEALER probes too`, async (t) => {
    const use = sockets(t);
    const [server, client] = [use(new Router()), use(new Dealer({ routingId: "X", probeRouter: true }))];
    client.connect(bound(server, kind));
    assert.deepEqual(await next(server), ["X", ""]);
    await server.send(["X", "Hello"]);
    assert.deepEqual(await next(client), ["Hello"]);
    assert.equal(client.stats().messagesGenerated, 1);
    assert.equal(client.stats().messagesSent, 0);
  });
}

test("libzmq 8.3: a probe is one empty frame on the wire, before what was queued", async (t) => {
  const use = sockets(t);
  const req = use(new Request({ probeRouter: true }));
  const peer = await RawPeer.dial(t, bound(req, "tcp"));
  await peer.shake("ROUTER");
  await req.ready({ timeout: 5000 });
  await req.send("ask");
  await peer.gets("\0\0\x01\0\0\x03ask");
});

test("a peer that comes back under its id after its connection was lost is known again", async (t) => {
  const use = sockets(t);
  const router = use(new Router({ mandatory: true }));
  const address = bound(router, "tcp");
  for (let time = 0; time < 3; time++) {
    const peer = await RawPeer.dial(t, address);
    await peer.shake("DEALER", "again");
    await router.ready({ timeout: 5000 });
    await router.send(["again", `time ${time}`]);
    await peer.gets(`time ${time}`);
    peer.stream.destroy();
    await until("the peer to be gone", () => router.stats().peers === 0);
  }
});
