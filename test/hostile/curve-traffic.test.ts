import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { concat, utf8, writeU64 } from "../../src/base/bytes.ts";
import { encodeFrame, encodePing, readHeader } from "../../src/wire/index.ts";
import { until } from "../conformance/recorders.ts";
import { CURVE } from "../support/securities.ts";
import { command } from "./hostile-peer.ts";
import { SHAKING, ShakingPeer, curveLoaded } from "./shaking-peer.ts";
import { withVictimChild } from "./victim-child.ts";
import { alone, withVictim, type Victim } from "./victim.ts";

before(curveLoaded);

/** RFC 26 "MESSAGE command": where its nonce stands, behind the frame's header of two octets and the name. */
const NONCE_AT = 2 + 8;

async function shaken(victim: Pick<Victim, "endpoint">, type = "PUSH"): Promise<ShakingPeer> {
  const peer = await ShakingPeer.connect(victim.endpoint, SHAKING.CURVE.client, type);
  assert.ok(await peer.settled());
  return peer;
}

function atPull(attack: (victim: Victim) => Promise<void>): Promise<void> {
  return withVictim("PULL", {}, attack, CURVE);
}

const received = (victim: Victim): number => victim.socket.stats().messagesReceived;

/** The frame, with its length put right. */
function framed(body: Uint8Array): Uint8Array {
  return encodeFrame(0, body);
}

function bodyOf(frame: Uint8Array): Uint8Array {
  const header = readHeader(frame, 0, frame.length);
  return frame.slice(header?.body);
}

/** Sends what must end the connection: nothing of it is delivered, and it is counted as what could not be decoded. */
async function refused(victim: Victim, peer: ShakingPeer, what: string, bytes: Uint8Array): Promise<void> {
  const before = victim.socket.stats();
  peer.peer.send(bytes);
  await peer.peer.ended(what);
  peer.peer.close();
  const after = victim.socket.stats();
  assert.equal(after.drops["decode-error"], before.drops["decode-error"] + 1, what);
  assert.equal(after.disconnects, before.disconnects + 1, what);
}

