import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { GREETING } from "../wire/zmtp/peers.ts";
import { command, HostilePeer, ready } from "./hostile-peer.ts";
import { withVictim } from "./victim.ts";

/** What an event keeps of a stranger's words. */
const MOST = 1024;

test("events that nobody reads keep little of what strangers said", () =>
  withVictim("ROUTER", {}, async (victim) => {
    const events: Event[] = [];
    for (const type of ["handshake:error:protocol", "disconnect"] as const) {
      victim.socket.events.on(type, (event) => events.push(event));
    }
    const long = new Uint8Array(60_000).fill(0x1b);
    const said = [
      ready("\u001b".repeat(60_000)),
      ready("DEALER", ["Identity", long]),
      command("X".repeat(255), long),
      command("ERROR", Buffer.concat([Buffer.of(255), Buffer.alloc(255, 0x1b)])),
    ];
    for (const bytes of said) {
      const peer = await HostilePeer.saying(victim.endpoint, GREETING, bytes);
      await peer.ended("nonsense");
      peer.close();
    }
    await until("two events for each", () => events.length === said.length * 2);
    for (const event of events) {
      const { reason = "", error } = event as { reason?: string; error?: Error };
      assert.ok(reason.length < MOST && (error?.message.length ?? 0) < MOST, `${event.type} keeps ${reason.length}`);
      assert.ok(!reason.includes("\u001b"), "no terminal codes in what people read");
    }
  }));

test("who is turned away after the handshake is told of once", () =>
  withVictim("PAIR", {}, async (victim) => {
    const ends: Event[] = [];
    victim.socket.events.on("disconnect", (event) => ends.push(event));
    const peer = await HostilePeer.saying(victim.endpoint, GREETING, ready("PAIR"));
    await peer.ended("a place that is taken");
    peer.close();
    await until("an event", () => ends.length > 0);
    await victim.client.served();
    assert.equal(ends.length, 1, ends.map((event) => (event as { reason?: string }).reason).join("; "));
    assert.match((ends[0] as { reason?: string }).reason ?? "", /one peer/);
  }));
