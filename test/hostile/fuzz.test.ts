import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat, utf8 } from "../../src/base/bytes.ts";
import { octets } from "../wire/recorder.ts";
import { GREETING, GREETING_30, traffic } from "../wire/zmtp/peers.ts";
import { BEFORE_READY, afterReady } from "./attacks.ts";
import { HostilePeer, command, ready } from "./hostile-peer.ts";
import { alone, peerOf, TYPES, withVictim, type Victim } from "./victim.ts";

/** Conversations with each socket type; set both to replay what a failure names. */
const SEED = Number(process.env["ZMQ_FUZZ_SEED"] ?? Date.now() % 1_000_000);
const RUNS = Number(process.env["ZMQ_FUZZ_RUNS"] ?? 60);

/** Octets that mean something somewhere. */
const TELLING = ["00", "01", "02", "04", "05", "06", "7f", "80", "ff", "02ffffffffffffffff", "0600000000000f0000"];

/** A number below `below`, the next of its row. */
type Random = (below: number) => number;

describe("test_bind_fuzzer, test_bind_null_fuzzer, test_bind_stream_fuzzer: whatever bytes come, in whatever pieces, the good client is served beside them", () => {
  for (const type of TYPES) {
    test(`at a ${type}`, async (context) => {
      context.diagnostic(`replay with ZMQ_FUZZ_SEED=${SEED} ZMQ_FUZZ_RUNS=${RUNS}`);
      // A REQ asks hostile peers too; it must not wait for them for longer than a run takes.
      await withVictim(type, { handshakeInterval: 2000, maxFrames: 1000 }, async (victim) => {
        for (let run = 0; run < RUNS; run++) {
          try {
            await attempt(victim, recordingsOf(type), random(SEED + run));
          } catch (error) {
            throw new Error(`replay with ZMQ_FUZZ_SEED=${SEED + run} ZMQ_FUZZ_RUNS=1`, { cause: error });
          }
        }
        await alone(victim);
      });
    });
  }
});

/** What peers of this type say in good order, and some of what they should not. */
function recordingsOf(type: (typeof TYPES)[number]): readonly Uint8Array[] {
  if (type === "STREAM") return [utf8("GET / HTTP/1.1\r\n\r\n"), traffic()];
  const peer = peerOf(type);
  const topics = ["", "A", "AB", "a longer topic"].map((topic) => command("SUBSCRIBE", utf8(topic)));
  const cancels = ["A", "", "B"].map((topic) => command("CANCEL", utf8(topic)));
  const groups = ["JOIN", "LEAVE"].flatMap((name) => ["", "A", "group"].map((group) => command(name, utf8(group))));
  const subscribed = octets("00 02 0141 00 01 01 00 02 0041 01 01 01 00 01 00");
  const requests = octets("0100 0005 48656c6c6f 01 0161 0100 0001 62 01 04 00000001 0100 0000");
  return [
    concat([GREETING, ready(peer), traffic()]),
    concat([GREETING_30, ready(peer), requests, subscribed]),
    concat([GREETING, ready(peer, ["Identity", utf8("same")]), requests, requests]),
    concat([GREETING, ready(peer), ...topics, ...cancels, subscribed, traffic()]),
    concat([GREETING, ready(peer), ...groups, requests, ...groups, traffic()]),
    ...BEFORE_READY.slice(-20).map(({ bytes }) => bytes),
    ...afterReady(peer).map(({ bytes }) => bytes),
  ];
}

async function attempt(victim: Victim, recordings: readonly Uint8Array[], next: Random): Promise<void> {
  let bytes = recordings[next(recordings.length)] ?? assert.fail("there are some");
  for (let count = next(5); count > 0; count--) bytes = mutated(bytes, recordings, next);
  const peer = await HostilePeer.connect(victim.endpoint);
  try {
    for (let at = 0; at < bytes.length && !peer.over;) {
      const size = 1 + next(next(2) === 0 ? 40 : 30_000);
      await peer.sent(bytes.subarray(at, at + size));
      at += size;
      if (next(4) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await victim.client.served();
  } finally {
    if (next(2) === 0) peer.close();
    else peer.reset();
  }
}

function mutated(bytes: Uint8Array, recordings: readonly Uint8Array[], next: Random): Uint8Array {
  // Half of all changes fall where the handshake is.
  const at = next(Math.min(bytes.length, next(2) === 0 ? 140 : Infinity) + 1);
  const size = 1 + next(20);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (next(6)) {
    case 0:
      return concat([before, Uint8Array.of((after[0] ?? 0) ^ (1 << next(8))), after.subarray(1)]);
    case 1:
      return concat([before, octets(TELLING[next(TELLING.length)] ?? "00"), after.subarray(next(2))]);
    case 2:
      return concat([before, after.subarray(size)]);
    case 3:
      return concat([before, after.subarray(0, size), after]);
    case 4:
      return concat([before, Uint8Array.from({ length: size }, () => next(256)), after]);
    default:
      return concat([before, recordings[next(recordings.length)]?.subarray(64 + next(100)) ?? after]);
  }
}

/** Mulberry32: small, seeded, good enough to pick mutations. */
function random(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
