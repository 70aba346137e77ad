import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dealer, Publisher, Pull, Push, Subscriber } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { fresh, KINDS } from "../support/places.ts";
import { sockets, type Use } from "../support/sockets.ts";
import { next } from "../support/texts.ts";

/** How many messages are taken at once; at most `limit`. */
function fill(socket: Push | Publisher, limit = 20_000, body: string | Buffer = "m"): number {
  let count = 0;
  while (count < limit && socket.trySend(body)) count++;
  return count;
}

/** How many messages are there to be received now. */
function empty(socket: Pull): number {
  let count = 0;
  while (socket.tryReceive() !== undefined) count++;
  return count;
}

type Order = "bind first" | "connect first";

/** A PUSH that connects and a PULL that is bound, in one process. */
function inproc(use: Use, sendHighWaterMark: number, receiveHighWaterMark: number, order: Order): [Push, Pull] {
  const push = use(new Push({ sendHighWaterMark }));
  const pull = use(new Pull({ receiveHighWaterMark }));
  const address = fresh("inproc");
  if (order === "bind first") pull.bindSync(address);
  push.connect(address);
  if (order === "connect first") pull.bindSync(address);
  return [push, pull];
}

describe("in one process the mark is the sum of both sides' (libzmq.md 2.4)", () => {
  test("test_hwm/test_defaults: 1000 and 1000", (t) => {
    const [push, pull] = inproc(sockets(t), 1000, 1000, "bind first");
    assert.equal(fill(push), 2000);
    assert.equal(empty(pull), 2000);
    assert.equal(push.trySend("one more"), true);
    assert.equal(empty(pull), 1);
  });

  const unlimited: readonly (readonly [string, number, number])[] = [
    ["test_infinite_both_inproc", 0, 0],
    ["test_infinite_receive_inproc", 1, 0],
    ["test_infinite_send_inproc", 0, 1],
  ];
  for (const [name, send, receive] of unlimited) {
    for (const order of ["bind first", "connect first"] as const) {
      test(`test_hwm/${name}_${order.replace(" ", "_")}: a side without a mark makes it none`, (t) => {
        const [push, pull] = inproc(sockets(t), send, receive, order);
        assert.equal(fill(push, 10_000), 10_000);
        assert.equal(empty(pull), 10_000);
      });
    }
  }

  for (const order of ["bind first", "connect first"] as const) {
    test(`test_hwm/test_finite_both_${order.replace(" ", "_")}: 300 and 200`, (t) => {
      const [push, pull] = inproc(sockets(t), 300, 200, order);
      assert.equal(fill(push), 500);
      assert.equal(empty(pull), 500);
    });
  }

  test("test_hwm/test_infinite_recv_connect_and_close_first: what a closed sender had queued is there for who binds", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 2000 }));
    const address = fresh("inproc");
    push.connect(address);
    assert.equal(fill(push), 2000, "alone, only its own mark counts");
    push.close();
    const pull = use(new Pull({ receiveHighWaterMark: 0 }));
    pull.bindSync(address);
    await push.ended();
    assert.equal(empty(pull), 2000);
  });

  test("test_hwm/test_infinite_recv_bind_and_close_first: and when the sender was the one that was bound", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 2000 }));
    const pull = use(new Pull({ receiveHighWaterMark: 0 }));
    const address = fresh("inproc");
    push.bindSync(address);
    pull.connect(address);
    assert.equal(fill(push, 3000), 3000);
    push.linger = 0;
    push.close();
    await push.ended();
    assert.equal(empty(pull), 3000);
  });
});

describe("marks that change while in use", () => {
  test("test_sockopt_hwm/test_change_before_connected: those of the moment count", (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 2 }));
    const pull = use(new Pull({ receiveHighWaterMark: 2 }));
    const address = fresh("inproc");
    pull.connect(address);
    push.bindSync(address);
    assert.deepEqual([push.sendHighWaterMark, pull.receiveHighWaterMark], [2, 2]);
    assert.equal(fill(push), 4);
  });

  test("test_sockopt_hwm/test_change_after_connected: a new one acts on a pipe in use, of either side", (t) => {
    const [push, pull] = inproc(sockets(t), 1, 1, "bind first");
    push.sendHighWaterMark = 5;
    assert.equal(fill(push), 6);
    pull.receiveHighWaterMark = 10;
    assert.equal(fill(push), 9);
  });

  test("test_sockopt_hwm/test_decrease_when_full: a lower one loses nothing and counts from then on", (t) => {
    const [push, pull] = inproc(sockets(t), 101, 1, "bind first");
    assert.equal(fill(push), 102);
    push.sendHighWaterMark = 70;
    assert.equal(push.trySend("too many"), false);
    assert.equal(empty(pull), 102);
    // The mark is 71 now, and its low mark 36: 2 × 36 of the 102 are credited.
    assert.equal(fill(push), 71 - (102 - 72));
  });

  test("a higher one lets a waiting send go on", async (t) => {
    const [push] = inproc(sockets(t), 1, 1, "bind first");
    fill(push);
    const waiting = push.send("waits", { timeout: 5000 });
    push.sendHighWaterMark = 2;
    await waiting;
  });

  test("0 lifts it", (t) => {
    const [push] = inproc(sockets(t), 1, 1, "bind first");
    assert.equal(fill(push), 2);
    push.sendHighWaterMark = 0;
    assert.equal(fill(push, 5000), 5000);
  });
});

