import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "../../src/base/bytes.ts";
import { until } from "../conformance/recorders.ts";
import { octets } from "../wire/recorder.ts";
import { GREETING } from "../wire/zmtp/peers.ts";
import { HostilePeer, command, ready } from "./hostile-peer.ts";
import { withVictimChild, type VictimChild } from "./victim-child.ts";

const MIB = 1024 * 1024;

/** Each has a heap of 64 MiB: an attack that fills it ends the process, which the harness reports. */
async function growth(victim: VictimChild, attack: () => Promise<void>): Promise<number> {
  const before = await victim.report();
  await attack();
  const after = await victim.report();
  return (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / MIB;
}

test("a claim of 1 TiB and a trickle of bytes costs what was sent, and at most 1 MiB on trust", () =>
  withVictimChild("PULL", {}, async (victim) => {
    const peers: HostilePeer[] = [];
    const grown = await growth(victim, async () => {
      for (let count = 0; count < 10; count++) {
        const claim = octets("02 0000010000000000 61");
        const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("PUSH"), claim);
        peers.push(peer);
        for (let bytes = 0; bytes < 20; bytes++) await peer.sent(octets("61"));
      }
      await victim.served();
    });
    assert.ok(grown < 16, `grew by ${grown} MiB`);
    for (const peer of peers) peer.close();
  }));

test("frames without end end the connection at maxFrames, with little held", () =>
  withVictimChild("PULL", {}, async (victim) => {
    const grown = await growth(victim, async () => {
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("PUSH"));
      const frames = octets("010161".repeat(10_000));
      for (let sent = 0; !peer.over && sent < 100; sent++) await peer.sent(frames);
      await peer.ended("65,537 frames");
    });
    assert.ok(grown < 16, `grew by ${grown} MiB`);
  }));

test("with maxMessageSize, a message holds at most that for each of its frames", () =>
  withVictimChild("PULL", { maxMessageSize: MIB, maxFrames: 8 }, async (victim) => {
    const frame = concat([octets("03 0000000000100000"), new Uint8Array(MIB)]);
    for (let round = 0; round < 5; round++) {
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("PUSH"));
      for (let sent = 0; !peer.over && sent < 20; sent++) await peer.sent(frame);
      await peer.ended("a ninth frame");
    }
    const { arrayBuffers } = await victim.report();
    assert.ok(arrayBuffers < 24 * MIB, `${arrayBuffers} bytes are held`);
  }));

test("bytes before the handshake are held up to maxHandshakeSize, and no further", () =>
  withVictimChild("ROUTER", {}, async (victim) => {
    const peers: HostilePeer[] = [];
    const grown = await growth(victim, async () => {
      for (let count = 0; count < 200; count++) {
        const most = octets("06 0000000000010000");
        peers.push(await HostilePeer.saying(victim.endpoint, GREETING, most, new Uint8Array(65_535)));
      }
      await victim.served();
    });
    assert.ok(grown < 24, `200 strangers hold ${grown} MiB`);
    for (const peer of peers) peer.close();
  }));

test("10,000 messages cut off in the middle leave nothing (CVE-2021-20234)", () =>
  withVictimChild("PULL", { backlog: 1024 }, async (victim) => {
    const said = concat([GREETING, ready("PUSH"), octets("01 01 61 03 00000000000003e8"), new Uint8Array(1000)]);
    const cutOff = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 50) {
        await Promise.all(
          Array.from({ length: 50 }, async () => {
            const peer = await HostilePeer.connect(victim.endpoint);
            await peer.sent(said);
            peer.close();
          }),
        );
      }
    };
    await cutOff(1000); // what is made once, is made
    const grown = await growth(victim, () => cutOff(9000));
    assert.ok(grown < 4, `grew by ${grown} MiB`);
    await victim.sees("all of them gone", ({ peers }) => peers === 1);
    const { stats } = await victim.report();
    assert.ok(stats.drops.incomplete > 5000, `${stats.drops.incomplete} were seen`);
  }));

