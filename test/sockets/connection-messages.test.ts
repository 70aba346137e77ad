import assert from "node:assert/strict";
import { test } from "node:test";
import { Dealer, Router } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound, fresh, KINDS } from "../support/places.ts";
import { RawHost, RawPeer, frames, GREETING, ready } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";

for (const kind of KINDS) {
  test(`test_hello_msg/test_${kind}: the first message on each new connection`, async (t) => {
    const use = sockets(t);
    const router = use(new Router({ helloMessage: "H" }));
    const address = bound(router, kind);
    for (let count = 0; count < 2; count++) {
      const dealer = use(new Dealer());
      dealer.connect(address);
      assert.deepEqual(await next(dealer), ["H"]);
    }
    assert.equal(router.stats().messagesGenerated, 2);
  });

  test(`test_disconnect_msg/test_${kind}: when a peer closes, its message is received as if from it`, async (t) => {
    const use = sockets(t);
    const router = use(new Router({ disconnectMessage: "D" }));
    const dealer = use(new Dealer({ helloMessage: "H", routingId: "X" }));
    dealer.connect(bound(router, kind));
    assert.deepEqual(await next(router), ["X", "H"]);
    dealer.close();
    assert.deepEqual(await next(router), ["X", "D"]);
    assert.equal(router.tryReceive(), undefined);
  });

  test(`test_disconnect_msg/test_inproc_disconnect: over ${kind} the same when it disconnects`, async (t) => {
    const use = sockets(t);
    const router = use(new Router({ disconnectMessage: "D" }));
    const dealer = use(new Dealer({ helloMessage: "H", routingId: "X" }));
    const address = bound(router, kind);
    dealer.connect(address);
    assert.deepEqual(await next(router), ["X", "H"]);
    dealer.disconnect(address);
    assert.deepEqual(await next(router), ["X", "D"]);
  });
}

test("test_hello_msg/test_inproc_late_bind: both hello messages arrive when the name is bound after the connect", async (t) => {
  const use = sockets(t);
  const [router, dealer] = [
    use(new Router({ helloMessage: "W" })),
    use(new Dealer({ helloMessage: "H", routingId: "X" })),
  ];
  const address = fresh("inproc");
  dealer.connect(address);
  router.bindSync(address);
  assert.deepEqual(await next(dealer), ["W"]);
  assert.deepEqual(await next(router), ["X", "H"]);
});

test("libzmq 8.5: a hello message comes again on each reconnect, before what was queued", async (t) => {
  const dealer = sockets(t)(new Dealer({ helloMessage: "HELLO", reconnectInterval: 5, linger: 0 }));
  const host = await RawHost.listen(t);
  dealer.connect(host.endpoint);
  await dealer.send("first");
  const one = await host.accepts(1);
  one.send(GREETING, ready("ROUTER"));
  await one.gets("\0\x05HELLO\0\x05first");
  one.stream.destroy();
  const two = await host.accepts(2);
  two.send(GREETING, ready("ROUTER"));
  await two.gets("\0\x05HELLO");
});

test("test_hiccup_msg/test: received on the connecting side when its connection drops and will be made again", async (t) => {
  const use = sockets(t);
  const dealer = use(new Dealer({ hiccupMessage: "HICCUP", reconnectInterval: 5 }));
  const host = await RawHost.listen(t);
  dealer.connect(host.endpoint);
  const peer = await host.accepts();
  peer.send(GREETING, ready("ROUTER"));
  await dealer.ready({ timeout: 5000 });
  peer.send(frames("before"));
  assert.deepEqual(await next(dealer), ["before"]);
  peer.stream.destroy();
  assert.deepEqual(await next(dealer), ["HICCUP"]);
  const again = await host.accepts(2);
  again.send(GREETING, ready("ROUTER"));
  await dealer.ready({ timeout: 5000 });
  assert.equal(dealer.tryReceive(), undefined);
  assert.equal(dealer.stats().reconnects, 1);
});

test("libzmq 8.5: a peer whose handshake failed sends no disconnect message", async (t) => {
  const router = sockets(t)(new Router({ disconnectMessage: "D" }));
  const peer = await RawPeer.dial(t, bound(router, "tcp"));
  peer.send(GREETING);
  peer.stream.end();
  await until("the handshake to fail", () => router.stats().handshakeLost === 1);
  assert.equal(router.tryReceive(), undefined);
});
