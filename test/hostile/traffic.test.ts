import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "../../src/base/bytes.ts";
import type { Pull, Router } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { octets } from "../wire/recorder.ts";
import { GREETING } from "../wire/zmtp/peers.ts";
import { afterReady, OLD_PEERS } from "./attacks.ts";
import { HostilePeer, ready } from "./hostile-peer.ts";
import { alone, make, peerOf, withVictim, ZMTP_TYPES, type Victim } from "./victim.ts";

/** PAIR and CHANNEL take no second peer. */
const OPEN_TYPES = ZMTP_TYPES.filter((type) => type !== "PAIR" && type !== "CHANNEL");

describe("what a peer does wrong after its handshake costs only its own connection", () => {
  for (const type of OPEN_TYPES) {
    test(`at a ${type}`, () =>
      withVictim(type, {}, async (victim) => {
        for (const { name, bytes, ends } of afterReady(peerOf(type))) {
          const peer = await HostilePeer.saying(victim.endpoint, bytes);
          if (ends) await peer.ended(name);
          else await victim.client.served();
          peer.close();
        }
        await alone(victim);
      }));
  }
});

describe("what a peer of ZMTP 1.0 or 2.0 does wrong costs only its own connection", () => {
  for (const type of ["PULL", "ROUTER", "PUB", "SUB", "REP"] as const) {
    test(`at a ${type}`, () =>
      withVictim(type, {}, async (victim) => {
        for (const { name, bytes, ends } of OLD_PEERS) {
          const peer = await HostilePeer.saying(victim.endpoint, bytes);
          if (ends) await peer.ended(name);
          else await victim.client.served();
          peer.close();
        }
        await alone(victim);
      }));
  }
});

for (const type of ["PAIR", "CHANNEL"] as const) {
  test(`a peer of a ${type} that has its peer is turned away, whatever it says`, () =>
    withVictim(type, {}, async (victim) => {
      for (const { name, bytes } of afterReady(type)) {
        const peer = await HostilePeer.saying(victim.endpoint, bytes);
        await peer.ended(name);
        peer.close();
        await victim.client.served();
      }
      assert.equal(victim.socket.peers().filter(({ connected }) => connected).length, 1);
    }));
}

test("a message of more frames than maxFrames ends the connection, and one of as many is taken", () =>
  withVictim("PULL", { maxFrames: 3 }, async (victim) => {
    const before = victim.socket.stats().messagesReceived;
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("PUSH"), octets("0100 0100 0000"));
    await until("the message", () => victim.socket.stats().messagesReceived === before + 1);
    peer.send(octets("0100 0100 0100 0100"));
    await peer.ended("a fourth frame");
    peer.close();
  }));

test("a frame over maxMessageSize ends the connection before its bytes come", () =>
  withVictim("PULL", { maxMessageSize: 1000 }, async (victim) => {
    for (const digits of ["02 00000000000003e9", "03 00000000000003e9", "02 ffffffffffffffff"]) {
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("PUSH"), octets(digits));
      await peer.ended(digits);
      peer.close();
    }
    const before = victim.socket.stats().messagesReceived;
    const message = concat([octets("02 00000000000003e8"), new Uint8Array(1000)]);
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("PUSH"), message);
    await until("a message of just that size", () => victim.socket.stats().messagesReceived > before);
    peer.close();
  }));

test("messages without bytes are messages: one empty frame, many, and a thousand messages of them", () =>
  withVictim("PULL", {}, async (victim) => {
    const before = victim.socket.stats().messagesReceived;
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("PUSH"));
    peer.send(octets("0000 0100 0100 0000 020000000000000000".concat("0000".repeat(1000))));
    await until("all of them", () => victim.socket.stats().messagesReceived >= before + 1003);
    peer.close();
  }));

test("a request without its envelope is dropped, and the one behind it is answered", () =>
  withVictim("REP", {}, async (victim) => {
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("REQ"));
    peer.send(octets("0000 000141 01014100026162 0100000161"));
    await until("the answer", () => peer.received.subarray(-5).equals(Buffer.from("0100000161", "hex")));
    assert.equal(victim.socket.stats().drops.refused, 3);
    peer.close();
  }));

test("a publisher takes no user messages from its subscribers", () =>
  withVictim("PUB", {}, async (victim) => {
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("SUB"));
    peer.send(octets("000141".repeat(10_000)));
    await until("all to be refused", () => victim.socket.stats().drops.refused >= 10_000);
    assert.equal(victim.socket.stats().queuedIn, 0);
    peer.close();
  }));

test("an exception of the user's handler does not make the connection deaf", { timeout: 10_000 }, async () => {
  const socket = make("PULL") as Pull;
  const push = make("PUSH");
  const thrown: unknown[] = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => thrown.push(error));
  try {
    const got: string[] = [];
    socket.bindSync("tcp://127.0.0.1:*");
    socket.onMessage(([frame]) => {
      got.push(String(frame));
      if (String(frame) === "bad") throw new Error("of the handler");
    });
    push.connect(socket.lastEndpoint ?? "");
    for (const text of ["good", "bad", "good", "bad", "last"]) await (push as Router).send(text);
    await until("all messages", () => got.length === 5);
    assert.deepEqual(
      thrown.map((error) => (error as Error).message),
      ["of the handler", "of the handler"],
    );
    assert.equal(socket.peers().filter(({ connected }) => connected).length, 1);
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
    socket.close();
    push.close();
  }
});

/** Says what it has in pieces of one byte, and tells how long it was let to. */
async function trickle(victim: Victim, said: Uint8Array, rest: Uint8Array): Promise<number> {
  const began = performance.now();
  const peer = await HostilePeer.saying(victim.endpoint, said);
  let at = 0;
  const timer = setInterval(() => peer.send(rest.subarray(at, ++at)), 5);
  try {
    await peer.ended("a trickle");
  } finally {
    clearInterval(timer);
    peer.close();
  }
  return performance.now() - began;
}

describe("a handshake of one byte at a time is cut off after handshakeInterval", () => {
  const hello = ready("DEALER", ["X-Long", new Uint8Array(50_000)]);
  const stages: readonly (readonly [stage: string, said: Uint8Array, rest: Uint8Array])[] = [
    ["in the greeting", octets(""), GREETING.subarray(0, 60)],
    ["in a header", GREETING, octets("06 00000000000000")],
    ["in READY", concat([GREETING, hello.subarray(0, 20)]), hello.subarray(20)],
    ["before its first byte", octets(""), octets("")],
  ];
  for (const [stage, said, rest] of stages) {
    test(stage, () =>
      withVictim("ROUTER", { handshakeInterval: 200 }, async (victim) => {
        const time = await trickle(victim, said, rest);
        assert.ok(time >= 190, `it had only ${time} ms`);
        assert.equal(victim.socket.stats().handshakeTimeout, 1);
      }),
    );
  }
});

test("a body of one byte at a time holds up nobody, and ends with the heartbeat's patience if it stops", () =>
  withVictim("ROUTER", { heartbeatInterval: 100, heartbeatTimeout: 100 }, async (victim) => {
    const claim = octets("02 0000010000000000");
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("DEALER"), claim);
    for (let count = 0; count < 50; count++) {
      await peer.sent(octets("61"));
      await victim.client.served();
    }
    await peer.ended("silence in the middle of a message");
    assert.equal(victim.socket.stats().drops.incomplete, 1);
    peer.close();
  }));
