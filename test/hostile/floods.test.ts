import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Dealer, Push, Publisher, Router, Stream, XPublisher } from "../../src/index.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import { until } from "../conformance/recorders.ts";
import { GREETING } from "../wire/zmtp/peers.ts";
import { HostilePeer, command, ready } from "./hostile-peer.ts";
import { alone, make, peerOf, withVictim, ZMTP_TYPES } from "./victim.ts";

test("1,000 connections that say nothing leave the good client served, and newcomers too", () =>
  withVictim("ROUTER", { backlog: 1024 }, async (victim) => {
    const peers: HostilePeer[] = [];
    for (let count = 0; count < 1000; count += 50) {
      peers.push(...(await Promise.all(Array.from({ length: 50 }, () => HostilePeer.connect(victim.endpoint)))));
      await victim.client.served();
    }
    const newcomer = make("DEALER") as Dealer;
    newcomer.connect(victim.endpoint);
    await newcomer.send("hello", { timeout: 5000 });
    await newcomer.receive({ timeout: 5000 });
    newcomer.close();
    assert.equal(victim.socket.peers().filter(({ connected }) => connected).length <= 2, true);
    for (const peer of peers) peer.close();
    await until("all of them to be gone", () => victim.socket.stats().handshakeLost === 1000);
  }));

test("strangers that fill maxHandshakes keep a newcomer with a handshake out for a moment only", () =>
  withVictim("ROUTER", { maxHandshakes: 10 }, async (victim) => {
    const peers: HostilePeer[] = [];
    for (let count = 0; count < 50; count++) peers.push(await HostilePeer.connect(victim.endpoint));
    await until("40 of them to be closed", () => peers.filter(({ over }) => over).length === 40);
    await victim.client.served();
    const newcomer = make("DEALER", { reconnectInterval: 10 }) as Dealer;
    newcomer.connect(victim.endpoint);
    await newcomer.send("hello", { timeout: 5000 });
    await newcomer.receive({ timeout: 5000 });
    newcomer.close();
    for (const peer of peers) peer.close();
  }));

/** TCP handles of this process, those included that do not hold it. */
function handles(): number {
  const { libuv = [] } = (process.report?.getReport() ?? {}) as { libuv?: { type: string }[] }; // its documented form
  return libuv.filter(({ type }) => type === "tcp").length;
}

describe("2,000 connections come and go and leave no peer, handle or timer", () => {
  for (const type of ["ROUTER", "PUB", "PULL"] as const) {
    test(`at a ${type}`, () =>
      withVictim(type, { backlog: 1024 }, async (victim) => {
        const hello = Buffer.concat([GREETING, ready(peerOf(type))]);
        const before = handles();
        for (let count = 0; count < 2000; count += 50) {
          const peers = await Promise.all(Array.from({ length: 50 }, () => HostilePeer.connect(victim.endpoint)));
          await Promise.all(peers.map((peer) => peer.sent(hello)));
          for (const [at, peer] of peers.entries()) {
            if (at % 2 === 0) peer.close();
            else peer.reset();
          }
        }
        await until("2,000 ends", () => {
          const { accepts, disconnects, handshakeLost } = victim.socket.stats();
          return accepts > 1000 && disconnects + handshakeLost === accepts - 1; // some were reset before
        });
        await alone(victim);
        assert.equal(victim.socket.peers().length, 1);
        await until("handles to be closed", () => handles() <= before);
      }));
  }
});

type Sender = Dealer | Push | Publisher | XPublisher;

/** A message of 1 KiB, as often as it is taken, up to a number. */
function flood(send: () => boolean, most: number): number {
  let taken = 0;
  while (taken < most && send()) taken++;
  return taken;
}

/** A peer that has its handshake behind it and reads nothing. */
async function deaf(endpoint: string, type: TypeName): Promise<HostilePeer> {
  const peer = await HostilePeer.saying(endpoint, GREETING, ready(peerOf(type), ["Identity", Buffer.from("deaf")]));
  await until("its READY", () => peer.size > 64);
  peer.socket.pause();
  return peer;
}

