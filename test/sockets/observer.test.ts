import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dealer, Observer, Pair, Router, type Event, type Socket } from "../../src/index.ts";
import { coreOf } from "../../src/sockets/core-of.ts";
import { until } from "../conformance/recorders.ts";
import { fresh, nobody } from "../support/places.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { hasIpv6 } from "../transports/node/ipv6.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };

/** Types of a socket's events up to its end. */
async function story(socket: Socket): Promise<Event[]> {
  const events = [];
  for await (const event of socket.events) events.push(event);
  return events;
}

const types = (events: readonly Event[]): string[] => events.map((event) => event.type);

describe("the sequence of events (libzmq.md 4.3)", () => {
  const places = [
    ["tcp_ipv4", () => "tcp://127.0.0.1:*", true],
    ["tcp_ipv6", () => "tcp://[::1]:*", hasIpv6],
    ["ipc", () => fresh("ipc"), true],
  ] as const;
  for (const [name, place, there] of places) {
    const skip = there ? false : "this machine has no IPv6";
    test(`test_monitor/test_monitor_versioned_basic_${name}: of a connection that a peer ends`, { skip }, async (t) => {
      const use = sockets(t);
      const server = use(new Pair({ ipv6: true }));
      const client = use(new Pair({ ipv6: true, reconnectInterval: 10_000 }));
      const stories = [story(server), story(client)];
      server.bindSync(place());
      const address = server.lastEndpoint ?? "";
      client.connect(address);
      await Promise.all([server.ready(PATIENCE), client.ready(PATIENCE)]);
      await server.unbind(address);
      await until("the loss", () => client.stats().disconnects === 1);
      server.close();
      client.close();
      const [atServer, atClient] = (await Promise.all(stories)) as [Event[], Event[]];
      assert.deepEqual(types(atServer), ["bind", "accept", "handshake", "close", "end"]);
      const dialing = types(atClient).filter((type) => type !== "connect:delay");
      assert.deepEqual(dialing, ["connect", "handshake", "disconnect", "connect:retry", "end"]);
      if (name !== "ipc") assert.equal(types(atClient)[0], "connect:delay");
      // Both ends name the listener's endpoint, as libzmq 4.3 does.
      for (const event of [...atServer, ...atClient]) {
        if (event.type !== "end") assert.equal((event as { address?: string }).address, address, event.type);
      }
    });
  }

  test("test_monitor/test_monitor_basic: of a server whose client leaves", async (t) => {
    const use = sockets(t);
    const [server, client] = [use(new Router()), use(new Dealer({ routingId: "me" }))];
    const watch = new Watch(server);
    server.bindSync("tcp://127.0.0.1:*");
    client.connect(server.lastEndpoint ?? "");
    await client.ready(PATIENCE);
    client.close();
    const { reason, ...left } = await watch.first("disconnect");
    const accepted = await watch.first("accept");
    const shaken = await watch.first("handshake");
    assert.match(reason ?? "", /peer closed/);
    assert.equal(shaken.socketType, "DEALER");
    assert.equal(String(shaken.routingId), "me");
    assert.match(shaken.peerAddress, /^tcp:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(left, { ...shaken, type: "disconnect" });
    assert.deepEqual([accepted.peer, accepted.peerAddress], [shaken.peer, shaken.peerAddress]);
  });

  test("of a client that nobody answers, over and over", async (t) => {
    const client = sockets(t)(new Dealer({ reconnectInterval: 1 }));
    const address = nobody("tcp");
    client.connect(address);
    const events = [];
    for (let count = 0; count < 6; count++) events.push(await client.events.receive(PATIENCE));
    const round = ["connect:delay", "close", "connect:retry"];
    assert.deepEqual(types(events), [...round, ...round]);
    const [, close, retry] = events;
    assert.ok(close?.type === "close" && close.error !== undefined);
    assert.deepEqual((close.error as Error & { code: string }).code, "ECONNREFUSED");
    assert.ok(retry?.type === "connect:retry");
    assert.deepEqual(retry, { type: "connect:retry", address, interval: retry.interval });
    assert.ok(retry.interval >= 1 && retry.interval < 2);
  });

  test("of a bind that fails: its address lacks the scheme, as in libzmq", async (t) => {
    const use = sockets(t);
    const [first, second] = [use(new Router()), use(new Router())];
    const watch = new Watch(second);
    first.bindSync("tcp://127.0.0.1:*");
    const address = first.lastEndpoint ?? "";
    await assert.rejects(second.bind(address), zmqError("EADDRINUSE", address));
    const event = await watch.first("bind:error");
    assert.equal(`tcp://${event.address}`, address);
    assert.deepEqual([event.error.code, event.error.errno], ["EADDRINUSE", 98]);
  });

  test("of a peer that is no ZeroMQ peer", async (t) => {
    const server = sockets(t)(new Router());
    const watch = new Watch(server);
    server.bindSync("tcp://127.0.0.1:*");
    const peer = await RawPeer.dial(t, server.lastEndpoint ?? "");
    peer.send(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    const { error, peerAddress } = await watch.first("handshake:error:protocol");
    assert.equal(error.code, "ERR_ZMTP_VERSION");
    assert.match(peerAddress ?? "", /^tcp:\/\/127/);
    const other = await RawPeer.dial(t, server.lastEndpoint ?? "");
    other.stream.destroy();
    const lost = await watch.first("handshake:error:other");
    assert.ok([32, 104].includes(lost.error.errno), "as libzmq: dropped, or reset");
  });

  test("on inproc is nothing but the end", async (t) => {
    const use = sockets(t);
    const [server, client] = [use(new Pair()), use(new Pair())];
    const stories = [story(server), story(client)];
    server.bindSync(fresh("inproc"));
    client.connect(server.lastEndpoint ?? "");
    server.close();
    client.close();
    assert.deepEqual((await Promise.all(stories)).map(types), [["end"], ["end"]]);
  });
});

describe("an observer", () => {
  test("is the same object each time, and knows nothing of before it was made", async (t) => {
    const socket = sockets(t)(new Router());
    socket.bindSync("tcp://127.0.0.1:*");
    const { events } = socket;
    assert.ok(events instanceof Observer);
    assert.equal(socket.events, events);
    await assert.rejects(events.receive({ timeout: 0 }), zmqError("EAGAIN"));
    socket.bindSync("tcp://127.0.0.1:*");
    assert.equal((await events.receive(PATIENCE)).type, "bind");
  });

  test("serves calls that wait in order", async (t) => {
    const socket = sockets(t)(new Router());
    const waiting = [socket.events.receive(PATIENCE), socket.events.receive(PATIENCE)];
    socket.bindSync("tcp://127.0.0.1:*");
    socket.unbindSync(socket.lastEndpoint ?? "");
    assert.deepEqual(types(await Promise.all(waiting)), ["bind", "close"]);
  });

  test("ends after end: then it is closed, and receive() throws EBADF", async (t) => {
    const socket = sockets(t)(new Router());
    const { events } = socket;
    socket.close();
    assert.equal(events.closed, false, "the last event is still to be read");
    assert.deepEqual(await events.receive(PATIENCE), { type: "end" });
    assert.equal(events.closed, true);
    assert.throws(() => events.receive(), zmqError("EBADF", "Socket is closed"));
  });

  test("that is closed rejects who waits with ENOTSOCK, and hears nothing more", async (t) => {
    const socket = sockets(t)(new Router());
    const { events } = socket;
    const waiting = events.receive();
    events.close();
    events.close();
    await assert.rejects(waiting, zmqError("ENOTSOCK"));
    assert.equal(events.closed, true);
    socket.bindSync("tcp://127.0.0.1:*");
    assert.throws(() => events.receive(), zmqError("EBADF"));
  });

  test("that is closed ends its loops", async (t) => {
    const socket = sockets(t)(new Router());
    const loop = story(socket);
    socket.events.close();
    assert.deepEqual(await loop, []);
  });

  test("of a closed socket ends at once", async (t) => {
    const socket = sockets(t)(new Router());
    socket.close();
    assert.equal(socket.events.closed, true);
    assert.deepEqual(await story(socket), []);
  });

  test("calls listeners with the events of their type, until off()", async (t) => {
    const socket = sockets(t)(new Router());
    const heard: string[] = [];
    const listener = (event: { address: string }): void => void heard.push(event.address);
    const ended = new Promise((resolve) => socket.events.on("end", resolve));
    socket.events.on("bind", listener);
    socket.bindSync("tcp://127.0.0.1:*");
    await until("the event", () => heard.length === 1);
    assert.deepEqual(heard, [socket.lastEndpoint]);
    socket.events.off("bind", listener);
    socket.bindSync("tcp://127.0.0.1:*");
    socket.close();
    await ended;
    assert.equal(heard.length, 1);
    assert.equal(socket.events.closed, true);
  });

  test("with listeners can't be read", (t) => {
    const socket = sockets(t)(new Router());
    socket.events.on("bind", () => undefined);
    assert.throws(() => socket.events.receive(), /emitter mode/);
  });

  test("gives listeners what happened before they came, since it was made", async (t) => {
    const socket = sockets(t)(new Router());
    void socket.events;
    socket.bindSync("tcp://127.0.0.1:*");
    const event = await new Promise<{ address: string }>((resolve) => socket.events.on("bind", resolve));
    assert.equal(event.address, socket.lastEndpoint);
  });

  test("takes only functions for listeners", (t) => {
    const socket = sockets(t)(new Router());
    assert.throws(() => socket.events.on("bind", "x" as unknown as () => void), TypeError);
  });

  test("that nobody reads keeps the newest 10,000 events", async (t) => {
    const socket = sockets(t)(new Dealer());
    const { events } = socket;
    const core = coreOf(socket);
    for (let count = 0; count < 10_005; count++) core.emit("connect:retry", { address: "", interval: count });
    const kept = [];
    for (let count = 0; count < 10_000; count++) kept.push(await events.receive({ timeout: 0 }).catch(() => undefined));
    assert.deepEqual(kept[0], { type: "connect:retry", address: "", interval: 5 });
    assert.deepEqual(kept.at(-1), { type: "connect:retry", address: "", interval: 10_004 });
  });
});

test("test_monitor/test_monitor_versioned_stats: what libzmq tells of its pipes' queues, stats() and peers() tell of each peer", async (t) => {
  const use = sockets(t);
  const [push, pull] = [use(new Dealer()), use(new Dealer())];
  pull.bindSync("tcp://127.0.0.1:*");
  push.connect(pull.lastEndpoint ?? "");
  await push.ready(PATIENCE);
  for (let count = 0; count < 10; count++) await push.send("m");
  await until("all to arrive", () => pull.stats().queuedIn === 10);
  const [peer] = pull.peers();
  assert.deepEqual([peer?.queuedIn, peer?.queuedOut, peer?.messagesReceived], [10, 0, 10]);
  assert.deepEqual([push.stats().queuedOut, push.stats().messagesDelivered], [0, 10]);
});

describe("an option that comes too late", () => {
  /** Warnings of this process while something is done. */
  async function warnings(act: () => void): Promise<string[]> {
    const texts: string[] = [];
    const hear = (warning: Error): void => void texts.push(warning.message);
    process.on("warning", hear);
    act();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", hear);
    return texts;
  }

  test("is told in a process warning, in zeromq.js' words", async (t) => {
    const socket = sockets(t)(new Dealer());
    assert.deepEqual(await warnings(() => (socket.sendBufferSize = 4096)), []);
    socket.bindSync("tcp://127.0.0.1:*");
    const late = await warnings(() => (socket.sendBufferSize = 8192));
    assert.deepEqual(late, ["Socket option will not take effect until next connect/bind."]);
  });

  test("is not warned of when it acts at once", async (t) => {
    const socket = sockets(t)(new Router());
    socket.bindSync("tcp://127.0.0.1:*");
    const live = {
      linger: 1,
      mandatory: true,
      handover: true,
      sendHighWaterMark: 5,
      receiveTimeout: 5,
      sendTimeout: 5,
    };
    assert.deepEqual(await warnings(() => Object.assign(socket, live)), []);
  });

  test("is not warned of after a bind that failed", async (t) => {
    const use = sockets(t);
    const [first, second] = [use(new Router()), use(new Router())];
    first.bindSync("tcp://127.0.0.1:*");
    assert.throws(() => second.bindSync(first.lastEndpoint ?? ""), zmqError("EADDRINUSE"));
    assert.deepEqual(await warnings(() => (second.backlog = 5)), []);
  });
});
