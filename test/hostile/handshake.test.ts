import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { utf8 } from "../../src/base/bytes.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { SOCKETS } from "../../src/sockets/index.ts";
import { until } from "../conformance/recorders.ts";
import { GREETING } from "../wire/zmtp/peers.ts";
import { BEFORE_READY, oddMetadata, type Attack } from "./attacks.ts";
import { HostilePeer, ready } from "./hostile-peer.ts";
import { alone, peerOf, withVictim, ZMTP_TYPES, type Victim } from "./victim.ts";

async function launch(victim: Victim, attack: Attack): Promise<void> {
  const peer = await HostilePeer.saying(victim.endpoint, attack.bytes);
  if (attack.ends) await peer.ended(attack.name);
  else await victim.client.served();
  peer.close();
}

/** Types that a socket of this type does not talk with. */
function strangersOf(type: TypeName): readonly TypeName[] {
  const peers = SOCKETS.find(({ name }) => name === type)?.peers ?? [];
  return ZMTP_TYPES.filter((name) => !peers.includes(name));
}

describe("what a stranger says before its handshake is done costs only its own connection", () => {
  for (const type of ZMTP_TYPES) {
    test(`at a ${type}`, () =>
      withVictim(type, {}, async (victim) => {
        for (const attack of BEFORE_READY) await launch(victim, attack);
        await victim.client.served();
        await until("all to be counted", () => failures(victim) >= BEFORE_READY.length);
        assert.equal(victim.socket.peers().length, 1, "strangers never become peers");
      }));
  }
});

function failures(victim: Victim): number {
  const { handshakeProtocol, handshakeLost, handshakePeerType, handshakeTimeout } = victim.socket.stats();
  return handshakeProtocol + handshakeLost + handshakePeerType + handshakeTimeout;
}

describe("a peer of a type that the socket does not talk with is told so and closed", () => {
  for (const type of ZMTP_TYPES) {
    test(`at a ${type}`, () =>
      withVictim(type, {}, async (victim) => {
        const strangers = strangersOf(type);
        for (const name of strangers) {
          const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready(name));
          await peer.ended(name);
          assert.ok(peer.received.includes("\u0005ERROR"), `${type} to ${name}`);
          peer.close();
        }
        assert.equal(victim.socket.stats().handshakePeerType, strangers.length);
      }));
  }
});

test("properties with any allowed name and size are only properties", async () => {
  await withVictim("PULL", {}, async (victim) => {
    for (const [name, bytes] of oddMetadata("PUSH")) {
      const before = victim.socket.stats().messagesReceived;
      const peer = await HostilePeer.saying(victim.endpoint, bytes, Buffer.from("0000", "hex"));
      await until(`a message of a peer with ${name}`, () => victim.socket.stats().messagesReceived > before);
      peer.close();
      await alone(victim);
    }
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});

test("a name that objects have is told to the user as the peer's own", async () => {
  await withVictim("ROUTER", {}, async (victim) => {
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER", ["__proto__", utf8("x")]));
    const found = (): string | undefined =>
      victim.socket
        .peers()
        .find(({ properties }) => properties.has("__proto__"))
        ?.properties.get("__proto__");
    await until("the property", () => found() === "x");
    peer.close();
  });
});

test("a routing id over 255 octets is refused: RFC 37 allows no more, and events would keep it", async () => {
  await withVictim("ROUTER", {}, async (victim) => {
    for (const size of [256, 1000, 60_000]) {
      const id = new Uint8Array(size).fill(0x41);
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER", ["Identity", id]));
      await peer.ended(`an identity of ${size} octets`);
      peer.close();
    }
    assert.equal(victim.socket.stats().handshakeProtocol, 3);
  });
});

test("a routing id of 255 octets, or one that looks generated, is served under it", async () => {
  await withVictim("ROUTER", {}, async (victim) => {
    for (const id of [Buffer.alloc(255, 0x42), Buffer.from("0000000000", "hex"), Buffer.from("00", "hex")]) {
      const bytes = Buffer.from("00026869", "hex");
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER", ["Identity", id]), bytes);
      await until("the echo", () => peer.received.subarray(-4).equals(bytes));
      peer.close();
      await alone(victim);
    }
  });
});

test("who comes with a routing id in use is turned away, and its owner is served on", async () => {
  await withVictim("ROUTER", {}, async (victim) => {
    const id = Buffer.from("mine");
    const bytes = Buffer.from("00026869", "hex");
    const owner = await HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER", ["Identity", id]), bytes);
    await until("the echo", () => owner.received.subarray(-4).equals(bytes));
    for (let count = 0; count < 50; count++) {
      const thief = await HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER", ["Identity", id]), bytes);
      await thief.ended("a routing id in use");
      thief.close();
    }
    const before = owner.size;
    owner.send(bytes);
    await until("the owner's next echo", () => owner.size > before);
    assert.equal(victim.socket.stats().refused, 50);
    owner.close();
  });
});

describe("a connection that ends at any moment of its handshake leaves nothing behind", () => {
  for (const type of ["ROUTER", "PUB", "PAIR", "PUSH"] as const) {
    for (const way of ["reset", "close", "half-close"] as const) {
      test(`by ${way} at a ${type}`, () =>
        withVictim(type, {}, async (victim) => {
          const all = Buffer.concat([GREETING, ready(peerOf(type)), Buffer.from("0001610104", "hex")]);
          for (const size of [
            0,
            1,
            9,
            10,
            11,
            12,
            32,
            63,
            64,
            65,
            66,
            80,
            all.length - 5,
            all.length - 3,
            all.length,
          ]) {
            const peer = await HostilePeer.connect(victim.endpoint);
            await peer.sent(all.subarray(0, size));
            if (way === "reset") peer.reset();
            else if (way === "close") peer.close();
            else peer.socket.end();
            if (way === "half-close") await peer.ended(`a half-close after ${size} bytes`);
            peer.close();
          }
          await alone(victim);
          await until("their pipes to be gone", () => victim.socket.peers().length === 1);
        }));
    }
  }
});