test("messages sent to a publisher leave nothing (CVE-2021-20237)", () =>
  withVictimChild("PUB", {}, async (victim) => {
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("SUB"));
    const messages = concat(
      Array.from({ length: 100 }, () => concat([octets("02 00000000000007d0 ff"), new Uint8Array(1999)])),
    );
    const grown = await growth(victim, async () => {
      for (let sent = 0; sent < 500; sent++) await peer.sent(messages); // 100 MB
      await victim.sees("all of them", ({ drops }) => drops.refused >= 50_000);
    });
    assert.ok(grown < 8, `grew by ${grown} MiB`);
    peer.close();
  }));

test("PINGs of a peer that reads no PONGs stop being read", () =>
  withVictimChild("ROUTER", {}, async (victim) => {
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER"));
    await until("its READY", () => peer.size > 64);
    peer.socket.pause();
    const pings = octets(`04 17 04 50494e47 0000 ${"61".repeat(16)}`.repeat(5000));
    let taken = 0;
    const grown = await growth(victim, async () => {
      for (; taken < 1000 && (await goesOut(peer, pings)); taken++);
    });
    assert.ok(taken < 1000, "all 125 MB were read");
    assert.ok(grown < 4, `grew by ${grown} MiB`);
    peer.close();
  }));

/** Whether the other side reads on: after a while it is clear that it does not. */
async function goesOut(peer: HostilePeer, bytes: Uint8Array): Promise<boolean> {
  let done = false;
  peer.socket.write(bytes, () => (done = true));
  const end = performance.now() + 500;
  await until("bytes to go, or not to", () => done || performance.now() > end);
  return done;
}

describe("subscriptions beyond what a peer may hold end its connection", () => {
  test("many small topics", () =>
    withVictimChild("PUB", { maxSubscriptions: 10_000 }, async (victim) => {
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("SUB"));
      const grown = await growth(victim, async () => {
        for (let topic = 0; topic <= 10_000 && !peer.over; topic++) {
          peer.send(command("SUBSCRIBE", Buffer.from(`topic-${topic}`)));
        }
        await peer.ended("10,001 topics");
      });
      assert.ok(grown < 4, `grew by ${grown} MiB`);
      const { stats } = await victim.report();
      assert.equal(stats.peers, 1);
    }));

  test("topics of 1 MiB", () =>
    withVictimChild("XPUB", { maxSubscriptionBytes: 8 * MIB }, async (victim) => {
      for (let round = 0; round < 4; round++) {
        const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("SUB"));
        for (let topic = 0; topic < 20 && !peer.over; topic++) {
          await peer.sent(command("SUBSCRIBE", Buffer.alloc(MIB - 16, 0x61 + topic)));
        }
        await peer.ended("more than 8 MiB of topics");
      }
      const { arrayBuffers } = await victim.report();
      assert.ok(arrayBuffers < 64 * MIB, `${arrayBuffers / MIB} MiB are held`);
    }));

  test("one topic, subscribed and cancelled for ever, at a publisher that reads no notices", () =>
    withVictimChild("XPUB", { maxSubscriptions: 5000 }, async (victim) => {
      const toggles = concat([command("SUBSCRIBE", Buffer.from("A")), command("CANCEL", Buffer.from("A"))]);
      const flood = concat(Array.from({ length: 1000 }, () => toggles));
      const grown = await growth(victim, async () => {
        for (let round = 0; round < 10; round++) {
          const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("SUB"));
          for (let sent = 0; sent < 30 && !peer.over; sent++) await peer.sent(flood);
          await peer.ended("10,000 notices that nobody read");
        }
      });
      assert.ok(grown < 10, `grew by ${grown} MiB`);
      const { stats } = await victim.report();
      assert.ok(stats.drops.hwm > 0, "what gone peers left is bounded too, and what is lost of it counted");
    }));

  test("an honest subscriber is not held to what another one did", () =>
    withVictimChild("XPUB", { maxSubscriptions: 100 }, async (victim) => {
      const flooder = await HostilePeer.saying(victim.endpoint, GREETING, ready("SUB"));
      const toggles = concat([command("SUBSCRIBE", Buffer.from("A")), command("CANCEL", Buffer.from("A"))]);
      for (let sent = 0; sent < 99; sent++) flooder.send(toggles);
      const other = await HostilePeer.saying(victim.endpoint, GREETING, ready("SUB"), command("SUBSCRIBE"));
      await until("what is published", () => other.size > 200);
      assert.equal(other.over, false);
      flooder.close();
      other.close();
    }));
});
