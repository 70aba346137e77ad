import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dealer, Stream } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound, nobody } from "../support/places.ts";
import { frames, GREETING, RawHost, RawPeer, ready } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };

/** All bytes of one connection until there are `size`. */
async function bytes(stream: Stream, size: number): Promise<Buffer> {
  let all = Buffer.alloc(0);
  while (all.length < size) all = Buffer.concat([all, (await stream.receive(PATIENCE))[1]]);
  return all;
}

test("test_stream/test_stream_to_dealer: a STREAM does the ZMTP handshake with a DEALER by hand", async (t) => {
  const use = sockets(t);
  const stream = use(new Stream());
  const dealer = use(new Dealer());
  dealer.connect(bound(stream, "tcp"));
  await dealer.send("Hello");
  const [id, empty] = await stream.receive(PATIENCE);
  assert.deepEqual([id?.length, id?.[0], empty?.length], [5, 0, 0]);
  await stream.send([id, GREETING]);
  const greeting = await bytes(stream, 64);
  assert.deepEqual([greeting[0], greeting[9], greeting[10]], [0xff, 0x7f, 3]);
  await stream.send([id, ready("ROUTER")]);
  let rest = greeting.subarray(64);
  while (!rest.includes("\0\x05Hello")) rest = Buffer.concat([rest, (await stream.receive(PATIENCE))[1]]);
  assert.ok(rest.includes("READY"));
  await stream.send([id, frames("World")]);
  assert.deepEqual(await next(dealer), ["World"]);
});

for (const kind of ["tcp", "ipc"] as const) {
  test(`test_stream/test_stream_to_stream: over ${kind} both sides hear of the connection, then exchange bytes`, async (t) => {
    const use = sockets(t);
    const [server, client] = [use(new Stream()), use(new Stream())];
    client.connect(bound(server, kind));
    const [clientId, atClient] = await client.receive(PATIENCE);
    const [serverId, atServer] = await server.receive(PATIENCE);
    assert.deepEqual([clientId?.length, atClient?.length, serverId?.length, atServer?.length], [5, 0, 5, 0]);
    await client.send([clientId, "GET /\n\n"]);
    assert.deepEqual((await server.receive(PATIENCE)).map(String), [String(serverId), "GET /\n\n"]);
    await server.send([serverId, "HTTP/1.0 200 OK\r\n\r\nHello, World!"]);
    assert.equal(String((await client.receive(PATIENCE))[1]), "HTTP/1.0 200 OK\r\n\r\nHello, World!");
  });

  test(`test_stream_disconnect/test_stream_disconnect: over ${kind} [id, empty] ends a connection, and the other side hears of it`, async (t) => {
    const use = sockets(t);
    const [server, client] = [use(new Stream()), use(new Stream({ reconnectInterval: -1 }))];
    client.connect(bound(server, kind));
    const [clientId] = await client.receive(PATIENCE);
    const [serverId] = await server.receive(PATIENCE);
    for (const part of ["1", "22", "333"]) await client.send([clientId, part]);
    assert.equal(String(await bytes(server, 6)), "122333");
    await server.send([serverId, "bye"]);
    await server.send([serverId, ""]);
    assert.deepEqual((await client.receive(PATIENCE)).map(String), [String(clientId), "bye"]);
    assert.deepEqual((await client.receive(PATIENCE)).map(String), [String(clientId), ""]);
    await assert.rejects(server.send([serverId, "late"]), zmqError("EHOSTUNREACH"));
    assert.equal(server.tryReceive(), undefined, "no notification of a connection closed here (libzmq 1.2)");
  });
}

test("test_stream_empty/test_stream_empty: the end of a connection may be asked for at once, and the socket lives on", async (t) => {
  const use = sockets(t);
  const stream = use(new Stream());
  const dealer = use(new Dealer({ linger: 0 }));
  dealer.connect(bound(stream, "tcp"));
  const [id] = await stream.receive(PATIENCE);
  await stream.send([id, ""]);
  const [again, empty] = await stream.receive(PATIENCE);
  assert.deepEqual([again?.length, empty?.length], [5, dealer.stats().peers]);
});

test("test_stream_exceeds_buffer/test_stream_exceeds_buffer: bytes beyond any read buffer arrive in order", async (t) => {
  const use = sockets(t);
  const stream = use(new Stream());
  const peer = await RawPeer.dial(t, bound(stream, "tcp"));
  const [id] = await stream.receive(PATIENCE);
  const sent = Buffer.alloc(1 << 20);
  for (let at = 0; at < sent.length; at += 4) sent.writeUInt32BE(at, at);
  peer.send(sent);
  assert.ok((await bytes(stream, sent.length)).equals(sent));
  await stream.send([id, sent]);
  await until("all bytes", () => peer.received.length >= sent.length);
  assert.ok(peer.received.equals(sent));
});

test("test_stream_timeout/test_stream_handshake_timeout_accept: a DEALER drops a peer that accepted and does no handshake", async (t) => {
  const use = sockets(t);
  const stream = use(new Stream());
  const dealer = use(new Dealer({ handshakeInterval: 20, reconnectInterval: -1 }));
  const atDealer = new Watch(dealer);
  dealer.connect(bound(stream, "tcp"));
  const [id] = await stream.receive(PATIENCE);
  const { error, reason } = await atDealer.first("handshake:error:other");
  assert.equal((error as { code?: unknown }).code, "EAGAIN");
  assert.match(reason ?? "", /no handshake in 20 ms/);
  while ((await stream.receive(PATIENCE))[1].length > 0); // its greeting, then its end
  assert.equal(dealer.stats().handshakeTimeout, 1);
  await assert.rejects(stream.send([id, "x"]), zmqError("EHOSTUNREACH"));
});

