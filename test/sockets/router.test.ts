import assert from "node:assert/strict";
import { test } from "node:test";
import { Dealer, Request, Router } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { KINDS } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

for (const kind of KINDS) {
  test(`test_spec_router/test_fair_queue_in_${kind}: RFC 28: ROUTER SHALL receive by fair queueing, with the peer's id first`, async (t) => {
    const use = sockets(t);
    const router = use(new Router());
    const dealers = ["A", "B", "C", "D", "E"].map((routingId) => use(new Dealer({ routingId })));
    await meetAll(router, dealers, kind);
    for (let round = 0; round < 2; round++) for (const dealer of dealers) await dealer.send("M");
    await until("all messages", () => router.stats().queuedIn === 10);
    for (let round = 0; round < 2; round++) {
      const ids = new Set<string>();
      for (let count = 0; count < dealers.length; count++) {
        const [id = "", body] = await next(router);
        assert.equal(body, "M");
        ids.add(id);
      }
      assert.deepEqual([...ids].toSorted(), ["A", "B", "C", "D", "E"]);
    }
  });

  test(`test_spec_router/test_destroy_queue_on_disconnect_${kind}: what a peer sent before it left is readable, its id is not`, async (t) => {
    const use = sockets(t);
    const router = use(new Router({ mandatory: true }));
    const dealer = use(new Dealer({ routingId: "B" }));
    const address = await meet(router, dealer, kind);
    await dealer.send("ABC");
    await until("the message", () => router.stats().queuedIn === 1);
    dealer.disconnect(address);
    await until("the peer to be gone", () => router.stats().peers === 0);
    await assert.rejects(router.send(["B", "DEF"]), zmqError("EHOSTUNREACH", "B"));
    assert.deepEqual(await next(router), ["B", "ABC"]);
    assert.equal(dealer.tryReceive(), undefined);
  });

  test(`test_router_mandatory/test_basic: over ${kind} an unknown peer drops the message, or is EHOSTUNREACH if mandatory`, async (t) => {
    const use = sockets(t);
    const router = use(new Router());
    const dealer = use(new Dealer({ routingId: "X" }));
    await router.send(["UNKNOWN", "DATA"]);
    assert.equal(router.stats().drops.unroutable, 1);
    router.mandatory = true;
    await assert.rejects(router.send(["UNKNOWN", "DATA"]), zmqError("EHOSTUNREACH", "UNKNOWN"));
    assert.throws(() => router.trySend(["UNKNOWN", "DATA"]), zmqError("EHOSTUNREACH", "UNKNOWN"));
    await meet(router, dealer, kind);
    await dealer.send("Hello");
    assert.deepEqual(await next(router), ["X", "Hello"]);
    await router.send(["X", "Hello"]);
    assert.deepEqual(await next(dealer), ["Hello"]);
    assert.equal(router.stats().messagesSent, 2);
  });

  test(`test_router_mandatory_hwm/test_router_mandatory_hwm: over ${kind} a mandatory ROUTER waits at the mark`, async (t) => {
    const use = sockets(t);
    const router = use(new Router({ mandatory: true, sendHighWaterMark: 1, linger: 0 }));
    const dealer = use(new Dealer({ routingId: "X", receiveHighWaterMark: 1 }));
    await meet(router, dealer, kind);
    await dealer.send("Hello");
    assert.deepEqual(await next(router), ["X", "Hello"]);
    const body = Buffer.alloc(65_536);
    let sent = 0;
    // The kernel's own buffers take some MiB before anything queues here.
    for (let idle = 0; idle < 20; idle++) {
      while (router.trySend(["X", body])) [sent, idle] = [sent + 1, 0];
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(sent < 400, `${sent} messages of 64 KiB`);
    assert.equal(router.writable, false);
    await assert.rejects(router.send(["X", body], { timeout: 5 }), zmqError("EAGAIN"));
    const waiting = router.send(["X", "last"], { timeout: 5000 });
    for (let count = 0; count < sent; count++)
      assert.equal((await dealer.receive({ timeout: 5000 }))[0]?.length, 65_536);
    await waiting;
    assert.deepEqual(await next(dealer), ["last"]);
    assert.equal(router.stats().drops.hwm, 0);
  });

  test(`libzmq 1.1: over ${kind} a ROUTER that is not mandatory drops at the mark, and counts it`, async (t) => {
    const use = sockets(t);
    const router = use(new Router({ sendHighWaterMark: 1, linger: 0 }));
    const dealer = use(new Dealer({ routingId: "X", receiveHighWaterMark: 1 }));
    await meet(router, dealer, kind);
    const body = Buffer.alloc(65_536);
    for (let turn = 0; router.stats().drops.hwm === 0 && turn < 2000; turn++) {
      assert.equal(router.trySend(["X", body]), true);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(router.stats().drops.hwm, 1);
    assert.equal(router.writable, true);
  });

  test(`libzmq 1.2: over ${kind} peers without a routing id get one of five bytes that begins with 00`, async (t) => {
    const use = sockets(t);
    const router = use(new Router());
    const dealers = [use(new Dealer()), use(new Dealer())] as const;
    await meetAll(router, dealers, kind);
    const ids: (Buffer | undefined)[] = [];
    for (const dealer of dealers) {
      await dealer.send("hi");
      ids.push((await router.receive())[0]);
    }
    for (const id of ids) assert.deepEqual([id?.length, id?.[0]], [5, 0]);
    assert.equal(((ids[1]?.readUInt32BE(1) ?? 0) - (ids[0]?.readUInt32BE(1) ?? 0)) >>> 0, 1);
    await router.send([ids[0] as Buffer, "first"]);
    assert.deepEqual(await next(dealers[0]), ["first"]);
  });
}

test("libzmq 1.2: a message of only the id frame is taken, and sends nothing", async (t) => {
  const use = sockets(t);
  const [router, dealer] = [use(new Router()), use(new Dealer({ routingId: "D" }))];
  await meet(router, dealer, "tcp");
  await router.send("D");
  await router.send(["D", "after"]);
  assert.deepEqual(await next(dealer), ["after"]);
  assert.equal(router.stats().drops.unroutable, 1);
});

test("RFC 28: an empty message from a peer is [id, empty]", async (t) => {
  const use = sockets(t);
  const [router, dealer] = [use(new Router()), use(new Dealer({ routingId: "D" }))];
  await meet(router, dealer, "tcp");
  await dealer.send("");
  assert.deepEqual(await next(router), ["D", ""]);
});

test("zeromq.js 0: a mandatory ROUTER without any peer says EHOSTUNREACH, and does not wait for ever", async (t) => {
  const router = sockets(t)(new Router({ mandatory: true }));
  await assert.rejects(router.send(["A", "B"]), zmqError("EHOSTUNREACH"));
});

test("a ROUTER asks REQ peers nothing, but answers each one's request to it alone", async (t) => {
  const use = sockets(t);
  const router = use(new Router());
  const reqs = [use(new Request()), use(new Request()), use(new Request())];
  await meetAll(router, reqs, "tcp");
  for (const [index, req] of reqs.entries()) await req.send(`${index}`);
  const requests = [await router.receive(), await router.receive(), await router.receive()];
  for (const [id, empty, body] of requests.toReversed()) {
    await router.send([id as Buffer, empty as Buffer, `re ${String(body)}`]);
  }
  for (const [index, req] of reqs.entries()) assert.deepEqual(await next(req), [`re ${index}`]);
});
