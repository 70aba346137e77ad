import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dealer, Pair, Publisher, Pull, Push, Router, Subscriber, type Socket } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { bound, fresh, nobody } from "../support/places.ts";
import { RawHost, RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { hasIpv6 } from "../transports/node/ipv6.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };

async function bounce(one: Pair, two: Pair): Promise<void> {
  await one.send("there", PATIENCE);
  assert.deepEqual(await next(two), ["there"]);
  await two.send("back", PATIENCE);
  assert.deepEqual(await next(one), ["back"]);
}

/** Binds to an address that was just given up, which takes the system a moment. */
async function rebind(socket: Socket, address: string): Promise<void> {
  await until(`${address} to be free`, () => {
    try {
      socket.bindSync(address);
      return true;
    } catch {
      return false;
    }
  });
}

describe("immediate", () => {
  test("test_immediate/test_immediate_1: without it, half of the messages queue for who is not there", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push({ linger: 0 })), use(new Pull())];
    await meet(pull, push, "tcp");
    push.connect(nobody("tcp"));
    for (let count = 0; count < 10; count++) await push.send(String(count));
    for (let count = 0; count < 5; count++) await next(pull);
    assert.equal(push.stats().queuedOut, 5);
    assert.equal(pull.tryReceive(), undefined);
  });

  test("test_immediate/test_immediate_2: with it, all go to who is there", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push({ immediate: true })), use(new Pull())];
    push.connect(nobody("tcp"));
    await meet(pull, push, "tcp");
    for (let count = 0; count < 10; count++) await push.send(String(count));
    for (let count = 0; count < 10; count++) assert.deepEqual(await next(pull), [String(count)]);
  });

  test("test_immediate/test_immediate_3: a send waits while the peer is away, and goes when it is back", async (t) => {
    const use = sockets(t);
    const front = use(new Dealer({ immediate: true, reconnectInterval: 5 }));
    const first = use(new Dealer());
    const address = await meet(first, front, "tcp");
    await front.send("one");
    assert.deepEqual(await next(first), ["one"]);
    first.close();
    await until("the loss", () => front.stats().peers === 0);
    await assert.rejects(front.send("nobody", { timeout: 0 }), zmqError("EAGAIN", "no peer"));
    const waiting = front.send("two", PATIENCE);
    const second = use(new Dealer());
    await rebind(second, address);
    await waiting;
    assert.deepEqual(await next(second), ["two"]);
  });
});

describe("reconnecting", () => {
  const places = [
    ["ipc", () => fresh("ipc"), true],
    ["tcp_ipv4", () => "tcp://127.0.0.1:*", true],
    ["tcp_ipv6", () => "tcp://[::1]:*", hasIpv6],
  ] as const;
  for (const [name, place, there] of places) {
    const skip = there ? false : "this machine has no IPv6";
    test(
      `test_reconnect_ivl/test_reconnect_ivl_${name}: -1 does not, and forgets the endpoint`,
      { skip },
      async (t) => {
        const use = sockets(t);
        const binder = use(new Pair({ ipv6: true }));
        const dialer = use(new Pair({ ipv6: true, reconnectInterval: -1 }));
        binder.bindSync(place());
        const address = binder.lastEndpoint ?? "";
        dialer.connect(address);
        await Promise.all([binder.ready(PATIENCE), dialer.ready(PATIENCE)]);
        await bounce(binder, dialer);
        await binder.unbind(address);
        await until("the loss", () => dialer.stats().peers === 0);
        await assert.rejects(dialer.send("x", { timeout: 0 }), zmqError("EAGAIN"));
        assert.throws(() => dialer.disconnect(address), zmqError("ENOENT"));
        await rebind(binder, address);
        dialer.connect(address);
        await Promise.all([binder.ready(PATIENCE), dialer.ready(PATIENCE)]);
        await bounce(binder, dialer);
      },
    );
  }

  test("messages that a connecting socket had queued go to the server that comes back", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ reconnectInterval: 5 }));
    const first = use(new Pull());
    const address = await meet(first, push, "tcp");
    first.close();
    await until("the loss", () => push.stats().peers === 0);
    for (const text of ["a", "b", "c"]) await push.send(text);
    const second = use(new Pull());
    await rebind(second, address);
    for (const text of ["a", "b", "c"]) assert.deepEqual(await next(second), [text]);
    assert.equal(push.peers()[0]?.reconnects, 1);
    assert.equal(push.stats().reconnects, 1);
  });

  test("a peer of a wrong type is refused on both sides, and not dialed again", async (t) => {
    const use = sockets(t);
    const [router, sub] = [use(new Router()), use(new Subscriber({ reconnectInterval: 1 }))];
    const watches = [new Watch(router), new Watch(sub)] as const;
    sub.connect(bound(router, "tcp"));
    for (const watch of watches) {
      const { error } = await watch.first("handshake:error:protocol");
      assert.ok(["ERR_ZMTP_SOCKET_TYPE_MISMATCH", "ERR_ZMTP_PEER_ERROR"].includes(error.code), error.code);
      await watch.first("disconnect");
    }
    assert.equal(watches[1].of("connect:retry").length, 0);
    assert.equal(router.stats().handshakePeerType, 1);
    // The endpoint stays known, so connecting again does nothing until disconnect() (libzmq 8.6).
    sub.disconnect(router.lastEndpoint ?? "");
  });

  test("a server that says nothing is left after handshakeInterval, and dialed again", async (t) => {
    const host = await RawHost.listen(t);
    const dealer = sockets(t)(new Dealer({ handshakeInterval: 20, reconnectInterval: 5 }));
    const watch = new Watch(dealer);
    dealer.connect(host.endpoint);
    await host.accepts(2);
    const { error } = await watch.first("handshake:error:other");
    assert.deepEqual([error.code, error.errno], ["EAGAIN", 11]);
  });
});

