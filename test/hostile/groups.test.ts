import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "../../src/base/bytes.ts";
import type { Radio } from "../../src/draft.ts";
import { until } from "../conformance/recorders.ts";
import { octets } from "../wire/recorder.ts";
import { GREETING } from "../wire/zmtp/peers.ts";
import { HostilePeer, command, ready } from "./hostile-peer.ts";
import { alone, withVictim } from "./victim.ts";

test("a DISH that joins more groups than maxSubscriptions, or more bytes of them, is turned away", () =>
  withVictim("RADIO", { maxSubscriptions: 1000, maxSubscriptionBytes: 65_536 }, async (victim) => {
    const before = (victim.socket as Radio).topicsCount;
    const many = Array.from({ length: 1001 }, (_, at) => command("JOIN", Buffer.from(`${at}`)));
    const long = Array.from({ length: 258 }, (_, at) => command("JOIN", Buffer.from(`${at}`.padStart(255, "x"))));
    for (const joins of [many, long]) {
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("DISH"), concat(joins));
      await peer.ended("too many groups");
      peer.close();
    }
    await alone(victim);
    assert.equal((victim.socket as Radio).topicsCount, before, "what they joined is forgotten");
    assert.equal(victim.socket.stats().refused, 2);
  }));

test("joining and leaving without end costs nothing but time", () =>
  withVictim("RADIO", { maxSubscriptions: 10 }, async (victim) => {
    const before = (victim.socket as Radio).topicsCount;
    const toggles = concat([
      command("JOIN", Buffer.from("A")),
      command("JOIN", Buffer.from("A")),
      command("LEAVE", Buffer.from("A")),
    ]);
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("DISH"));
    for (let count = 0; count < 20; count++) await peer.sent(concat(Array.from({ length: 500 }, () => toggles)));
    peer.send(command("JOIN", Buffer.from("last")));
    await until("the last of it", () => (victim.socket as Radio).topicsCount === before + 1);
    peer.close();
  }));

test("a JOIN to a group of more than 255 octets ends the connection, and no other process than libzmq's", () =>
  withVictim("RADIO", {}, async (victim) => {
    for (const size of [256, 1000, 60_000]) {
      const peer = await HostilePeer.saying(
        victim.endpoint,
        GREETING,
        ready("DISH"),
        command("JOIN", Buffer.alloc(size, 0x61)),
      );
      await peer.ended(`a group of ${size} octets`);
      peer.close();
    }
  }));

test("JOIN and LEAVE to whoever has no groups are ignored", async () => {
  for (const [type, peerType] of [
    ["PUB", "SUB"],
    ["PULL", "PUSH"],
    ["DISH", "RADIO"],
    ["SERVER", "CLIENT"],
  ] as const) {
    await withVictim(type, {}, async (victim) => {
      const said = concat([command("JOIN", Buffer.from("A")), command("LEAVE", Buffer.from("A")), command("JOIN")]);
      const ping = command("PING", octets("0000"));
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready(peerType), said, ping);
      await until("the PONG behind them", () => peer.received.includes("PONG"));
      peer.close();
    });
  }
});

test("messages of no group, or without one, are dropped and counted", () =>
  withVictim("DISH", {}, async (victim) => {
    const before = victim.socket.stats();
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("RADIO"));
    const long = Buffer.alloc(60_000, 0x61);
    peer.send(octets("00 01 41  01 01 41 01 01 42 00 01 43  01 00 00 01 41".repeat(1000)));
    peer.send(concat([octets("03 000000000000ea60"), long, octets("00 00")]));
    await until("all of them", () => victim.socket.stats().messagesReceived >= before.messagesReceived + 3001);
    const { refused, filtered } = victim.socket.stats().drops;
    assert.deepEqual([refused, filtered], [2000, 1001]);
    peer.close();
  }));
