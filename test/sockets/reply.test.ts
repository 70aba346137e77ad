import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dealer, Reply, Request } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { bound, KINDS } from "../support/places.ts";
import { frames, RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

for (const kind of KINDS) {
  test(`test_spec_rep/test_fair_queue_in_${kind}: RFC 28: REP SHALL receive from its peers by fair queueing`, async (t) => {
    const use = sockets(t);
    const rep = use(new Reply());
    const reqs = Array.from({ length: 5 }, () => use(new Request()));
    await meetAll(rep, reqs, kind);
    for (let round = 0; round < 2; round++) {
      for (const [index, req] of reqs.entries()) await req.send(`${index}`);
      await until("all requests", () => rep.stats().queuedIn === reqs.length);
      const asked = new Set<string>();
      for (let count = 0; count < reqs.length; count++) {
        const [body = ""] = await next(rep);
        asked.add(body);
        await rep.send(`re ${body}`);
      }
      assert.equal(asked.size, reqs.length);
      for (const [index, req] of reqs.entries()) assert.deepEqual(await next(req), [`re ${index}`]);
    }
  });

  test(`test_spec_rep/test_envelope_${kind}: frames up to the first empty one come back unchanged`, async (t) => {
    const use = sockets(t);
    const [rep, dealer] = [use(new Reply()), use(new Dealer())];
    await meet(rep, dealer, kind);
    await dealer.send(["X", "Y", "", "A", ""]);
    assert.deepEqual(await next(rep), ["A", ""]);
    await rep.send(["B", "", "C"]);
    assert.deepEqual(await next(dealer), ["X", "Y", "", "B", "", "C"]);
    await dealer.send(["", "D"]);
    assert.deepEqual(await next(rep), ["D"]);
    await rep.send("E");
    assert.deepEqual(await next(dealer), ["", "E"]);
  });

  test(`libzmq 1.2: over ${kind} a request without a delimiter is skipped and counted`, async (t) => {
    const use = sockets(t);
    const [rep, dealer] = [use(new Reply()), use(new Dealer())];
    await meet(rep, dealer, kind);
    await dealer.send(["no", "delimiter"]);
    await dealer.send(["", "request"]);
    assert.deepEqual(await next(rep), ["request"]);
    assert.equal(rep.stats().drops.refused, 1);
    assert.equal(rep.stats().messagesTaken, 1);
  });

  test(`libzmq 1.1: over ${kind} a reply to a peer that is gone is dropped and counted`, async (t) => {
    const use = sockets(t);
    const [rep, req] = [use(new Reply()), use(new Request())];
    await meet(rep, req, kind);
    await req.send("request");
    assert.deepEqual(await next(rep), ["request"]);
    req.close();
    await until("the peer to be gone", () => rep.stats().peers === 0);
    await rep.send("to nobody");
    assert.equal(rep.stats().drops.unroutable, 1);
    const another = use(new Request());
    another.connect(rep.lastEndpoint ?? "");
    await another.send("next");
    assert.deepEqual(await next(rep), ["next"]);
  });
}

test("a REP answers a peer that writes its bytes by hand", async (t) => {
  const use = sockets(t);
  const rep = use(new Reply());
  const peer = await RawPeer.dial(t, bound(rep, "tcp"));
  await peer.shake("REQ");
  peer.send(frames("", "question"));
  assert.deepEqual(await next(rep), ["question"]);
  await rep.send("answer");
  await peer.gets("\x01\0\0\x06answer");
});

describe("the states of a REP", () => {
  test("send before receive is EFSM", async (t) => {
    const rep = sockets(t)(new Reply());
    await assert.rejects(rep.send("unasked"), zmqError("EFSM", "received request"));
    assert.throws(() => rep.trySend("unasked"), zmqError("EFSM"));
    assert.equal(rep.writable, false);
  });

  test("a second receive waits for the reply to the first request, and is EFSM on time-out", async (t) => {
    const use = sockets(t);
    const rep = use(new Reply());
    const reqs = [use(new Request()), use(new Request())] as const;
    await meetAll(rep, reqs, "inproc");
    for (const req of reqs) await req.send("request");
    await rep.receive();
    assert.equal(rep.readable, false);
    assert.equal(rep.tryReceive(), undefined);
    await assert.rejects(rep.receive({ timeout: 0 }), zmqError("EFSM", "reply"));
    const second = rep.receive({ timeout: 5000 });
    await rep.send("reply");
    assert.deepEqual((await second).map(String), ["request"]);
  });

  test("a handler that answers later gets the next request after its answer", async (t) => {
    const use = sockets(t);
    const rep = use(new Reply());
    const reqs = [use(new Request()), use(new Request()), use(new Request())];
    await meetAll(rep, reqs, "tcp");
    rep.onMessage((message) => setImmediate(() => rep.trySend(message)));
    for (const req of reqs) await req.send("request");
    for (const req of reqs) assert.deepEqual(await next(req), ["request"]);
  });

  test("one reply each: a second send is EFSM again", async (t) => {
    const use = sockets(t);
    const [rep, req] = [use(new Reply()), use(new Request())];
    await meet(rep, req, "tcp");
    await req.send("request");
    await rep.receive();
    assert.equal(rep.writable, true);
    await rep.send("one");
    await assert.rejects(rep.send("two"), zmqError("EFSM"));
  });
});