describe("CURVE traffic that is not what its sender sealed, once and in order, ends the connection", () => {
  test("CVE-2014-7203: a message that comes again", () =>
    atPull(async (victim) => {
      const peer = await shaken(victim);
      const before = received(victim);
      const frame = peer.sealed(0, utf8("once"));
      peer.peer.send(frame);
      await until("the message", () => received(victim) === before + 1);
      await refused(victim, peer, "a replay", frame);
      assert.equal(received(victim), before + 2, "the message, and the replay that was dropped");
    }));

  test("a message that comes after a later one; the later one is taken, as in libzmq", () =>
    atPull(async (victim) => {
      const peer = await shaken(victim);
      const before = received(victim);
      const [first, second] = [peer.sealed(0, utf8("first")), peer.sealed(0, utf8("second"))];
      peer.peer.send(second);
      await until("the second", () => received(victim) === before + 1);
      await refused(victim, peer, "the first", first);
    }));

  test("a message of another connection of the same client", () =>
    atPull(async (victim) => {
      const [earlier, peer] = [await shaken(victim), await shaken(victim)];
      // It is ahead of what the other has sent, so that its nonce is no reason to refuse it.
      for (let ahead = 0; ahead < 5; ahead++) earlier.sealed(0, utf8("ahead"));
      await refused(victim, peer, "another connection's message", earlier.sealed(0, utf8("stolen")));
      await refused(victim, earlier, "a message of what is not yet gone", peer.sealed(0, utf8("stolen too")));
    }));

  test("the victim's own words, sent back to it, also with a nonce that would be right", () =>
    withVictim(
      "ROUTER",
      {},
      async (victim) => {
        for (const raised of [false, true]) {
          const peer = await shaken(victim, "DEALER");
          const before = peer.peer.received.length;
          peer.peer.send(peer.sealed(0, utf8("echo")));
          await until("the echo", () => peer.peer.received.length > before);
          const echo = Uint8Array.from(peer.peer.received.subarray(before));
          if (raised) writeU64(echo, NONCE_AT, 1000);
          await refused(victim, peer, "its own words", echo);
        }
      },
      CURVE,
    ));

  test("a message that is cut off at any octet, in a frame that is whole", () =>
    atPull(async (victim) => {
      const size = bodyOf((await shaken(victim)).sealed(0, utf8("short"))).length;
      for (let end = 0; end < size; end++) {
        const peer = await shaken(victim);
        await refused(victim, peer, `${end} octets`, framed(bodyOf(peer.sealed(0, utf8("short"))).slice(0, end)));
      }
    }));

  test("a message in which any octet was changed", () =>
    atPull(async (victim) => {
      const size = bodyOf((await shaken(victim)).sealed(0, utf8("short"))).length;
      for (let at = 0; at < size; at++) {
        const peer = await shaken(victim);
        const body = bodyOf(peer.sealed(0, utf8("short")));
        await refused(victim, peer, `octet ${at}`, framed(body.with(at, (body[at] ?? 0) ^ (1 << (at % 8)))));
      }
    }));

  test("a message with more behind it, in frames with flags, or in clear", () =>
    atPull(async (victim) => {
      const attacks: readonly [name: string, bytes: (peer: ShakingPeer) => Uint8Array][] = [
        ["one octet more", (peer) => framed(concat([bodyOf(peer.sealed(0, utf8("a"))), Uint8Array.of(0)]))],
        ["MORE outside", (peer) => peer.sealed(0, utf8("a")).with(0, 1)],
        ["COMMAND outside", (peer) => peer.sealed(0, utf8("a")).with(0, 4)],
        ["the highest nonce", (peer) => highest(peer.sealed(0, utf8("a")))],
        ["a message in clear", () => framed(utf8("in clear"))],
        ["an empty message in clear", () => framed(new Uint8Array(0))],
        ["PING in clear", () => encodeFrame(4, encodePing(0))],
        ["READY in clear", () => command("READY")],
        ["a command with MORE inside", (peer) => peer.sealed(5, encodePing(0))],
      ];
      for (const [name, bytes] of attacks) {
        const peer = await shaken(victim);
        await refused(victim, peer, name, bytes(peer));
      }
      await alone(victim);
    }));
});

function highest(frame: Uint8Array): Uint8Array {
  return frame.slice().fill(0xff, NONCE_AT, NONCE_AT + 8);
}

test("libzmq: nonces may skip; only those at or below the last are refused", () =>
  atPull(async (victim) => {
    const peer = await shaken(victim);
    const before = received(victim);
    for (let skipped = 0; skipped < 1000; skipped++) peer.sealed(0, utf8("never sent"));
    peer.peer.send(concat([peer.sealed(1, utf8("two")), peer.sealed(0, utf8("frames"))]));
    await until("the message", () => received(victim) === before + 1);
    assert.equal(peer.peer.over, false);
    peer.peer.close();
  }));

test("libzmq #3566: 500 connections, each ended by a MESSAGE that can't be opened, leave nothing", () =>
  withVictimChild(
    "PULL",
    { backlog: 1024, ...CURVE.server },
    async (victim) => {
      const attacks = async (count: number): Promise<void> => {
        for (let done = 0; done < count; done += 50) {
          await Promise.all(Array.from({ length: 50 }, () => spoiled(victim.endpoint)));
        }
      };
      await attacks(200); // what is made once, is made
      const before = await victim.report();
      await attacks(500);
      const after = await victim.report();
      const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
      assert.ok(grown < 2 * 1024 * 1024, `grew by ${grown} bytes`);
      assert.equal(after.stats.drops["decode-error"], 700);
      assert.equal(after.stats.messagesReceived, after.stats.messagesTaken + 700);
    },
    { credentials: CURVE.client },
  ));

async function spoiled(endpoint: string): Promise<void> {
  const peer = await shaken({ endpoint });
  const frame = peer.sealed(0, new Uint8Array(1000));
  peer.peer.send(frame.with(frame.length - 1, (frame.at(-1) ?? 0) ^ 1));
  await peer.peer.ended("a box that does not open");
  peer.peer.close();
}
