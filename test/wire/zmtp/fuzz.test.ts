import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, concat } from "../../../src/base/bytes.ts";
import { ProtocolError } from "../../../src/base/errors.ts";
import { Recorder, feed, octets } from "../recorder.ts";
import { GREETING, GREETING_30, LIMITS, READY_DEALER, READY_ROUTER, READY_SUB, connection, traffic } from "./peers.ts";

const SEED = Number(process.env["ZMQ_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = Number(process.env["ZMQ_FUZZ_RUNS"] ?? 3000);

const SUBSCRIPTIONS = octets(
  "04 0b 09 535542534352494245 41 00 02 01 42 04 08 06 43414e43454c 41 00 02 00 42 00 01 05",
);
const ERROR = octets("04 0a 05 4552524f52 03 343030");

/** Conversations that went well, and those that ended in a refusal. */
const RECORDED: readonly { readonly type: string; readonly handshake: Uint8Array; readonly traffic: Uint8Array }[] = [
  { type: "ROUTER", handshake: concat([GREETING, READY_DEALER]), traffic: traffic() },
  {
    type: "ROUTER",
    handshake: concat([GREETING_30, READY_DEALER]),
    traffic: octets("01 00 00 05 48656c6c6f".repeat(20)),
  },
  {
    type: "DEALER",
    handshake: concat([GREETING, READY_ROUTER]),
    traffic: octets("04 09 04 50494e47 000a 6162".repeat(5)),
  },
  { type: "PUB", handshake: concat([GREETING, READY_SUB]), traffic: SUBSCRIPTIONS },
  { type: "PUB", handshake: concat([GREETING_30, READY_SUB]), traffic: SUBSCRIPTIONS },
  { type: "PUB", handshake: concat([GREETING, READY_DEALER]), traffic: EMPTY },
  { type: "ROUTER", handshake: concat([GREETING, ERROR]), traffic: EMPTY },
];

/** Octets that mean something somewhere: lengths at their bounds, flags, name lengths. */
const TELLING = ["00", "01", "02", "04", "05", "06", "7f", "80", "ff", "02ffffffffffffffff", "020000000000100000"];

type Random = (below: number) => number;

test("whatever a peer sends is read or refused, and what is held of it is bounded by what it sent", (context) => {
  context.diagnostic(`replay with ZMQ_FUZZ_SEED=${SEED} ZMQ_FUZZ_RUNS=${RUNS}`);
  for (let run = 0; run < RUNS; run++) {
    try {
      attempt(random(SEED + run));
    } catch (error) {
      throw new Error(`replay with ZMQ_FUZZ_SEED=${SEED + run} ZMQ_FUZZ_RUNS=1`, { cause: error });
    }
  }
});

test("a seed gives the same run again", () => {
  const [one, other] = [random(7), random(7)];
  for (let count = 0; count < 100; count++) assert.equal(one(1000), other(1000));
});

function attempt(next: Random): void {
  const recorded = RECORDED[next(RECORDED.length)] ?? assert.fail("there are some");
  let { handshake, traffic } = recorded;
  if (next(3) === 0) handshake = mutated(handshake, next);
  for (let count = next(6); count > 0; count--) traffic = mutated(traffic, next);
  const bytes = concat([handshake, traffic]);
  const limits = next(2) === 0 ? LIMITS : { ...LIMITS, maxMessageSize: 1 + next(70_000), maxFrames: 1 + next(4) };
  const made = connection(recorded.type, { limits });
  const to = new Recorder();
  to.stops = next(3) === 0;
  for (let at = 0; at < bytes.length;) {
    const size = 1 + next(next(2) === 0 ? 40 : 30_000);
    const chunk = bytes.subarray(at, at + size);
    at += chunk.length;
    if (!survives(() => feed(made, chunk, to))) break;
    assert.ok(made.held <= at, `${made.held} bytes held of ${at}`);
    assert.ok((made.target()?.buffer.byteLength ?? 0) <= Math.max(1 << 20, at * 2));
    if (next(2) === 0 && !survives(() => made.resume(to))) break;
  }
  for (const message of to.messages) assert.ok(message.length <= limits.maxFrames);
}

/** Whether it went on; any error but a ProtocolError is ours. */
function survives(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function mutated(bytes: Uint8Array, next: Random): Uint8Array {
  // Half of all changes fall where the short frames are.
  const at = next(Math.min(bytes.length, next(2) === 0 ? 120 : Infinity) + 1);
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
      return concat([before, RECORDED[next(RECORDED.length)]?.traffic.subarray(next(100)) ?? after]);
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
