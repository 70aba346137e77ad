import assert from "node:assert/strict";
import { before, describe, test, type TestContext } from "node:test";
import { concat } from "../../src/base/bytes.ts";
import { until } from "../conformance/recorders.ts";
import { CURVE } from "../support/securities.ts";
import { HostilePeer } from "./hostile-peer.ts";
import { SHAKING, ShakingPeer, curveLoaded } from "./shaking-peer.ts";
import { withVictimChild, type Report, type VictimChild } from "./victim-child.ts";
import { make } from "./victim.ts";

before(curveLoaded);

const MIB = 1024 * 1024;

/** What has come with a WELCOME (RFC 26): a greeting, and a frame of 168 octets. */
const WELCOMED = 64 + 2 + 168;

/** Descriptors that a process may have, less some that it needs for itself. */
function descriptors(): number {
  const { userLimits } = (process.report?.getReport() ?? {}) as {
    userLimits?: Record<string, { soft: string | number }>;
  }; // its documented form
  const soft = Number(userLimits?.["open_files"]?.soft);
  return (Number.isNaN(soft) ? 1_000_000 : soft) - 500;
}

/** Opens so many connections, a few hundred at a time. */
async function crowd(victim: VictimChild, count: number): Promise<HostilePeer[]> {
  const peers: HostilePeer[] = [];
  while (peers.length < count) {
    peers.push(...(await Promise.all(Array.from({ length: 250 }, () => HostilePeer.connect(victim.endpoint)))));
  }
  return peers;
}

/** How much more memory it takes than before: in JavaScript, and in all. */
function growth(before: Report, after: Report): { heap: number; rss: number } {
  const heap = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { heap: heap / MIB, rss: (after.rss - before.rss) / MIB };
}

/** Somebody honest who comes while the crowd is there. */
async function newcomerServed(victim: VictimChild): Promise<void> {
  const newcomer = make("DEALER", { reconnectInterval: 20, ...CURVE.client });
  newcomer.connect(victim.endpoint);
  await newcomer.ready({ peers: 1, timeout: 10_000 });
  newcomer.close();
}

function atRouter(options: object, attack: (victim: VictimChild) => Promise<void>): Promise<void> {
  const beside = { credentials: CURVE.client, heap: 128 };
  return withVictimChild("ROUTER", { backlog: 2048, ...CURVE.server, ...options }, attack, beside);
}

describe("CVE-2020-15166: connections that say nothing leave good CURVE clients served, and newcomers too", () => {
  for (const [name, wanted, options, most] of [
    ["5,000, of which all but the last maxHandshakes are closed", 5000, {}, 4096],
    ["10,000, with room for all of them: each costs about 6 KiB", 10_000, { maxHandshakes: 20_000 }, 20_000],
  ] as const) {
    test(name, async (t) => {
      const count = Math.min(wanted, descriptors());
      await atRouter(options, async (victim) => {
        const before = await victim.report();
        const peers = await crowd(victim, count);
        await victim.served();
        await newcomerServed(victim);
        const { heap, rss } = growth(before, await victim.report());
        const open = peers.filter(({ over }) => !over).length;
        t.diagnostic(`${open} of ${count} open: ${heap.toFixed(1)} MiB of heap, ${rss.toFixed(1)} MiB in all`);
        assert.ok(open <= most, `${open} are open`);
        if (most > count) assert.equal(open, count);
        assert.ok((heap * MIB) / open < 8192 && rss < 150, `they cost ${heap} MiB of heap and ${rss} MiB in all`);
        for (const peer of peers) peer.close();
        await victim.sees("all of them gone", ({ peers: left }) => left === 1);
      });
    });
  }
});

/** What 200 clients do again and again for so many ms: how often, and how long the good client beside them waited. */
async function flood(
  victim: VictimChild,
  ms: number,
  once: () => Promise<void>,
): Promise<{ rate: number; longest: number }> {
  const end = performance.now() + ms;
  let done = 0;
  let longest = 0;
  const hostile = async (): Promise<void> => {
    while (performance.now() < end) {
      await once();
      done++;
    }
  };
  const honest = async (): Promise<void> => {
    while (performance.now() < end) {
      const asked = performance.now();
      await victim.served();
      longest = Math.max(longest, performance.now() - asked);
    }
  };
  const began = performance.now();
  await Promise.all([honest(), ...Array.from({ length: 200 }, hostile)]);
  return { rate: (done * 1000) / (performance.now() - began), longest };
}

function told(t: TestContext, what: string, { rate, longest }: { rate: number; longest: number }): void {
  t.diagnostic(`${Math.round(rate)} ${what} per second; the good client waited for ${Math.round(longest)} ms at most`);
}

describe("CURVE servers under a flood", () => {
  test("of HELLOs, of which none is followed up: they hold nothing, and the good client is served", (t) =>
    atRouter({}, async (victim) => {
      // One HELLO serves them all: a server can't know that it has seen it before, so that it costs them nothing.
      const hello = await anyHello(victim);
      const once = async (): Promise<void> => {
        const peer = await HostilePeer.saying(victim.endpoint, hello);
        await peer.got(WELCOMED);
        peer.reset();
      };
      await flood(victim, 500, once); // what is made once, is made
      const before = await victim.report();
      told(t, "HELLOs", await flood(victim, 1500, once));
      await newcomerServed(victim);
      const { heap, rss } = growth(before, await victim.report());
      t.diagnostic(`grew by ${heap.toFixed(1)} MiB of heap, ${rss.toFixed(1)} MiB in all`);
      assert.ok(heap < 4 && rss < 64, `they cost ${heap} MiB of heap and ${rss} MiB in all`);
      await victim.sees("all of them gone", ({ peers }) => peers === 1);
    }));

  test("of HELLOs that wait for their end: each holds its connection and one key", (t) =>
    atRouter({}, async (victim) => {
      const hello = await anyHello(victim);
      const before = await victim.report();
      const peers = await crowd(victim, 2000);
      for (const peer of peers) peer.send(hello);
      await Promise.all(peers.map((peer) => peer.got(WELCOMED)));
      await victim.served();
      const { heap } = growth(before, await victim.report());
      t.diagnostic(`${Math.round((heap * MIB) / 2000)} bytes of heap for each`);
      assert.ok((heap * MIB) / 2000 < 8192, `${heap} MiB for 2,000`);
      for (const peer of peers) peer.close();
    }));

  test("of whole handshakes", (t) =>
    atRouter({}, async (victim) => {
      const shaken = async (): Promise<void> => {
        const peer = await ShakingPeer.connect(victim.endpoint, SHAKING.CURVE.client, "DEALER");
        assert.ok(await peer.settled());
        peer.peer.reset();
      };
      told(t, "handshakes", await flood(victim, 1500, shaken));
      await victim.sees("all of them gone", ({ peers }) => peers === 1);
    }));
});

/** A greeting and a HELLO, as anybody can make them who knows the server's public key. */
async function anyHello(victim: VictimChild): Promise<Uint8Array> {
  const { parts, peer } = await ShakingPeer.connect(victim.endpoint, SHAKING.CURVE.client, "DEALER");
  await until("its handshake", () => parts.length > 2);
  peer.close();
  return concat(parts.slice(0, 2));
}
