import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dealer, Publisher, Pull, Push, Subscriber } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { fresh, KINDS } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";

for (const kind of KINDS) {
  describe(`conflate over ${kind}`, () => {
    test("test_conflate/test_conflate: only the newest message waits; those before it are dropped as hwm", async (t) => {
      const use = sockets(t);
      const pull = use(new Pull({ conflate: true }));
      const push = use(new Push({ conflate: true }));
      await meet(pull, push, kind);
      for (let count = 0; count < 20; count++) await push.send(String(count));
      const gone = (): number => push.stats().drops.hwm + pull.stats().drops.hwm;
      // In one process both sockets see the one queue and its drops.
      await until("all but one to be replaced", () => gone() >= 19);
      assert.deepEqual(await next(pull), ["19"]);
      assert.equal(pull.tryReceive(), undefined);
    });

    test("a SUB keeps all its subscriptions, which libzmq replaces too, and the newest message of all", async (t) => {
      const use = sockets(t);
      const pub = use(new Publisher());
      const sub = use(new Subscriber({ conflate: true }));
      sub.subscribe("a", "b", "c");
      await meet(pub, sub, kind);
      for (const topic of ["a", "b", "c"]) await pub.ready({ subscribers: 1, topic, timeout: 5000 });
      for (const topic of ["a1", "b1", "c1", "x", "a2"]) await pub.send(topic);
      await until("the last message", () => sub.stats().messagesReceived >= 4 || kind === "inproc");
      assert.deepEqual(await next(sub), ["a2"]);
    });
  });
}

test("what waits to be sent is one message, too, and no mark stops the sender", async (t) => {
  const use = sockets(t);
  const dealer = use(new Dealer({ conflate: true, sendHighWaterMark: 1 }));
  const address = fresh("inproc");
  dealer.connect(address);
  for (let count = 0; count < 1000; count++) assert.equal(dealer.trySend(String(count)), true);
  assert.equal(dealer.stats().queuedOut, 1);
  assert.equal(dealer.stats().drops.hwm, 999);
  const peer = use(new Dealer());
  peer.bindSync(address);
  assert.deepEqual(await next(peer), ["999"]);
});
