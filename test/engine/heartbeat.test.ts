import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../src/base/clock.ts";
import { Heartbeat } from "../../src/engine/heartbeat.ts";

/** A heartbeat and what it did, each with the time. */
function beating(
  heartbeatInterval: number,
  heartbeatTimeout = -1,
  known = true,
): { clock: ManualClock; heart: Heartbeat; log: string[] } {
  const clock = new ManualClock();
  const log: string[] = [];
  const heart = new Heartbeat(
    clock,
    { heartbeatInterval, heartbeatTimeout },
    {
      ping: () => {
        log.push(`${clock.now()} ping`);
        return known;
      },
      silent: (cause) => log.push(`${clock.now()} silent ${cause}`),
    },
  );
  return { clock, heart, log };
}

test("an interval of 0 sends nothing and sets no timer", () => {
  const { clock, heart, log } = beating(0);
  heart.start();
  assert.equal(clock.waiting, 0);
  clock.advance(60_000);
  assert.deepEqual(log, []);
});

test("a PING goes out every interval, whatever the traffic", () => {
  const { clock, heart, log } = beating(100);
  heart.start();
  for (let at = 0; at < 350; at += 10) {
    clock.advance(10);
    heart.heard();
  }
  assert.deepEqual(log, ["100 ping", "200 ping", "300 ping"]);
});

test("a peer that says nothing for the time-out after a PING is given up", () => {
  const { clock, heart, log } = beating(100, 250);
  heart.start();
  clock.advance(350);
  assert.deepEqual(log, ["100 ping", "200 ping", "300 ping", "350 silent timeout"]);
});

test("a time-out of -1 is the interval", () => {
  const { clock, heart, log } = beating(100, -1);
  heart.start();
  clock.advance(200);
  assert.deepEqual(log.at(-1), "200 silent timeout");
});

test("a peer that knows no PING is asked once, and not given up for its silence", () => {
  const { clock, heart, log } = beating(100, 50, false);
  heart.start();
  clock.advance(60_000);
  assert.deepEqual(log, ["100 ping"]);
  assert.equal(clock.waiting, 0);
});

test("a time-out of 0 waits for no answer", () => {
  const { clock, heart, log } = beating(100, 0);
  heart.start();
  clock.advance(1000);
  assert.equal(log.length, 10);
  assert.ok(log.every((line) => line.endsWith("ping")));
});

test("anything heard ends the time-out; the next PING starts it again", () => {
  const { clock, heart, log } = beating(100, 150);
  heart.start();
  clock.advance(120);
  heart.heard();
  clock.advance(200);
  assert.deepEqual(log, ["100 ping", "200 ping", "300 ping"]);
  clock.advance(30);
  assert.equal(log.at(-1), "350 silent timeout");
});

test("a promised time to live is kept from the first PING that asks for it until anything is heard", () => {
  const { clock, heart, log } = beating(0);
  heart.promised(500);
  clock.advance(400);
  heart.promised(500);
  clock.advance(99);
  heart.heard();
  clock.advance(1000);
  assert.deepEqual(log, []);
  heart.promised(500);
  clock.advance(500);
  assert.deepEqual(log, ["1999 silent ttl"]);
});

test("a time to live of 0 promises nothing", () => {
  const { clock, heart } = beating(0);
  heart.promised(0);
  assert.equal(clock.waiting, 0);
});

test("once stopped, no timer is left", () => {
  const { clock, heart, log } = beating(100, 250);
  heart.start();
  heart.promised(900);
  clock.advance(150);
  heart.stop();
  assert.equal(clock.waiting, 0);
  clock.advance(10_000);
  assert.deepEqual(log, ["100 ping"]);
});
