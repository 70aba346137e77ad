import assert from "node:assert/strict";
import { test } from "node:test";
import { Dealer, Router } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound } from "../support/places.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

test("test_router_notify/test_sockopt_router_notify: takes 0 to 3, only on ROUTER, and keeps its value on failure", (t) => {
  const use = sockets(t);
  const router = use(new Router());
  assert.equal(router.notify, 0);
  for (const bits of [1, 2, 0, 3]) {
    router.notify = bits;
    assert.equal(router.notify, bits);
  }
  for (const bits of [-1, 4]) assert.throws(() => (router.notify = bits), zmqError("EINVAL", "notify"));
  assert.equal(router.notify, 3);
  const dealer = use(new Dealer());
  assert.throws(() => Object.assign(dealer, { notify: 1 }), /not extensible/);
});

for (const [name, notify] of [
  ["connect", 1],
  ["disconnect", 2],
  ["both", 3],
] as const) {
  test(`test_router_notify/test_router_notify_${name}: [id, empty] says who came or went`, async (t) => {
    const use = sockets(t);
    const router = use(new Router({ notify }));
    const dealer = use(new Dealer({ routingId: "X" }));
    const address = bound(router, "tcp");
    dealer.connect(address);
    if ((notify & 1) !== 0) assert.deepEqual(await next(router), ["X", ""]);
    await dealer.send("Hello");
    assert.deepEqual(await next(router), ["X", "Hello"]);
    dealer.disconnect(address);
    if ((notify & 2) !== 0) assert.deepEqual(await next(router), ["X", ""]);
    await until("the peer to be gone", () => router.stats().peers === 0);
    assert.equal(router.tryReceive(), undefined);
  });
}

test("test_router_notify/test_handshake_fail: a peer that does no handshake is not announced", async (t) => {
  const use = sockets(t);
  const router = use(new Router({ notify: 3 }));
  const peer = await RawPeer.dial(t, bound(router, "tcp"));
  peer.send(Buffer.from("not-a-handshake"));
  await peer.ends();
  assert.equal(router.stats().handshakeProtocol, 1);
  assert.equal(router.tryReceive(), undefined);
});

test("test_router_notify/test_error_during_multipart: a message cut off is dropped whole, then the end is told", async (t) => {
  const use = sockets(t);
  const router = use(new Router({ notify: 2, maxMessageSize: 64 }));
  const dealer = use(new Dealer({ routingId: "X", linger: 0 }));
  dealer.connect(bound(router, "tcp"));
  await dealer.send(["Hello2", "*".repeat(127)]);
  assert.deepEqual(await next(router), ["X", ""]);
  assert.equal(router.tryReceive(), undefined);
});
