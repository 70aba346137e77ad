import assert from "node:assert/strict";
import { test } from "node:test";
import { Context, Dealer, Reply, Request, Router } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { bound, KINDS } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

for (const kind of KINDS) {
  test(`test_spec_dealer/test_round_robin_out_${kind}: RFC 28: DEALER SHALL route outgoing messages in turn`, async (t) => {
    const use = sockets(t);
    const dealer = use(new Dealer());
    const reps = Array.from({ length: 5 }, () => use(new Reply()));
    await meetAll(dealer, reps, kind);
    for (let count = 0; count < reps.length; count++) await dealer.send(["", "ABC"]);
    for (const rep of reps) assert.deepEqual(await next(rep), ["ABC"]);
  });

  test(`test_spec_dealer/test_fair_queue_in_${kind}: RFC 28: DEALER SHALL receive from its peers by fair queueing`, async (t) => {
    const use = sockets(t);
    const dealer = use(new Dealer());
    const peers = Array.from({ length: 5 }, () => use(new Dealer()));
    await meetAll(dealer, peers, kind);
    for (let round = 0; round < 2; round++) for (const [index, peer] of peers.entries()) await peer.send(`${index}`);
    await until("all messages", () => dealer.stats().queuedIn === 2 * peers.length);
    for (let round = 0; round < 2; round++) {
      const senders = new Set<string>();
      for (let count = 0; count < peers.length; count++) senders.add((await next(dealer)).join());
      assert.equal(senders.size, peers.length);
    }
  });

  test(`test_spec_dealer/test_block_on_send_no_peers_${kind}: RFC 28: DEALER SHALL block when it has no peers`, async (t) => {
    const dealer = sockets(t)(new Dealer({ sendTimeout: 10 }));
    assert.equal(dealer.trySend("ABC"), false);
    await assert.rejects(dealer.send("ABC", { timeout: 0 }), zmqError("EAGAIN", "no peer"));
    await assert.rejects(dealer.send("ABC"), zmqError("EAGAIN", "no peer"));
  });

  test(`RFC 28: DEALER over ${kind} does not touch frames, empty ones included`, async (t) => {
    const use = sockets(t);
    const [one, other] = [use(new Dealer()), use(new Dealer())];
    await meet(one, other, kind);
    for (const message of [[""], ["", ""], ["a", "", "b"], [""]]) {
      await one.send(message);
      assert.deepEqual(await next(other), message);
    }
  });
}

test("test_issue_566/test_issue_566: a ROUTER reaches DEALERs of another context as soon as they are connected", async (t) => {
  const use = sockets(t);
  const router = use(new Router({ mandatory: true, context: new Context() }));
  const address = bound(router, "tcp");
  const context = new Context();
  for (let cycle = 0; cycle < 100; cycle++) {
    const routingId = `${cycle}`.padStart(9, "0");
    const dealer = new Dealer({ context, routingId, linger: 0 });
    dealer.connect(address);
    await router.ready({ timeout: 5000 });
    await router.send([routingId, "HELLO"]);
    assert.deepEqual(await next(dealer), ["HELLO"]);
    dealer.close();
    await dealer.ended();
    await until("the peer to be gone", () => router.stats().peers === 0);
  }
});

for (const kind of KINDS) {
  test(`test_reqrep_device/test_roundtrip: over ${kind} a ROUTER and a DEALER carry requests and replies between REQ and REP`, async (t) => {
    const use = sockets(t);
    const [front, back] = [use(new Router()), use(new Dealer())];
    const [req, rep] = [use(new Request()), use(new Reply())];
    await meet(front, req, kind);
    await meet(back, rep, kind);
    front.onMessage((message) => assert.ok(back.trySend(message)));
    back.onMessage((message) => assert.ok(front.trySend(message)));
    for (const turn of ["1", "2"]) {
      await req.send(["ABC", turn]);
      assert.deepEqual(await next(rep), ["ABC", turn]);
      await rep.send(["GHI", turn]);
      assert.deepEqual(await next(req), ["GHI", turn]);
    }
  });
}

test("a DEALER sends and receives in any order", async (t) => {
  const use = sockets(t);
  const [dealer, router] = [use(new Dealer({ routingId: "D" })), use(new Router())];
  await meet(router, dealer, "tcp");
  for (let at = 0; at < 10; at++) await dealer.send(`${at}`);
  for (let at = 9; at >= 0; at--) await router.send(["D", `re ${at}`]);
  for (let at = 9; at >= 0; at--) assert.deepEqual(await next(dealer), [`re ${at}`]);
  for (let at = 0; at < 10; at++) assert.deepEqual(await next(router), ["D", `${at}`]);
});
