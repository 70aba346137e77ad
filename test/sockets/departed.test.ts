import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Pull, Push, XPublisher, XSubscriber } from "../../src/index.ts";
import { bound } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { until } from "../conformance/recorders.ts";
import { Watch } from "../support/watch.ts";

const PATIENCE = { timeout: 5000 };

describe("what peers left behind", () => {
  test("keeps newcomers out once maxDeparted of them did, until it is read; nothing of it is lost", async (t) => {
    const use = sockets(t);
    const pull = use(new Pull({ maxDeparted: 2 }));
    const address = bound(pull, "tcp");
    for (const text of ["one", "two"]) {
      const push = use(new Push());
      push.connect(address);
      await push.send(text);
      await push.drain(PATIENCE);
      await until(`"${text}" to arrive`, () => pull.stats().messagesReceived > 0);
      push.close();
      await until("it to be gone", () => pull.stats().peers === 0);
    }
    const third = use(new Push({ reconnectInterval: 10 }));
    const watch = new Watch(pull);
    third.connect(address);
    await third.send("three");
    const { error } = await watch.first("accept:error");
    assert.match(String(error), /2 peers have left messages that nobody has received \(maxDeparted\)/);
    const got = [await next(pull), await next(pull), await next(pull)].flat().sort();
    assert.deepEqual(got, ["one", "three", "two"]);
  });

  test("at an XPUB that nobody reads: each peer no more than the mark, and the oldest goes first", async (t) => {
    const use = sockets(t);
    const pub = use(new XPublisher({ receiveHighWaterMark: 3, maxDeparted: 2 }));
    const address = bound(pub, "tcp");
    for (let count = 1; count <= 4; count++) {
      const sub = use(new XSubscriber());
      sub.connect(address);
      await sub.ready(PATIENCE);
      for (let at = 0; at < 5; at++) await sub.send(`${count}${at}`);
      await sub.drain(PATIENCE);
      await until("all to arrive", () => pub.stats().messagesReceived === count * 5);
      sub.close();
      await until("its leaving to be noticed", () => pub.stats().peers === 0);
    }
    const { drops, queuedIn } = pub.stats();
    assert.deepEqual({ hwm: drops.hwm, unread: drops.unread, queuedIn }, { hwm: 8, unread: 6, queuedIn: 6 });
    const left = [];
    for (let at = 0; at < 6; at++) left.push(...(await next(pub)));
    assert.deepEqual(left.sort(), ["30", "31", "32", "40", "41", "42"]);
  });
});
