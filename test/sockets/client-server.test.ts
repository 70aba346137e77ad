import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Client, Server } from "../../src/draft.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { KINDS } from "../support/places.ts";
import { frame, frames, RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };

for (const kind of KINDS) {
  describe(`SERVER and CLIENT over ${kind}`, () => {
    test("test_client_server/test_routing_id: a SERVER answers the CLIENT that a message's number names", async (t) => {
      const use = sockets(t);
      const [server, client] = [use(new Server()), use(new Client())];
      await meet(server, client, kind);
      await client.send("X");
      const [request, { routingId }] = await server.receive(PATIENCE);
      assert.equal(String(request), "X");
      assert.ok(Number.isInteger(routingId) && routingId > 0 && routingId <= 0xffffffff, `${routingId}`);
      await server.send("HELLO", { routingId });
      assert.deepEqual((await client.receive(PATIENCE)).map(String), ["HELLO"]);
    });

    test("RFC 41: each CLIENT has a number of its own, and gets what is for it alone, in any order", async (t) => {
      const use = sockets(t);
      const server = use(new Server());
      const clients = Array.from({ length: 3 }, () => use(new Client()));
      await meetAll(server, clients, kind);
      const numbers: number[] = [];
      for (const client of clients) {
        await client.send("here");
        numbers.push((await server.receive(PATIENCE))[1].routingId);
      }
      assert.equal(new Set(numbers).size, 3);
      for (const routingId of numbers.toReversed()) await server.send(`${routingId}`, { routingId });
      for (const [index, client] of clients.entries()) {
        assert.deepEqual((await client.receive(PATIENCE)).map(String), [`${numbers[index]}`]);
        assert.equal(client.tryReceive(), undefined);
      }
    });

    test("a CLIENT that has left can't be sent to, and what it left is still received", async (t) => {
      const use = sockets(t);
      const [server, client] = [use(new Server()), use(new Client())];
      await meet(server, client, kind);
      await client.send("first");
      const [, to] = await server.receive(PATIENCE);
      await client.send("last");
      await until("it", () => server.readable);
      client.close();
      await until("its end", () => server.stats().peers === 0);
      await assert.rejects(server.send("too late", to), zmqError("EHOSTUNREACH", `${to.routingId}`));
      const [body, from] = await server.receive(PATIENCE);
      assert.deepEqual([String(body), from], ["last", to]);
    });
  });
}

describe("SERVER", () => {
  test("test_client_server/test_server_sndmore_fails, test_client_sndmore_fails: messages have one part", async (t) => {
    const use = sockets(t);
    const [server, client] = [use(new Server()), use(new Client())];
    await meet(server, client, "tcp");
    const many = ["a", "b"] as unknown as string; // what an untyped program may do
    await assert.rejects(client.send(many), zmqError("EINVAL", "one part, not 2"));
    assert.throws(() => client.trySend(many), zmqError("EINVAL"));
    await assert.rejects(server.send(many, { routingId: 1 }), zmqError("EINVAL", "one part, not 2"));
    await client.send(["alone"] as unknown as string);
    const [, to] = await server.receive(PATIENCE);
    await server.send([] as unknown as string, to);
    assert.deepEqual([client.stats().messagesSent, server.stats().messagesSent], [1, 0]);
  });

  test("zeromq.js: what says no peer is a TypeError or EINVAL at once; a number that nobody has is EHOSTUNREACH", async (t) => {
    const server = sockets(t)(new Server());
    const send = (options: unknown) => () => server.send("a", options as { routingId: number });
    assert.throws(send(undefined), { name: "TypeError", message: "Options must be an object" });
    assert.throws(send({ routingId: "5" }), { name: "TypeError", message: /^A number was expected/ });
    assert.throws(send({}), zmqError("EINVAL", "routing id"));
    for (const routingId of [0, -1, 1.5, 2 ** 32, NaN]) {
      assert.throws(send({ routingId }), zmqError("EINVAL", String(routingId)));
      assert.throws(() => server.trySend("a", { routingId }), zmqError("EINVAL"));
    }
    await assert.rejects(server.send("a", { routingId: 5 }), zmqError("EHOSTUNREACH", "5"));
    assert.throws(() => server.trySend("a", { routingId: 5 }), zmqError("EHOSTUNREACH"));
    server.close();
    assert.throws(send({ routingId: 5 }), zmqError("EBADF"));
  });

  test("waits while the queue to a peer is full, and no longer than is said", async (t) => {
    const use = sockets(t);
    const server = use(new Server({ sendHighWaterMark: 1 }));
    const client = use(new Client({ receiveHighWaterMark: 1 }));
    await meet(server, client, "inproc");
    await client.send("here");
    const [, to] = await server.receive(PATIENCE);
    for (let count = 0; count < 2; count++) assert.equal(server.trySend("x", to), true);
    assert.equal(server.trySend("x", to), false);
    await assert.rejects(server.send("x", { ...to, timeout: 1 }), zmqError("EAGAIN"));
    await assert.rejects(server.send("x", { ...to, signal: AbortSignal.abort(new Error("stop")) }), /stop/);
    const waiting = server.send("waited", { ...to, ...PATIENCE });
    for (const expected of ["x", "x", "waited"]) {
      assert.deepEqual((await client.receive(PATIENCE)).map(String), [expected]);
    }
    await waiting;
  });

  test("every way to receive gives the body and who sent it", async (t) => {
    const use = sockets(t);
    const [server, client] = [use(new Server()), use(new Client({ metadata: { "X-Name": "client" } }))];
    await meet(server, client, "tcp");
    const send = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at++) await client.send(`${at}`);
    };
    await send(1);
    const { message, metadata } = await server.receiveWithMetadata(PATIENCE);
    const [body, from] = message;
    assert.deepEqual([String(body), metadata.get("X-Name")], ["0", "client"]);
    await send(1);
    await until("a message", () => server.readable);
    assert.deepEqual(server.tryReceive(), [Buffer.from("0"), from]);
    await send(2);
    for await (const each of server.messages(PATIENCE)) {
      assert.deepEqual(each[1], from);
      if (String(each[0]) === "1") break;
    }
    await send(3);
    let got = 0;
    for await (const batch of server.batches(PATIENCE)) {
      for (const each of batch) assert.deepEqual(each, [Buffer.from(`${got++}`), from]);
      if (got === 3) break;
    }
    const handled: unknown[] = [];
    const stop = server.onMessage((each) => handled.push(each));
    await send(1);
    await until("the handler", () => handled.length === 1);
    stop();
    assert.deepEqual(handled, [[Buffer.from("0"), from]]);
  });

  test("disconnectPeer ends the connection, where libzmq keeps it connected and deaf; who dials comes back anew", async (t) => {
    const use = sockets(t);
    const server = use(new Server());
    const client = use(new Client({ reconnectInterval: 10 }));
    await meet(server, client, "tcp");
    const atClient = new Watch(client);
    await client.send("one");
    const [, to] = await server.receive(PATIENCE);
    await server.send("goodbye", to);
    server.disconnectPeer(to.routingId);
    assert.throws(() => server.disconnectPeer(to.routingId), zmqError("EHOSTUNREACH", `${to.routingId}`));
    assert.throws(() => server.disconnectPeer(0), zmqError("EINVAL"));
    await assert.rejects(server.send("x", to), zmqError("EHOSTUNREACH"));
    assert.deepEqual((await client.receive(PATIENCE)).map(String), ["goodbye"], "what was sent before goes out");
    await atClient.first("disconnect");
    await server.ready(PATIENCE);
    await client.send("two");
    const [body, again] = await server.receive(PATIENCE);
    assert.equal(String(body), "two");
    assert.notEqual(again.routingId, to.routingId);
    server.close();
    assert.throws(() => server.disconnectPeer(again.routingId), zmqError("EBADF"));
  });

  test("a SERVER that connects knows the peer by one number, however often the connection is made", async (t) => {
    const use = sockets(t);
    const client = use(new Client());
    const server = use(new Server({ reconnectInterval: 10 }));
    const address = await meet(client, server, "tcp");
    await client.send("one");
    const [, to] = await server.receive(PATIENCE);
    const atServer = new Watch(server);
    client.close();
    await atServer.first("disconnect");
    await server.send("waits", to);
    const next = use(new Client());
    await next.bind(address);
    assert.deepEqual((await next.receive(PATIENCE)).map(String), ["waits"]);
    await next.send("two");
    assert.deepEqual((await server.receive(PATIENCE))[1], to);
  });
});

