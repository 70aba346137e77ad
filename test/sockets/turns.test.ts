import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { Publisher, Pull, Push, Subscriber } from "../../src/index.ts";
import { meet } from "../support/meeting.ts";
import { sockets } from "../support/sockets.ts";

/** Counts what is done between two turns of the event loop, and keeps the most. */
class Counter {
  most = 0;
  #now = 0;

  constructor(t: TestContext) {
    let next: NodeJS.Immediate;
    const turned = (): void => {
      this.#now = 0;
      next = setImmediate(turned);
    };
    next = setImmediate(turned);
    t.after(() => clearImmediate(next));
  }

  did(what: number): void {
    this.most = Math.max(this.most, (this.#now += what));
  }
}

describe("what one turn of the event loop is held for", () => {
  test("no more than 512 sends", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 0 }));
    await meet(use(new Pull({ receiveHighWaterMark: 0 })), push, "tcp");
    const counter = new Counter(t);
    for (let left = 5000; left > 0; left--) {
      await push.send("x");
      counter.did(1);
    }
    assert.ok(counter.most <= 2 * 512, `${counter.most} sends`); // a turn may begin between two counts
  });

  for (const [size, most] of [
    [1, 32_768],
    [65_536, 32_768 / 65],
  ] as const) {
    test(`no more than ${Math.floor(most)} copies of published messages of ${size} B`, async (t) => {
      const use = sockets(t);
      const publisher = use(new Publisher({ sendHighWaterMark: 2, linger: 0 }));
      const subscribers = 100;
      for (let left = subscribers; left > 0; left--) {
        const subscriber = use(new Subscriber({ receiveHighWaterMark: 2 }));
        await meet(publisher, subscriber, "inproc");
        subscriber.subscribe("");
      }
      const counter = new Counter(t);
      const message = Buffer.alloc(size);
      for (let left = 1000; left > 0; left--) {
        await publisher.send(message);
        counter.did(subscribers);
      }
      assert.ok(counter.most <= 2 * (most + subscribers), `${counter.most} copies`);
    });
  }

  test("no more than 16,384 messages for a handler, however small and however many a read brings", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 0 }));
    const pull = use(new Pull({ receiveHighWaterMark: 0 }));
    await meet(pull, push, "tcp");
    const counter = new Counter(t);
    let left = 100_000;
    const all = new Promise<void>((resolve) => {
      pull.onMessage(() => {
        counter.did(1);
        if (--left === 0) resolve();
      });
    });
    for (let sent = 100_000; sent > 0; sent--) assert.ok(push.trySend("x"));
    await all;
    assert.ok(counter.most <= 2 * 16_384, `${counter.most} messages`);
  });
});
