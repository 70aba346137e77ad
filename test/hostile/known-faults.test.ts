import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "../../src/base/bytes.ts";
import { Subscriber, XPublisher, type Pull } from "../../src/index.ts";
import { encodePing } from "../../src/wire/index.ts";
import { until } from "../conformance/recorders.ts";
import { CURVE, PLAIN, secure, type Security } from "../support/securities.ts";
import { sockets } from "../support/sockets.ts";
import { octets } from "../wire/recorder.ts";
import { GREETING } from "../wire/zmtp/peers.ts";
import { HostilePeer, command, ready } from "./hostile-peer.ts";
import { withVictimChild } from "./victim-child.ts";
import { make, withVictim, ZMTP_TYPES } from "./victim.ts";

const MIB = 1024 * 1024;

describe("CVE-2020-15166: connections that say nothing are no peers, and take no turn", () => {
  for (const type of ZMTP_TYPES) {
    test(`at a ${type}`, () =>
      withVictim(type, { backlog: 128 }, async (victim) => {
        const idle = await Promise.all(Array.from({ length: 50 }, () => HostilePeer.connect(victim.endpoint)));
        const greeted = await Promise.all(
          Array.from({ length: 50 }, () => HostilePeer.saying(victim.endpoint, GREETING)),
        );
        for (let times = 0; times < 5; times++) await victim.client.served();
        assert.equal(victim.socket.peers().length, 1);
        for (const peer of [...idle, ...greeted]) peer.close();
      }));
  }
});

describe("CVE-2021-20236: topics of any length and number come and go, on a stack of any size", () => {
  const LIMITS = { maxCommandSize: 80 * MIB, maxSubscriptionBytes: 200 * MIB };

  test("one of 64 MiB, cancelled, and left behind by a peer that goes", () =>
    withVictimChild("XPUB", LIMITS, async (victim) => {
      const topic = Buffer.alloc(64 * MIB, 0x61);
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("SUB"));
      for (const name of ["SUBSCRIBE", "CANCEL", "SUBSCRIBE"]) await peer.sent(command(name, topic));
      await victim.served();
      peer.close();
      await victim.sees("it gone", ({ peers }) => peers === 1);
    }));

  test("3,000, each of which begins the next; 200,000 beside each other", () =>
    withVictimChild("PUB", LIMITS, async (victim) => {
      const nested = Array.from({ length: 3000 }, (_, at) => Buffer.alloc(at + 1, 0x61));
      const beside = Array.from({ length: 200_000 }, (_, at) => Buffer.from(at.toString(36)));
      for (const topics of [nested, nested.toReversed(), beside]) {
        const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("SUB"));
        await peer.sent(concat(topics.map((topic) => command("SUBSCRIBE", topic))));
        await peer.sent(concat(topics.slice(0, topics.length / 2).map((topic) => command("CANCEL", topic))));
        const pong = peer.size;
        peer.send(command("PING", octets("0000")));
        await peer.got(pong + 1);
        await victim.served();
        peer.close();
      }
      await victim.sees("all gone", ({ peers }) => peers === 1);
    }));
});

test("hash flooding: 100,000 groups with names that are numbers cost no more than others", () =>
  withVictim("RADIO", {}, async (victim) => {
    const time = async (name: (at: number) => string): Promise<number> => {
      const joins = concat(Array.from({ length: 100_000 }, (_, at) => command("JOIN", Buffer.from(name(at)))));
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("DISH"));
      const began = performance.now();
      peer.send(concat([joins, command("PING", octets("0000"))]));
      await until("the PONG behind them", () => peer.received.includes("PONG"), 20_000);
      peer.close();
      return performance.now() - began;
    };
    // V8 hashes strings that are array indices by their value alone: these fall into as few places as they can.
    const numbers = await time((at) => String(1_000_013_824 + at * 32_768));
    const words = await time((at) => `x${at}`);
    assert.ok(numbers < 10 * words + 1000, `${numbers} ms and ${words} ms`);
  }));