describe("the low mark", () => {
  for (const [mark, low] of [
    [10, 5],
    [1000, 500],
    [3, 2],
    [2, 1],
  ] as const) {
    test(`of ${mark} is ${low}: a stopped writer goes on when the reader took that many`, (t) => {
      const [push, pull] = inproc(sockets(t), mark - 1, 1, "bind first");
      assert.equal(fill(push), mark);
      for (let count = 1; count < low; count++) assert.ok(pull.tryReceive());
      assert.equal(push.trySend("too early"), false);
      assert.ok(pull.tryReceive());
      assert.equal(fill(push), low);
    });
  }
});

for (const kind of ["tcp", "ipc"] as const) {
  test(`a PUSH stops when the peer does not read, and goes on when it does, over ${kind}`, async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 10 }));
    const pull = use(new Pull({ receiveHighWaterMark: 10 }));
    await meet(pull, push, kind);
    const body = Buffer.alloc(64 * 1024);
    const sent = fill(push, 20_000, body);
    assert.ok(sent >= 10 && sent < 20_000, `${sent} were taken`);
    assert.ok(push.stats().queuedOut > 0);
    assert.ok(push.stats().hwmHitsOut > 0);
    const waiting = push.send("last", { timeout: 5000 });
    await until("the reader's queue to be full", () => pull.stats().queuedIn === 10);
    for (let count = 0; count < sent; count++)
      assert.equal((await pull.receive({ timeout: 5000 }))[0]?.length, body.length);
    await waiting;
    assert.deepEqual(await next(pull), ["last"]);
    assert.ok(pull.stats().hwmHitsIn > 0);
  });
}

for (const kind of KINDS) {
  describe(`marks of PUB and SUB over ${kind}`, () => {
    async function pair(use: Use, send: number, receive: number, noDrop = false): Promise<[Publisher, Subscriber]> {
      const pub = use(new Publisher({ sendHighWaterMark: send, noDrop }));
      const sub = use(new Subscriber({ receiveHighWaterMark: receive }));
      sub.subscribe();
      await meet(pub, sub, kind);
      await pub.ready({ subscribers: 1, timeout: 5000 });
      return [pub, sub];
    }

    async function take(sub: Subscriber, count: number): Promise<void> {
      for (let at = 0; at < count; at++) await sub.receive({ timeout: 5000 });
    }

    for (const [size, messages] of [
      ["large", 11_024],
      ["small", 1000],
    ] as const) {
      test(`test_hwm_pubsub/test_defaults_${size}: as many as the mark arrive, whatever the reader does meanwhile`, async (t) => {
        const [pub, sub] = await pair(sockets(t), messages, messages);
        assert.equal(fill(pub, messages), messages);
        await take(sub, messages);
        assert.equal(pub.stats().drops.hwm, 0);
      });
    }

    test("test_hwm_pubsub/test_blocking: with noDrop sending stops, and every message that was taken arrives", async (t) => {
      const [pub, sub] = await pair(sockets(t), 100, 100, true);
      const sent = fill(pub, 20_000, Buffer.alloc(32 * 1024));
      assert.ok(sent >= 100 && sent < 20_000, `${sent} were taken`);
      await take(sub, sent);
      assert.equal(pub.trySend("goes on"), true);
      await take(sub, 1);
    });

    test("test_hwm_pubsub/test_reset_hwm: a queue that was emptied takes as many again", async (t) => {
      const [pub, sub] = await pair(sockets(t), 11_024, 11_024);
      assert.equal(fill(pub, 9999), 9999);
      await take(sub, 9999);
      assert.equal(fill(pub, 1100), 1100);
      await take(sub, 1100);
      assert.equal(pub.stats().drops.hwm, 0);
    });

    test("what is beyond it is dropped for the slow subscriber alone, and counted", async (t) => {
      const use = sockets(t);
      const [pub, slow] = await pair(use, 10, 10);
      const body = Buffer.alloc(64 * 1024);
      const total = fill(pub, 1000, body);
      assert.equal(total, 1000, "a PUB never waits");
      const { drops, queuedOut, messagesDelivered } = pub.stats();
      assert.ok(drops.hwm > 0);
      assert.equal(drops.hwm + queuedOut + messagesDelivered, total);
      await take(slow, total - drops.hwm);
      await until("the queue to be empty", () => pub.stats().queuedOut === 0);
    });
  });
}

test("a mark counts messages, not frames", (t) => {
  const use = sockets(t);
  const dealer = use(new Dealer({ sendHighWaterMark: 3 }));
  dealer.connect(fresh("inproc"));
  let count = 0;
  while (dealer.trySend(["a", "b", "c"])) count++;
  assert.equal(count, 3);
});