test("test_stream_timeout/test_stream_handshake_timeout_connect: a DEALER drops a peer that connected and does no handshake", async (t) => {
  const use = sockets(t);
  const stream = use(new Stream({ reconnectInterval: -1 }));
  const dealer = use(new Dealer({ handshakeInterval: 20 }));
  const atDealer = new Watch(dealer);
  stream.connect(bound(dealer, "tcp"));
  assert.equal((await stream.receive(PATIENCE))[1]?.length, 0);
  await atDealer.first("handshake:error:other");
  assert.equal(dealer.stats().handshakeTimeout, 1);
  assert.equal(dealer.stats().peers, 0);
});

test("test_connect_rid/test_stream_2_stream: a STREAM knows its connection by the id that connect gave", async (t) => {
  const use = sockets(t);
  const [bind, connect] = [use(new Stream()), use(new Stream())];
  const address = bound(bind, "tcp");
  connect.connect(address, { routingId: "conn1" });
  assert.throws(() => connect.connect(address, { routingId: "conn1" }), zmqError("EINVAL", "conn1"));
  await connect.send(["conn1", "hi 1"]);
  const [id, empty] = await bind.receive(PATIENCE);
  assert.deepEqual([id?.[0], empty?.length], [0, 0]);
  assert.equal(String((await bind.receive(PATIENCE))[1]), "hi 1");
  assert.deepEqual(await next(connect), ["conn1", ""]);
  await bind.send([id, "ok"]);
  assert.deepEqual(await next(connect), ["conn1", "ok"]);
});

describe("a STREAM", () => {
  test("with notify off tells neither of connections nor of their ends", async (t) => {
    const stream = sockets(t)(new Stream({ notify: false }));
    const address = bound(stream, "tcp");
    const peer = await RawPeer.dial(t, address);
    peer.send(Buffer.from("only bytes"));
    const [id, body] = await stream.receive(PATIENCE);
    assert.equal(String(body), "only bytes");
    await stream.send([id, "back"]);
    await peer.gets("back");
    peer.stream.end();
    await until("the peer to be gone", () => stream.stats().peers === 0);
    assert.equal(stream.tryReceive(), undefined);
  });

  test("refuses messages that are not two frames, and unknown connections", async (t) => {
    const stream = sockets(t)(new Stream());
    const peer = await RawPeer.dial(t, bound(stream, "tcp"));
    const [id] = await stream.receive(PATIENCE);
    await assert.rejects(stream.send([id, "a", "b"]), zmqError("EINVAL", "two frames"));
    await assert.rejects(stream.send(["nobody", "a"]), zmqError("EHOSTUNREACH", "nobody"));
    await assert.rejects(stream.send(["nobody", ""]), zmqError("EHOSTUNREACH", "nobody"));
    assert.equal(peer.closed, false);
    assert.equal(stream.stats().messagesSent, 0);
  });

  test("tells of a peer's end after its last bytes", async (t) => {
    const stream = sockets(t)(new Stream());
    const peer = await RawPeer.dial(t, bound(stream, "tcp"));
    const [id] = await stream.receive(PATIENCE);
    peer.stream.end("last");
    assert.deepEqual((await stream.receive(PATIENCE)).map(String), [String(id), "last"]);
    assert.deepEqual((await stream.receive(PATIENCE)).map(String), [String(id), ""]);
  });

  test("waits at the mark for a peer that does not read, and others are served", async (t) => {
    const stream = sockets(t)(new Stream({ sendHighWaterMark: 2, linger: 0 }));
    const address = bound(stream, "tcp");
    const slow = await RawPeer.dial(t, address);
    slow.stream.pause();
    const [slowId] = await stream.receive(PATIENCE);
    const body = Buffer.alloc(1 << 20);
    for (let idle = 0; idle < 20; idle++) {
      while (stream.trySend([slowId, body])) idle = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await assert.rejects(stream.send([slowId, body], { timeout: 5 }), zmqError("EAGAIN"));
    const other = await RawPeer.dial(t, address);
    const [otherId] = await stream.receive(PATIENCE);
    await stream.send([otherId, "served"]);
    await other.gets("served");
    assert.equal(stream.stats().drops.hwm, 0);
  });

  test("connects to a server that knows nothing of ZeroMQ, and again when it was lost", async (t) => {
    const stream = sockets(t)(new Stream({ reconnectInterval: 5 }));
    const host = await RawHost.listen(t);
    stream.connect(host.endpoint, { routingId: "srv" });
    assert.deepEqual(await next(stream), ["srv", ""]);
    await stream.send(["srv", "ping"]);
    await (await host.accepts()).gets("ping");
    host.peers[0]?.stream.destroy();
    assert.deepEqual(await next(stream), ["srv", ""]);
    assert.deepEqual(await next(stream), ["srv", ""]);
    await stream.send(["srv", "again"]);
    await (await host.accepts(2)).gets("again");
  });

  test("queues for a connection that is not made yet", async (t) => {
    const stream = sockets(t)(new Stream({ linger: 0 }));
    stream.connect(nobody("tcp"), { routingId: "later" });
    await stream.send(["later", "queued"]);
    assert.equal(stream.stats().queuedOut, 1);
  });
});