describe("unbind and disconnect", () => {
  test("what peers had sent before unbind() stays readable", async (t) => {
    const use = sockets(t);
    const [pull, push] = [use(new Pull()), use(new Push({ linger: 0 }))];
    const address = await meet(pull, push, "tcp");
    for (let count = 0; count < 10; count++) await push.send(String(count));
    await until("all to arrive", () => pull.stats().queuedIn === 10);
    await pull.unbind(address);
    await until("the end of the connection", () => pull.stats().peers === 0);
    for (let count = 0; count < 10; count++) assert.deepEqual(await next(pull), [String(count)]);
    assert.equal(pull.tryReceive(), undefined);
    assert.deepEqual(pull.peers(), [], "the peer is forgotten once its last message was read");
  });

  test("what was not read before disconnect() is dropped as unread, as libzmq does", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    const address = await meet(push, pull, "tcp");
    for (let count = 0; count < 10; count++) await push.send(String(count));
    await until("all to arrive", () => pull.stats().queuedIn === 10);
    pull.disconnect(address);
    assert.equal(pull.tryReceive(), undefined);
    assert.equal(pull.stats().drops.unread, 10);
  });

  test("what was queued before disconnect() goes out for as long as the socket lingers", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull({ receiveHighWaterMark: 1 }))];
    const address = await meet(pull, push, "tcp");
    for (let count = 0; count < 100; count++) await push.send([String(count), Buffer.alloc(100_000)]);
    push.disconnect(address);
    for (let count = 0; count < 100; count++) assert.equal((await next(pull))[0], String(count));
    await until("the end of the connection", () => pull.stats().peers === 0);
  });

  test("unbind() of one endpoint leaves the peers of another alone", async (t) => {
    const use = sockets(t);
    const [pub, sub] = [use(new Publisher()), use(new Subscriber())];
    sub.subscribe();
    await meet(pub, sub, "tcp");
    const other = bound(pub, "tcp");
    await pub.unbind(other);
    await pub.ready({ ...PATIENCE, subscribers: 1 });
    await pub.send("still there");
    assert.deepEqual(await next(sub), ["still there"]);
  });
});

test("a flood of half-open connections does not keep others out", async (t) => {
  const use = sockets(t);
  const router = use(new Router({ maxHandshakes: 3 }));
  const address = bound(router, "tcp");
  const idle: RawPeer[] = [];
  for (let count = 0; count < 10; count++) idle.push(await RawPeer.dial(t, address));
  const dealer = use(new Dealer());
  dealer.connect(address);
  await dealer.ready(PATIENCE);
  await until("the oldest to be closed", () => idle.filter((peer) => peer.closed).length >= 7);
});
