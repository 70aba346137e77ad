import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dealer, Reply, Request, Router } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { bound, fresh, KINDS, nobody } from "../support/places.ts";
import { frames, RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";
import { hasIpv6 } from "../transports/node/ipv6.ts";

async function bounce(req: Request, rep: Reply, body: string): Promise<void> {
  await req.send([body, ""]);
  assert.deepEqual(await next(rep), [body, ""]);
  await rep.send(["re", body]);
  assert.deepEqual(await next(req), ["re", body]);
}

const REQREP = [
  ["test_reqrep_inproc/test_roundtrip", "inproc"],
  ["test_reqrep_ipc/test_simple", "ipc"],
  ["test_reqrep_tcp/test_single_connect_ipv4", "tcp"],
] as const;
for (const [name, kind] of REQREP) {
  test(`${name}: requests and replies alternate`, async (t) => {
    const use = sockets(t);
    const [rep, req] = [use(new Reply()), use(new Request())];
    const address = await meet(rep, req, kind);
    for (const body of ["one", "two", "three"]) await bounce(req, rep, body);
    req.disconnect(address);
    rep.unbindSync(address);
  });
}

test("test_reqrep_ipc/test_leak: a request whose server answers and closes is answered", async (t) => {
  const use = sockets(t);
  const [rep, req] = [use(new Reply()), use(new Request())];
  await meet(rep, req, "ipc");
  await req.send("leakymsg");
  assert.deepEqual(await next(rep), ["leakymsg"]);
  await rep.send("leakymsg");
  rep.close();
  assert.deepEqual(await next(req), ["leakymsg"]);
});

for (const [family, host] of [
  ["ipv4", "127.0.0.1"],
  ["ipv6", "[::1]"],
] as const) {
  const ipv6 = family === "ipv6";
  const options = { skip: ipv6 && !hasIpv6 && "no IPv6 here" };
  const address = `tcp://${host}:*`;

  test(`test_reqrep_tcp/test_single_connect_${family}: over ${host}`, options, async (t) => {
    const use = sockets(t);
    const [rep, req] = [use(new Reply({ ipv6 })), use(new Request({ ipv6 }))];
    rep.bindSync(address);
    req.connect(rep.lastEndpoint ?? "");
    await bounce(req, rep, "hello");
  });

  test(
    `test_reqrep_tcp/test_multi_connect_${family}: a REQ goes round three REPs, one bound twice`,
    options,
    async (t) => {
      const use = sockets(t);
      const reps = [use(new Reply({ ipv6 })), use(new Reply({ ipv6 }))] as const;
      const req = use(new Request({ ipv6 }));
      const endpoints: string[] = [];
      for (const rep of [reps[0], reps[1], reps[1]]) {
        rep.bindSync(address);
        endpoints.push(rep.lastEndpoint ?? "");
        req.connect(rep.lastEndpoint ?? "");
      }
      for (const rep of [reps[0], reps[1], reps[1], reps[0]]) await bounce(req, rep, "hello");
      for (const endpoint of endpoints) req.disconnect(endpoint);
      assert.equal(req.trySend("to nobody"), false);
    },
  );

  test(
    `test_reqrep_tcp/test_multi_connect_same_port_${family}: a second connect to an endpoint makes no second connection`,
    options,
    async (t) => {
      const use = sockets(t);
      const [one, other] = [use(new Reply({ ipv6 })), use(new Reply({ ipv6 }))];
      const req = use(new Request({ ipv6 }));
      for (const rep of [one, other]) {
        rep.bindSync(address);
        for (let time = 0; time < 3; time++) req.connect(rep.lastEndpoint ?? "");
      }
      for (const rep of [one, other, one, other]) await bounce(req, rep, "hello");
      assert.equal(req.stats().connects, 2);
      assert.equal(one.stats().accepts, 1);
      req.disconnect(one.lastEndpoint ?? "");
      await bounce(req, other, "hello");
      assert.throws(() => req.disconnect(one.lastEndpoint ?? ""), zmqError("ENOENT"));
    },
  );
}

for (const kind of KINDS) {
  test(`test_spec_req/test_round_robin_out_${kind}: REQ round-robins requests over its peers`, async (t) => {
    const use = sockets(t);
    const req = use(new Request());
    const reps = Array.from({ length: 5 }, () => use(new Reply()));
    await meetAll(req, reps, kind);
    for (let round = 0; round < 2; round++) for (const rep of reps) await bounce(req, rep, "ABC");
  });

  test(`test_spec_req/test_req_message_format_${kind}: an empty delimiter goes out before the body, and is taken off`, async (t) => {
    const use = sockets(t);
    const [req, router] = [use(new Request()), use(new Router())];
    await meet(req, router, kind);
    await req.send(["ABC", "DEF"]);
    const [id, ...rest] = await router.receive();
    assert.deepEqual(rest.map(String), ["", "ABC", "DEF"]);
    await router.send([id as Buffer, "", "GHI"]);
    assert.deepEqual(await next(req), ["GHI"]);
  });

  test(`test_spec_req/test_req_only_listens_to_current_peer_${kind}: replies of others are dropped`, async (t) => {
    const use = sockets(t);
    const req = use(new Request({ routingId: "A" }));
    const routers = [use(new Router()), use(new Router()), use(new Router())];
    await meetAll(req, routers, kind);
    for (const asked of routers) {
      await req.send("ABC");
      const id = (await asked.receive())[0] as Buffer;
      for (const router of routers) if (router !== asked) await router.send([id, "", "BAD"]);
      await until("the wrong replies", () => req.stats().queuedIn === 2);
      await asked.send([id, "", "GOOD"]);
      assert.deepEqual(await next(req), ["GOOD"]);
    }
    assert.equal(req.stats().drops.refused, 6);
  });
}

test("test_spec_req/test_block_on_send_no_peers: RFC 28: REQ SHALL block when it has no peers", async (t) => {
  const req = sockets(t)(new Request({ sendTimeout: 10 }));
  assert.equal(req.trySend("ABC"), false);
  await assert.rejects(req.send("ABC", { timeout: 0 }), zmqError("EAGAIN", "no peer"));
  await assert.rejects(req.send("ABC"), zmqError("EAGAIN", "no peer"));
});

test("test_req_correlate/test_req_correlate: only a reply with the request's id is taken", async (t) => {
  const use = sockets(t);
  const [req, router] = [use(new Request({ correlate: true, routingId: "A" })), use(new Router())];
  await meet(router, req, "tcp");
  await req.send(["ABC", "DEF"]);
  const [id, request = Buffer.alloc(0), ...rest] = await router.receive();
  assert.equal(String(id), "A");
  assert.equal(request.length, 4);
  assert.deepEqual(rest.map(String), ["", "ABC", "DEF"]);
  const wrong = Buffer.from(request.map((byte) => byte ^ 255));
  await router.send(["A", wrong, "", "DATA"]);
  await router.send(["A", "", "NO ID"]);
  await router.send(["A", request, "", "GHI"]);
  assert.deepEqual(await next(req), ["GHI"]);
  assert.equal(req.stats().drops.refused, 2);
});

describe("a relaxed REQ", () => {
  test("test_req_relaxed/test_case_1: a late reply to a former request is discarded", async (t) => {
    const use = sockets(t);
    const req = use(new Request({ relaxed: true, correlate: true }));
    const reps = [use(new Reply()), use(new Reply()), use(new Reply())] as const;
    await meetAll(req, reps, "tcp");
    await req.send(["A", "B"]);
    assert.deepEqual(await next(reps[0]), ["A", "B"]);
    await req.send(["C", "D"]);
    assert.deepEqual(await next(reps[1]), ["C", "D"]);
    await reps[0].send("WRONG");
    await reps[1].send("OK");
    assert.deepEqual(await next(req), ["OK"]);
    await bounce(req, reps[2], "E");
    await until("the late reply", () => req.stats().messagesReceived === 3);
  });

  test("test_req_relaxed/test_case_2: a reply that waits is discarded by the next request", async (t) => {
    const use = sockets(t);
    const req = use(new Request({ relaxed: true, correlate: true }));
    const reps = [use(new Reply()), use(new Reply())] as const;
    await meetAll(req, reps, "tcp");
    await req.send("H");
    assert.deepEqual(await next(reps[0]), ["H"]);
    await reps[0].send("BAD");
    await until("the reply", () => req.readable);
    await req.send("I");
    assert.deepEqual(await next(reps[1]), ["I"]);
    await reps[1].send("GOOD");
    assert.deepEqual(await next(req), ["GOOD"]);
    assert.equal(req.stats().drops.refused, 1);
  });

  test("test_req_relaxed/test_case_3: requests given up do not cost their peer its place", async (t) => {
    const use = sockets(t);
    const req = use(new Request({ relaxed: true, correlate: true }));
    const reps = [use(new Reply()), use(new Reply())] as const;
    await meetAll(req, reps, "tcp");
    await req.send("1");
    await req.send("2");
    for (const rep of reps) assert.equal((await next(rep)).length, 1);
    for (const rep of reps) await rep.send("late");
    await req.send("J");
    assert.deepEqual(await next(reps[0]), ["J"]);
  });

  test("test_req_relaxed/test_case_4: of requests that piled up before a peer came, the last is answered", async (t) => {
    const use = sockets(t);
    const address = fresh("ipc");
    const req = use(new Request({ relaxed: true, correlate: true }));
    req.connect(address);
    await req.send("TO_BE_DISCARDED");
    await req.send("TO_BE_ANSWERED");
    const router = use(new Router());
    router.bindSync(address);
    for (let time = 0; time < 2; time++) await router.send(await router.receive());
    assert.deepEqual(await next(req), ["TO_BE_ANSWERED"]);
  });
});

test("test_invalid_rep/test_invalid_rep: a reply without a delimiter ends the connection, and the REQ recovers", async (t) => {
  const use = sockets(t);
  const req = use(new Request({ relaxed: true }));
  const address = bound(req, "tcp");
  const atReq = new Watch(req);
  const peer = await RawPeer.dial(t, address);
  await peer.shake("REP");
  await req.send("request");
  await peer.gets("request");
  peer.send(frames("no delimiter", "body"));
  const { reason } = await atReq.first("disconnect");
  assert.match(reason ?? "", /not a request or reply/);
  await peer.ends();
  assert.equal(req.stats().drops["decode-error"], 1);
  const rep = use(new Reply());
  rep.connect(address);
  await req.ready({ timeout: 5000 });
  await bounce(req, rep, "again");
});

describe("the states of a REQ", () => {
  test("zeromq.js A4: a second send rejects with EFSM, and names what to do", async (t) => {
    const use = sockets(t);
    const req = use(new Request());
    await meet(use(new Reply()), req, "inproc");
    await req.send("one");
    await assert.rejects(req.send("two"), zmqError("EFSM", "receive()", "relaxed"));
    assert.throws(() => req.trySend("two"), zmqError("EFSM"));
    assert.equal(req.writable, false);
  });

  test("zeromq.js A4: receive before send waits, and is EFSM with no time to wait or on close", async (t) => {
    const req = sockets(t)(new Request());
    await assert.rejects(req.receive({ timeout: 0 }), zmqError("EFSM", "request"));
    await assert.rejects(req.receive({ timeout: 1 }), zmqError("EFSM"));
    const pending = req.receive();
    req.close();
    await assert.rejects(pending, zmqError("EFSM"));
  });

  test("a receive that began before the send gets its reply", async (t) => {
    const use = sockets(t);
    const [rep, req] = [use(new Reply()), use(new Request())];
    await meet(rep, req, "inproc");
    const early = req.receive();
    await req.send("hello");
    await rep.send(await rep.receive());
    assert.deepEqual((await early).map(String), ["hello"]);
  });

  test("a receive that began before the send gets a reply that comes while sending", async (t) => {
    const use = sockets(t);
    const [rep, req] = [use(new Reply()), use(new Request())];
    await meet(rep, req, "inproc");
    rep.onMessage((message) => rep.trySend(message));
    const early = req.receive({ timeout: 5000 });
    assert.equal(req.trySend("hello"), true);
    assert.deepEqual((await early).map(String), ["hello"]);
  });

  test("requests that wait go out one by one, each after the reply before it", async (t) => {
    const use = sockets(t);
    const [rep, req] = [use(new Reply()), use(new Request())];
    await meet(rep, req, "tcp");
    rep.onMessage((message) => void rep.send(message));
    for (const body of ["a", "b", "c"]) {
      const sent = req.send(body);
      const [reply] = await Promise.all([req.receive(), sent]);
      assert.deepEqual(reply.map(String), [body]);
    }
  });

  test("libzmq 8.6: a REQ whose peer went away with its request waits on, and a relaxed one asks again", async (t) => {
    const use = sockets(t);
    const req = use(new Request({ relaxed: true }));
    const address = bound(req, "tcp");
    const first = use(new Reply());
    first.connect(address);
    await req.ready({ timeout: 5000 });
    await req.send("lost");
    assert.deepEqual(await next(first), ["lost"]);
    first.close();
    await until("the peer to be gone", () => req.stats().peers === 0);
    await assert.rejects(req.receive({ timeout: 5 }), zmqError("EAGAIN"));
    const second = use(new Reply());
    second.connect(address);
    await req.ready({ timeout: 5000 });
    await bounce(req, second, "again");
  });

  test("a REQ with an unanswered request keeps its place though nobody listens", async (t) => {
    const req = sockets(t)(new Request({ linger: 0 }));
    req.connect(nobody("tcp"));
    assert.equal(req.trySend("queued"), true);
    assert.equal(req.readable, false);
    assert.equal(req.stats().queuedOut, 1);
  });
});

test("libzmq 1.2: a REP may be asked by a DEALER that writes the delimiter itself", async (t) => {
  const use = sockets(t);
  const [rep, dealer] = [use(new Reply()), use(new Dealer())];
  await meet(rep, dealer, "tcp");
  await dealer.send(["id", "", "body"]);
  assert.deepEqual(await next(rep), ["body"]);
  await rep.send("answer");
  assert.deepEqual(await next(dealer), ["id", "", "answer"]);
});
