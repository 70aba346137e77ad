import assert from "node:assert/strict";
import { test } from "node:test";
import { Pull, Push } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { KINDS } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next, texts } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

const SERVICES = 5;
const EACH = Array.from({ length: SERVICES }, (_, index) => index);

for (const kind of KINDS) {
  const program = `test_spec_pushpull/test_spec_pushpull_${kind}`;

  test(`${program}_push_round_robin_out: RFC 30: PUSH SHALL route outgoing messages in turn`, async (t) => {
    const use = sockets(t);
    const push = use(new Push());
    const pulls = EACH.map(() => use(new Pull()));
    await meetAll(push, pulls, kind);
    for (const body of ["ABC", "DEF"]) for (let peer = 0; peer < SERVICES; peer++) await push.send([body, `${peer}`]);
    const turns = new Set<string>();
    for (const pull of pulls) {
      const [first, turn = ""] = await next(pull);
      assert.equal(first, "ABC");
      turns.add(turn);
      assert.deepEqual(await next(pull), ["DEF", turn]);
    }
    assert.equal(turns.size, SERVICES);
  });

  test(`${program}_pull_fair_queue_in: RFC 30: PULL SHALL receive from its peers by fair queueing`, async (t) => {
    const use = sockets(t);
    const pull = use(new Pull());
    const pushes = EACH.map(() => use(new Push()));
    await meetAll(pull, pushes, kind);
    for (const [index, push] of pushes.entries()) for (const turn of ["1", "2"]) await push.send([turn, `${index}`]);
    await until("all messages", () => pull.stats().queuedIn === 2 * SERVICES);
    for (const turn of ["1", "2"]) {
      const senders = new Set<string>();
      for (let count = 0; count < SERVICES; count++) {
        const [of, sender = ""] = await next(pull);
        assert.equal(of, turn);
        senders.add(sender);
      }
      assert.equal(senders.size, SERVICES);
    }
  });

  test(`${program}_push_block_on_send_no_peers: RFC 30: PUSH SHALL block when it has no peers`, async (t) => {
    const push = sockets(t)(new Push({ sendTimeout: 10 }));
    assert.equal(push.trySend(""), false);
    await assert.rejects(push.send("", { timeout: 0 }), zmqError("EAGAIN", "no peer"));
    await assert.rejects(push.send(""), zmqError("EAGAIN", "no peer"));
  });

  for (const way of ["block", "non_block"]) {
    test(`${program}_push_multipart_atomic_drop_${way}: RFC 30: messages of several frames come whole or not`, async (t) => {
      const use = sockets(t);
      const push = use(new Push({ linger: 0, sendHighWaterMark: 1 }));
      const pull = use(new Pull({ linger: 0, receiveHighWaterMark: 1 }));
      const address = await meet(push, pull, kind);
      const big = (letter: string): Buffer => Buffer.alloc(4 << 20, letter);
      const send = async (message: (string | Buffer)[]): Promise<void> => {
        if (way === "block") return push.send(message, { timeout: 5000 });
        await until("room", () => push.trySend(message));
      };
      await send(["0", "0", big("a")]);
      const [one, two, three] = await pull.receive();
      assert.deepEqual([String(one), String(two), three?.length], ["0", "0", 4 << 20]);
      await send(["1"]);
      await send(["2", "2", big("b")]);
      pull.disconnect(address);
      await until("the peer to be gone", () => push.stats().peers === 0);
      pull.connect(address);
      await send(["3", "3", big("c"), "3b"]);
      await send(["5", "5", big("d")]);
      const seen: string[] = [];
      while (seen.at(-1) !== "5") {
        const frames = await pull.receive({ timeout: 5000 });
        const name = String(frames[0]);
        assert.equal(frames.length, { "1": 1, "2": 3, "3": 4, "5": 3 }[name], name);
        seen.push(name);
      }
      // What the pull had received before it disconnected may still be read (a pipe that ended is read empty).
      assert.deepEqual(seen.slice(-2), ["3", "5"]);
    });
  }

  test(`RFC 30: over ${kind} a full PULL leaves PUSH's rotation and comes back when it has read`, async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 1 }));
    const slow = use(new Pull({ receiveHighWaterMark: 1 }));
    const fast = use(new Pull({ receiveHighWaterMark: 1 }));
    await meetAll(push, [slow, fast], kind);
    const body = Buffer.alloc(1 << 20, "x");
    const received: number[] = [];
    fast.onMessage((message) => received.push(message.length));
    for (let count = 0; count < 40; count++) await push.send(["x", body], { timeout: 5000 });
    await until("the fast one to get nearly all", () => received.length >= 25);
    assert.ok(push.peers().some((peer) => peer.hwmHitsOut > 0));
    let slowly = 0;
    while (received.length + slowly < 40) {
      if (slow.tryReceive() !== undefined) slowly++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(slowly > 0);
    assert.equal(push.stats().drops.hwm, 0);
  });
}

test("PULL reads what a PUSH that has closed had sent, in order", async (t) => {
  const use = sockets(t);
  const pull = use(new Pull());
  const push = use(new Push());
  await meet(pull, push, "tcp");
  for (let at = 0; at < 100; at++) push.trySend(`${at}`);
  push.close();
  await push.ended();
  const all = [];
  while (all.length < 100) all.push(...(await next(pull)));
  assert.deepEqual(
    all,
    Array.from({ length: 100 }, (_, at) => `${at}`),
  );
  assert.equal(texts(pull.tryReceive()), undefined);
});
