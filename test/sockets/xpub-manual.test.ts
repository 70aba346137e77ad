import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Subscriber, XPublisher, XSubscriber } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { sockets, type Use } from "../support/sockets.ts";
import { notice, notices } from "../support/subscription-notices.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

for (const option of ["manual", "manualLastValue"] as const) {
  const name = option === "manual" ? "test_xpub_manual" : "test_xpub_manual_last_value";
  const manual = { [option]: true };

  async function pair(use: Use): Promise<[XPublisher, XSubscriber]> {
    const pub = use(new XPublisher(manual));
    const sub = use(new XSubscriber());
    await meet(pub, sub, "tcp");
    return [pub, sub];
  }

  describe(`an XPUB with ${option}`, () => {
    test(`${name}/test_basic: subscribes the peer to what the user says, not to what it asked for`, async (t) => {
      const [pub, sub] = await pair(sockets(t));
      await sub.send("\x01A");
      await notices(pub, "+A");
      pub.subscribe("XA");
      await pub.send("A");
      await pub.send("XA");
      assert.deepEqual(await next(sub), ["XA"]);
    });

    test(`${name}/test_unsubscribe_manual: ends what the user says`, async (t) => {
      const [pub, sub] = await pair(sockets(t));
      await sub.send("\x01A");
      await notices(pub, "+A");
      pub.subscribe("XA");
      await sub.send("\x01B");
      await notices(pub, "+B");
      pub.subscribe("XB");
      await sub.send("\x00A");
      await notices(pub, "-A");
      pub.unsubscribe("XA");
      await sub.send("\x00B");
      await notices(pub, "-B");
      await pub.send("XA");
      await pub.send("XB");
      assert.deepEqual(await next(sub), ["XB"]);
    });

    test(`${name}/test_xpub_proxy_unsubscribe_on_disconnect: tells the end of each request of a peer that left`, async (t) => {
      const use = sockets(t);
      const pub = use(new XPublisher(manual));
      const [one, two] = [use(new XSubscriber()), use(new XSubscriber())];
      const address = await meet(pub, one, "tcp");
      two.connect(address);
      await pub.ready({ peers: 2, timeout: 5000 });
      await two.ready({ timeout: 5000 });
      for (const sub of [one, two]) {
        await sub.send("\x01A");
        await notices(pub, "+A");
        pub.subscribe("A");
      }
      one.close();
      await notices(pub, "-A");
      pub.unsubscribe("A");
      await pub.send("A");
      assert.deepEqual(await next(two), ["A"]);
      two.close();
      await notices(pub, "-A");
      assert.equal(pub.topicsCount, 0);
    });

    test(`${name}/test_missing_subscriptions: acts for whose request was received, however many wait`, async (t) => {
      const use = sockets(t);
      const pub = use(new XPublisher(manual));
      const subs = [use(new XSubscriber()), use(new XSubscriber())] as const;
      const address = await meet(pub, subs[0], "tcp");
      subs[1].connect(address);
      await pub.ready({ peers: 2, timeout: 5000 });
      await subs[1].ready({ timeout: 5000 });
      await subs[0].send("\x01one");
      await subs[1].send("\x01two");
      await until("both requests", () => pub.stats().messagesReceived === 2);
      for (let count = 0; count < 2; count++) pub.subscribe((await notice(pub)).slice(1));
      if (option === "manualLastValue") await pub.send("for the last asker only");
      await pub.send("one");
      await pub.send("two");
      assert.deepEqual(await next(subs[0]), ["one"]);
      assert.deepEqual(await next(subs[1]), ["two"]);
    });

    test(`${name}/test_unsubscribe_cleanup: forgets all of a peer that left`, async (t) => {
      const use = sockets(t);
      const pub = use(new XPublisher(manual));
      const one = use(new XSubscriber());
      const address = await meet(pub, one, "tcp");
      await one.send("\x01A");
      await notices(pub, "+A");
      pub.subscribe("XA");
      one.close();
      await notices(pub, "-A");
      pub.unsubscribe("XA");
      const two = use(new XSubscriber());
      two.connect(address);
      await pub.ready({ peers: 1, timeout: 5000 });
      await two.ready({ timeout: 5000 });
      await two.send("\x01B");
      await notices(pub, "+B");
      pub.subscribe("XB");
      assert.equal(pub.topicsCount, 1);
      await pub.send("XA");
      await pub.send("XB");
      assert.deepEqual(await next(two), ["XB"]);
    });

    test("subscribes nobody when who asked has left meanwhile", async (t) => {
      const use = sockets(t);
      const [pub, sub] = await pair(use);
      await sub.send("\x01A");
      await until("the request", () => pub.stats().messagesReceived === 1);
      sub.close();
      await until("the end of it", () => pub.stats().messagesReceived === 2);
      await notices(pub, "+A");
      pub.subscribe("A");
      assert.equal(pub.topicsCount, 0);
      await notices(pub, "-A");
    });
  });
}

describe("whom an XPUB acts for", () => {
  test("takes user data for no request: manual subscriptions stay with the last asker", async (t) => {
    const use = sockets(t);
    const pub = use(new XPublisher({ manual: true }));
    const [asker, talker] = [use(new XSubscriber()), use(new XSubscriber())];
    const address = await meet(pub, asker, "tcp");
    talker.connect(address);
    await pub.ready({ peers: 2, timeout: 5000 });
    await talker.ready({ timeout: 5000 });
    await asker.send("\x01A");
    await notices(pub, "+A");
    await talker.send("data");
    await notices(pub, "data");
    pub.subscribe("A");
    await pub.send("A");
    assert.deepEqual(await next(asker), ["A"]);
  });

  test("test_xpub_manual_last_value/test_manual_last_value: sends the next message to the last asker only", async (t) => {
    const use = sockets(t);
    const pub = use(new XPublisher({ manualLastValue: true }));
    const subs = [use(new Subscriber()), use(new Subscriber())] as const;
    const address = await meet(pub, subs[0], "tcp");
    subs[1].connect(address);
    await pub.ready({ peers: 2, timeout: 5000 });
    for (const sub of subs) {
      sub.subscribe("A");
      await notices(pub, "+A");
      pub.subscribe("A");
      await pub.send(["A", "last value"]);
      assert.deepEqual(await next(sub), ["A", "last value"]);
    }
    await pub.send(["A", "to all"]);
    for (const sub of subs) assert.deepEqual(await next(sub), ["A", "to all"]);
  });

  test("sends the last asker nothing that it is not subscribed to", async (t) => {
    const use = sockets(t);
    const pub = use(new XPublisher({ manualLastValue: true }));
    const sub = use(new XSubscriber());
    await meet(pub, sub, "tcp");
    await sub.send("\x01A");
    await notices(pub, "+A");
    pub.subscribe("A");
    await pub.send("B");
    await pub.send("A");
    assert.deepEqual(await next(sub), ["A"]);
    assert.equal(pub.stats().drops["no-subscriber"], 1);
  });

  test("subscribes nobody without manual", (t) => {
    const pub = sockets(t)(new XPublisher());
    assert.throws(() => pub.subscribe("A"), zmqError("EINVAL", "manual"));
  });
});