test("one peer that never stops talking leaves the others their turn", () =>
  withVictimChild("ROUTER", {}, async (victim) => {
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER"));
    const flood = octets("000161".repeat(50_000));
    const end = performance.now() + 1000;
    let served = 0;
    const talk = async (): Promise<void> => {
      while (performance.now() < end) await peer.sent(flood);
    };
    const ask = async (): Promise<void> => {
      for (; performance.now() < end; served++) await victim.served();
    };
    await Promise.all([talk(), ask()]);
    peer.close();
    assert.ok(served >= 10, `the good client was served ${served} times in a second`);
  }));

test(
  "memory amplification: a small message that waits keeps at most 64 KiB of what came with it",
  { timeout: 20_000 },
  async () => {
    const socket = make("PULL", { receiveHighWaterMark: 100 }) as Pull;
    socket.bindSync("tcp://127.0.0.1:*");
    const peer = await HostilePeer.saying(socket.lastEndpoint ?? "", GREETING, ready("PUSH"));
    const before = process.memoryUsage().arrayBuffers;
    // Commands that nobody knows take room where messages come in, and are not kept.
    const padding = command("X", Buffer.alloc(12_000));
    const one = concat([octets("000161"), ...Array.from({ length: 6 }, () => padding)]);
    for (let sent = 0; sent < 100; sent++) await peer.sent(one);
    await until("all of them", () => socket.stats().queuedIn === 100);
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < 100 * 65_536 + 4 * MIB, `${grown} bytes are held`);
    peer.close();
    socket.close();
    await socket.ended();
  },
);

describe("libzmq #3594: connections end in every state of a heartbeat, and nothing comes after the end", () => {
  const PING_100 = encodeFramed(encodePing(100));
  const peers: Readonly<Record<string, readonly Uint8Array[]>> = {
    "asked, and silent": [],
    "gave itself 100 ms, and is silent": [PING_100],
    "gave itself 100 ms again and again": [PING_100, PING_100, PING_100],
    "answers what nobody asked": [command("PONG")],
    "is in the middle of a message": [octets("01 01 61 02 0000000000010000 61")],
  };
  for (const [name, said] of Object.entries(peers)) {
    test(`a peer that ${name}: the connection is given up; or it goes, or the socket, before`, () =>
      withVictim(
        "ROUTER",
        { heartbeatInterval: 30, heartbeatTimeout: 60, heartbeatTimeToLive: 100 },
        async (victim) => {
          const [silent, resets, stays] = await Promise.all(
            [0, 1, 2].map(() => HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER"), ...said)),
          );
          assert.ok(silent !== undefined && resets !== undefined && stays !== undefined);
          await resets.got(64 + 40); // its READY, and a PING
          resets.reset();
          await silent.ended("silence");
          const last = await HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER"), ...said);
          await last.got(64 + 40);
          // The socket closes now, while this one is asked.
        },
      ));
  }
});

function encodeFramed(body: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(4, body.length), body]);
}

describe("libzmq ccfe5082: subscriptions and their ends pass every mechanism, and come again after a reconnect", () => {
  const NULL: Security = { name: "NULL", server: {}, client: {} };
  for (const security of [NULL, PLAIN, CURVE]) {
    test(security.name, async (t) => {
      const use = sockets(t);
      const publisher = (endpoint: string): XPublisher => {
        const socket = use(new XPublisher({ linger: 0, receiveTimeout: 5000 }));
        secure(socket, security, "server");
        socket.bindSync(endpoint);
        return socket;
      };
      const subscriber = use(new Subscriber({ reconnectInterval: 20, receiveTimeout: 5000 }));
      secure(subscriber, security, "client");
      subscriber.subscribe("A", "B", "C");
      const first = publisher("tcp://127.0.0.1:*");
      const endpoint = first.lastEndpoint ?? "";
      subscriber.connect(endpoint);
      const told: string[] = [];
      while (told.length < 3) told.push(...(await first.receive()).map(String));
      subscriber.unsubscribe("B");
      told.push(...(await first.receive()).map(String));
      assert.deepEqual(told, ["\u0001A", "\u0001B", "\u0001C", "\u0000B"]);
      first.close();
      await first.ended();
      const second = publisher(endpoint);
      const again = [...(await second.receive()), ...(await second.receive())].map(String);
      assert.deepEqual(again.sort(), ["\u0001A", "\u0001C"]);
      for (const topic of ["B", "C"]) await second.send(topic);
      assert.deepEqual((await subscriber.receive()).map(String), ["C"]);
    });
  }
});