describe("CLIENT", () => {
  test("RFC 41: sends to its SERVERs in turn, and receives from each in turn", async (t) => {
    const use = sockets(t);
    const client = use(new Client());
    const servers = [use(new Server()), use(new Server())];
    for (const server of servers) await meet(server, client, "tcp");
    for (let count = 0; count < 4; count++) await client.send(`${count}`);
    for (const server of servers) {
      for (let count = 0; count < 2; count++) {
        const [body, from] = await server.receive(PATIENCE);
        await server.send(`re ${String(body)}`, from);
      }
    }
    const replies: string[] = [];
    for (let count = 0; count < 4; count++) replies.push(String(await client.receive(PATIENCE)));
    assert.deepEqual(replies.sort(), ["re 0", "re 1", "re 2", "re 3"]);
  });

  test("hello, disconnect and hiccup messages are sent and received as with DEALER and ROUTER", async (t) => {
    const use = sockets(t);
    const server = use(new Server({ helloMessage: "welcome", disconnectMessage: "gone" }));
    const client = use(new Client({ helloMessage: "hello", hiccupMessage: "lost", reconnectInterval: 10 }));
    await meet(server, client, "tcp");
    assert.deepEqual((await client.receive(PATIENCE)).map(String), ["welcome"]);
    const [body, to] = await server.receive(PATIENCE);
    assert.equal(String(body), "hello");
    server.disconnectPeer(to.routingId);
    assert.deepEqual((await client.receive(PATIENCE)).map(String), ["lost"]);
    const [again, from] = await server.receive(PATIENCE);
    assert.equal(String(again), "hello");
    assert.notDeepEqual(from, to);
    client.close();
    assert.deepEqual(await server.receive(PATIENCE), [Buffer.from("gone"), from]);
  });
});

test("a message of several frames is dropped and counted, and the peer keeps its connection", async (t) => {
  const use = sockets(t);
  const server = use(new Server());
  await server.bind("tcp://127.0.0.1:*");
  const peer = await RawPeer.dial(t, server.lastEndpoint ?? "");
  await peer.shake("CLIENT");
  peer.send(frames("a", "b"), frame("good", false), frames("a", "", "c"), frame("too", false));
  for (const expected of ["good", "too"]) assert.equal(String((await server.receive(PATIENCE))[0]), expected);
  const { drops, messagesReceived, peers } = server.stats();
  assert.deepEqual([drops.refused, messagesReceived, peers], [2, 4, 1]);
});
