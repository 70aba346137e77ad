import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dealer, Pull, Push, Router } from "../../src/index.ts";
import { METRICS } from "../../src/observe/metrics.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { bound, KINDS, nobody } from "../support/places.ts";
import { frames, GREETING, RawHost, RawPeer, ready } from "../support/raw-peer.ts";
import { assertBalanced, sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";

describe("stats", () => {
  test("have every metric of the table, as numbers", (t) => {
    const stats = sockets(t)(new Push()).stats();
    for (const name of Object.keys(METRICS) as (keyof typeof METRICS)[]) assert.equal(stats[name], 0, name);
  });

  for (const kind of KINDS) {
    test(`over ${kind} the books balance at every step`, async (t) => {
      const use = sockets(t);
      const push = use(new Push({ sendHighWaterMark: 5 }));
      const pull = use(new Pull({ receiveHighWaterMark: 5 }));
      const both = [push, pull] as const;
      await meet(pull, push, kind);
      const body = Buffer.alloc(200_000);
      for (let step = 0; step < 300; step++) {
        if (step % 3 === 0) pull.tryReceive();
        else push.trySend(["x", body]);
        if (step % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
        for (const socket of both) assertBalanced(socket);
      }
      const { messagesSent } = push.stats();
      while (pull.stats().messagesTaken < messagesSent) await pull.receive({ timeout: 5000 });
      assert.equal(push.stats().messagesDelivered, messagesSent);
      assert.equal(pull.stats().messagesReceived, messagesSent);
      if (kind !== "inproc") {
        assert.ok(push.stats().bytesSent > messagesSent * 200_000);
        await until("all bytes", () => pull.stats().bytesReceived === push.stats().bytesSent);
      }
    });
  }

  test("counts of peers that are gone stay in the socket's", async (t) => {
    const use = sockets(t);
    const pull = use(new Pull());
    const address = bound(pull, "tcp");
    for (let count = 1; count <= 3; count++) {
      const push = use(new Push());
      push.connect(address);
      await push.send("x");
      assert.deepEqual(await next(pull), ["x"]);
      push.close();
      await until("it to be gone", () => pull.stats().peers === 0);
      assert.equal(pull.stats().messagesReceived, count);
      assert.equal(pull.stats().accepts, count);
      assert.equal(pull.stats().disconnects, count);
    }
    assert.equal(pull.peers().length, 0);
  });

  test("test_spec_pushpull/test_spec_pushpull_*_destroy_queue_on_disconnect: messages queued to a peer that vanished are counted as lost with it", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 3, linger: 0 }));
    const peer = await RawPeer.dial(t, bound(push, "tcp"));
    await peer.shake("PULL");
    peer.stream.pause();
    await push.ready({ timeout: 5000 });
    const body = Buffer.alloc(1 << 20);
    for (let idle = 0; idle < 20; idle++) {
      while (push.trySend(body)) idle = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { messagesSent, queuedOut } = push.stats();
    assert.ok(queuedOut >= 3);
    peer.stream.destroy();
    await until("the loss to be counted", () => push.stats().queuedOut === 0);
    const { messagesDelivered, drops } = push.stats();
    assert.equal(messagesDelivered + drops["peer-lost"], messagesSent);
    assert.ok(drops["peer-lost"] >= 3);
  });

  test("what was received and never read is counted as unread at close", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    await meet(pull, push, "tcp");
    for (let count = 0; count < 4; count++) await push.send("x");
    await until("all messages", () => pull.stats().queuedIn === 4);
    pull.close();
    await pull.ended();
    assert.equal(pull.stats().drops.unread, 4);
  });
});

describe("peers", () => {
  test("test_router_mandatory/test_get_peer_state: say who is there: address, routing id, type, protocol, mechanism, traffic", async (t) => {
    const use = sockets(t);
    const [router, dealer] = [use(new Router()), use(new Dealer({ routingId: "D" }))];
    const address = await meet(router, dealer, "tcp");
    const began = Date.now();
    await dealer.send("hello");
    assert.deepEqual(await next(router), ["D", "hello"]);
    const [seen] = router.peers();
    assert.ok(seen !== undefined);
    assert.equal(seen.connected, true);
    assert.equal(seen.dialed, false);
    assert.equal(seen.endpoint, address);
    assert.match(seen.address, /^tcp:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(seen.socketType, "DEALER");
    assert.match(seen.routingId, /D/);
    assert.equal(seen.protocol, "3.1");
    assert.equal(seen.mechanism, "NULL");
    assert.equal(seen.reconnects, 0);
    assert.ok(seen.id > 0);
    assert.ok(Math.abs((seen.lastTraffic ?? 0) - began) < 5000);
    assert.deepEqual([seen.messagesReceived, seen.messagesTaken, seen.queuedIn], [1, 1, 0]);
    const [there] = dealer.peers();
    assert.deepEqual(
      [there?.dialed, there?.socketType, there?.messagesSent, there?.messagesDelivered],
      [true, "ROUTER", 1, 1],
    );
    assert.equal(there?.address, address);
  });

  test("each peer has its own counts, and they add up to the socket's", async (t) => {
    const use = sockets(t);
    const push = use(new Push());
    const pulls = [use(new Pull()), use(new Pull()), use(new Pull())];
    await meetAll(push, pulls, "ipc");
    for (let count = 0; count < 9; count++) await push.send("x");
    await push.drain({ timeout: 5000 });
    assert.deepEqual(
      push.peers().map((peer) => peer.messagesDelivered),
      [3, 3, 3],
    );
    assert.equal(new Set(push.peers().map((peer) => peer.id)).size, 3);
  });

  test("one that is dialed and not there yet has what was dialed, and what is queued", async (t) => {
    const push = sockets(t)(new Push({ linger: 0 }));
    push.connect("inproc://first-of-two");
    push.connect(nobody("tcp"));
    await push.send("1");
    const seen = push.peers().map(({ endpoint, connected, queuedOut, id }) => ({ endpoint, connected, queuedOut, id }));
    assert.deepEqual(seen, [
      { endpoint: "inproc://first-of-two", connected: false, queuedOut: 1, id: 0 },
      { endpoint: nobody("tcp"), connected: false, queuedOut: 0, id: 0 },
    ]);
  });

  test("reconnects are counted for the peer and the socket", async (t) => {
    const push = sockets(t)(new Push({ reconnectInterval: 5 }));
    const host = await RawHost.listen(t);
    push.connect(host.endpoint);
    for (let time = 1; time <= 3; time++) {
      const peer = await host.accepts(time);
      peer.send(GREETING, ready("PULL"));
      await push.ready({ timeout: 5000 });
      assert.equal(push.peers()[0]?.reconnects, time - 1);
      peer.stream.destroy();
      await until("the loss", () => push.stats().disconnects === time);
    }
    const { connects, reconnects } = push.stats();
    assert.deepEqual([connects, reconnects >= 2], [1, true]);
  });

  test("marks reached are counted both ways", async (t) => {
    const use = sockets(t);
    const pull = use(new Pull({ receiveHighWaterMark: 2 }));
    const peer = await RawPeer.dial(t, bound(pull, "tcp"));
    await peer.shake("PUSH");
    await pull.ready({ timeout: 5000 });
    peer.send(frames("1"), frames("2"), frames("3"), frames("4"));
    await until("the mark", () => pull.stats().hwmHitsIn === 1);
    for (const body of ["1", "2", "3", "4"]) assert.deepEqual(await next(pull), [body]);
    assert.equal(pull.peers()[0]?.hwmHitsIn, pull.stats().hwmHitsIn);
  });
});