describe("a peer that does not read costs its queue, by the socket's high-water mark, and no more", () => {
  const body = Buffer.alloc(1024, 0x61);

  for (const type of ["PUSH", "DEALER"] as const) {
    test(`a ${type} stops taking messages`, async () => {
      const socket = make(type, { sendHighWaterMark: 100 }) as Sender;
      await socket.bind("tcp://127.0.0.1:*");
      const peer = await deaf(socket.lastEndpoint ?? "", type);
      for (let quiet = 0; quiet < 20;) {
        quiet = flood(() => socket.trySend(body), 10_000) === 0 ? quiet + 1 : 0;
        await new Promise((resolve) => setImmediate(resolve));
        assert.ok(socket.stats().messagesSent < 100_000, "100 MB were taken");
      }
      const { queuedOut } = socket.stats();
      assert.ok(queuedOut <= 100 + 1024, `${queuedOut} are queued or on their way`);
      assert.equal(unaccounted(socket.stats()), 0);
      peer.close();
      socket.close();
      await socket.ended();
    });
  }

  for (const type of ["PUB", "XPUB"] as const) {
    test(`a ${type} drops for it, and serves the others`, () =>
      withVictim(type, { sendHighWaterMark: 100 }, async (victim) => {
        const peer = await deaf(victim.endpoint, type);
        peer.send(command("SUBSCRIBE"));
        await victim.socket.ready({ subscribers: 2, timeout: 5000 });
        for (let round = 0; round < 30; round++) {
          flood(() => (victim.socket as Sender).trySend(body), 1000);
          await new Promise((resolve) => setImmediate(resolve));
        }
        const { queuedOut, drops } = victim.socket.stats();
        assert.ok(drops.hwm > 1000, `${drops.hwm} were dropped`);
        assert.ok(queuedOut <= 2 * (100 + 1024), `${queuedOut} are queued or on their way`);
        peer.close();
      }));
  }

  test("a ROUTER drops for it, and serves the others", () =>
    withVictim("ROUTER", { sendHighWaterMark: 100 }, async (victim) => {
      const peer = await deaf(victim.endpoint, "ROUTER");
      for (let round = 0; round < 30; round++) {
        flood(() => (victim.socket as Router).trySend(["deaf", body]), 1000);
        await new Promise((resolve) => setImmediate(resolve));
        await victim.client.served();
      }
      const { queuedOut, drops } = victim.socket.stats();
      assert.ok(drops.hwm > 1000, `${drops.hwm} were dropped`);
      assert.ok(queuedOut <= 100 + 1024, `${queuedOut} are queued or on their way`);
      peer.close();
    }));

  test("a STREAM stops taking bytes for it", () =>
    withVictim("STREAM", { sendHighWaterMark: 100 }, async (victim) => {
      const stream = victim.socket as Stream;
      const known = new Set(stream.peers().map(({ id }) => id));
      const peer = await HostilePeer.connect(victim.endpoint);
      peer.socket.pause();
      // The service echoes what it gets: 50 MB, of which the peer reads nothing.
      await until("the connection", () => stream.peers().some(({ id }) => !known.has(id)));
      for (let sent = 0; sent < 50; sent++) peer.send(Buffer.alloc(1024 * 1024));
      await victim.client.served();
      assert.ok(stream.stats().queuedOut <= 200, `${stream.stats().queuedOut} are queued`);
      peer.close();
    }));
});

describe("a peer that does not read and breaks the protocol is gone all the same", () => {
  for (const type of ["DEALER", "PUSH"] as const) {
    test(`at a ${type}`, { timeout: 20_000 }, async () => {
      assert.ok(ZMTP_TYPES.includes(type));
      const socket = make(type, { sendHighWaterMark: 100 }) as Sender;
      await socket.bind("tcp://127.0.0.1:*");
      const peer = await deaf(socket.lastEndpoint ?? "", type);
      for (let quiet = 0; quiet < 20;) {
        quiet = flood(() => socket.trySend(Buffer.alloc(1024)), 10_000) === 0 ? quiet + 1 : 0;
        await new Promise((resolve) => setImmediate(resolve));
      }
      peer.send(Buffer.from("06ffffffffffffffff", "hex"));
      await until("the peer to be let go of", () => socket.peers().every(({ connected }) => !connected));
      // Who still reads from it would take this; a closed connection answers with a reset.
      const timer = setInterval(() => peer.send(Buffer.alloc(1)), 50);
      await peer.ended("breaking the protocol").finally(() => clearInterval(timer));
      peer.close();
      socket.close();
      await socket.ended();
      assert.equal(unaccounted(socket.stats()), 0);
    });
  }
});
