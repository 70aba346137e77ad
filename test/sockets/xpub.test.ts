import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { Publisher, Subscriber, XPublisher, XSubscriber } from "../../src/index.ts";
import { meet } from "../support/meeting.ts";
import { KINDS } from "../support/places.ts";
import { sockets, type Use } from "../support/sockets.ts";
import { notice, notices } from "../support/subscription-notices.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

/** Checks that nothing was told before what a new subscription tells. */
async function nothingMore(pub: XPublisher, sub: Subscriber): Promise<void> {
  sub.subscribe("~mark");
  await notices(pub, "+~mark");
  sub.unsubscribe("~mark");
  await notices(pub, "-~mark");
}

/** An XPUB and as many subscribers, connected. */
async function xpub(use: Use, options: object, subscribers: number): Promise<[XPublisher, ...Subscriber[]]> {
  const pub = use(new XPublisher(options));
  const subs = Array.from({ length: subscribers }, () => use(new Subscriber()));
  let address: string | undefined;
  for (const [index, sub] of subs.entries()) {
    if (address === undefined) address = await meet(pub, sub, "tcp");
    else sub.connect(address);
    await pub.ready({ peers: index + 1, timeout: 5000 });
    await sub.ready({ timeout: 5000 });
  }
  return [pub, ...subs];
}

describe("what an XPUB hears of subscriptions", () => {
  test("test_xpub_verbose/test_xpub_verbose_one_sub: a repeated one only with allSubs", async (t) => {
    const [pub, sub] = (await xpub(sockets(t), {}, 1)) as [XPublisher, Subscriber];
    sub.subscribe("A");
    sub.subscribe("B");
    await notices(pub, "+A", "+B");
    sub.subscribe("A");
    await nothingMore(pub, sub);
    pub.verbosity = "allSubs";
    sub.subscribe("A");
    await notices(pub, "+A");
    await pub.send("A");
    await pub.send("B");
    assert.deepEqual([await next(sub), await next(sub)], [["A"], ["B"]]);
  });

  test("test_xpub_verbose/test_xpub_verbose_two_subs: another peer's, too, only with allSubs", async (t) => {
    const [pub, one, two] = (await xpub(sockets(t), {}, 2)) as [XPublisher, Subscriber, Subscriber];
    one.subscribe("A");
    await notices(pub, "+A");
    two.subscribe("A");
    await nothingMore(pub, two);
    two.subscribe("B");
    await notices(pub, "+B");
    pub.verbosity = "allSubs";
    one.subscribe("A");
    await notices(pub, "+A");
    one.subscribe("B");
    await notices(pub, "+B");
    one.unsubscribe("B");
    await nothingMore(pub, one);
    two.unsubscribe("B");
    await notices(pub, "-B");
    await pub.send("A");
    assert.deepEqual([await next(one), await next(two)], [["A"], ["A"]]);
  });

  test("test_xpub_verbose/test_xpub_verboser_one_sub: the end of one when the subscriber has no more of it", async (t) => {
    const [pub, sub] = (await xpub(sockets(t), { verbosity: "allSubsUnsubs" }, 1)) as [XPublisher, Subscriber];
    for (let count = 0; count < 3; count++) sub.subscribe("A");
    await notices(pub, "+A", "+A", "+A");
    sub.unsubscribe("A");
    sub.unsubscribe("A");
    await nothingMore(pub, sub);
    await pub.send("A");
    assert.deepEqual(await next(sub), ["A"]);
    sub.unsubscribe("A");
    await notices(pub, "-A");
  });

  test("test_xpub_verbose/test_xpub_verboser_two_subs: every end of one with allSubsUnsubs", async (t) => {
    const [pub, one, two] = (await xpub(sockets(t), {}, 2)) as [XPublisher, Subscriber, Subscriber];
    one.subscribe("A");
    await notices(pub, "+A");
    two.subscribe("A");
    await nothingMore(pub, two);
    one.unsubscribe("A");
    await nothingMore(pub, one);
    pub.verbosity = "allSubsUnsubs";
    one.subscribe("A");
    await notices(pub, "+A");
    one.unsubscribe("A");
    await notices(pub, "-A");
    two.unsubscribe("A");
    await notices(pub, "-A");
  });

  test("allSubs after allSubsUnsubs switches the ends off again", async (t) => {
    const [pub, one, two] = (await xpub(sockets(t), { verbosity: "allSubsUnsubs" }, 2)) as [
      XPublisher,
      Subscriber,
      Subscriber,
    ];
    one.subscribe("A");
    two.subscribe("A");
    await notices(pub, "+A", "+A");
    pub.verbosity = "allSubs";
    one.unsubscribe("A");
    await nothingMore(pub, one);
  });

  test("the end of what a lost peer alone had, and with allSubsUnsubs of all it had", async (t) => {
    for (const [verbosity, told] of [
      [null, ["-B"]],
      ["allSubsUnsubs", ["-A", "-B"]],
    ] as const) {
      const [pub, one, two] = (await xpub(sockets(t), { verbosity }, 2)) as [XPublisher, Subscriber, Subscriber];
      one.subscribe("A");
      await notices(pub, "+A");
      two.subscribe("A");
      if (verbosity !== null) await notices(pub, "+A");
      two.subscribe("B");
      await notices(pub, "+B");
      two.close();
      const heard = [];
      for (let count = 0; count < told.length; count++) heard.push(await notice(pub));
      assert.deepEqual(heard.sort(), told);
      await nothingMore(pub, one);
      assert.equal(pub.topicsCount, 1);
    }
  });

  test("test_xpub_topic/test_xpub_subscribe_long_topic: a topic of any length", async (t) => {
    for (const length of [255, 256, 1000, 100_000]) {
      const [pub, sub] = (await xpub(sockets(t), {}, 1)) as [XPublisher, Subscriber];
      const topic = "x".repeat(length);
      sub.subscribe(topic);
      await notices(pub, `+${topic}`);
      await pub.send([`${topic}tail`, "body"]);
      assert.deepEqual(await next(sub), [`${topic}tail`, "body"]);
    }
  });
});

describe("an XPUB", () => {
  test("test_xpub_manual/test_user_message: receives what is no subscription as it is", async (t) => {
    const use = sockets(t);
    const pub = use(new XPublisher());
    const sub = use(new XSubscriber());
    await meet(pub, sub, "tcp");
    await sub.send("\x02data");
    await sub.send("A");
    await sub.send("");
    await notices(pub, "\x02data", "A", "");
  });

  test("test_xpub_manual/test_user_message_multi: does not look for subscriptions beyond the first frame", async (t) => {
    const use = sockets(t);
    const pub = use(new XPublisher({ onlyFirstSubscribe: true }));
    const sub = use(new XSubscriber({ onlyFirstSubscribe: true }));
    await meet(pub, sub, "tcp");
    for (const second of ["\x01B", "\x00B", "\x02B"]) {
      await sub.send(["A", second]);
      await notices(pub, `A|${second}`);
    }
    assert.equal(pub.topicsCount, 0);
  });

  for (const kind of KINDS) {
    test(`takes requests from every frame of a message, unless onlyFirstSubscribe is set, over ${kind}`, async (t) => {
      const use = sockets(t);
      const pub = use(new XPublisher());
      const sub = use(new XSubscriber());
      await meet(pub, sub, kind);
      await sub.send(["\x01A", "\x02data", "\x01B", "\x00A"]);
      await notices(pub, "+A", "+B", "-A", "\x02data");
      assert.deepEqual([pub.topicsCount, sub.topicsCount], [1, 1]);
      // Live on both sides.
      pub.onlyFirstSubscribe = sub.onlyFirstSubscribe = true;
      await sub.send(["\x02data", "\x01C"]);
      await notices(pub, "\x02data|\x01C");
      await sub.send(["\x01C", "\x01D"]);
      await notices(pub, "+C", "+D");
      assert.equal(pub.topicsCount, 3);
    });
  }

  for (const kind of KINDS) {
    test(`test_xpub_welcome_msg/test: greets each new subscriber, over ${kind}`, async (t) => {
      const use = sockets(t);
      const pub = use(new XPublisher({ welcomeMessage: "W" }));
      const subs = [use(new Subscriber()), use(new Subscriber())] as const;
      for (const sub of subs) sub.subscribe("W");
      const address = await meet(pub, subs[0], kind);
      subs[1].connect(address);
      for (const sub of subs) assert.deepEqual(await next(sub), ["W"]);
      await notices(pub, "+W");
    });

    test(`test_xpub_nodrop/test: sends all or nothing, and waits, with noDrop, over ${kind}`, async (t) => {
      const use = sockets(t);
      const pub = use(new XPublisher({ noDrop: true, sendHighWaterMark: 20 }));
      const [slow, quick] = [use(new Subscriber({ receiveHighWaterMark: 20 })), use(new Subscriber())];
      for (const sub of [slow, quick]) sub.subscribe();
      const address = await meet(pub, slow, kind);
      quick.connect(address);
      await pub.ready({ subscribers: 2, timeout: 5000 });
      const body = Buffer.alloc(64 * 1024);
      let sent = 0;
      while (pub.trySend(["", String(sent), body])) sent++;
      assert.ok(sent >= 20);
      await assert.rejects(pub.send("", { timeout: 0 }), zmqError("EAGAIN"));
      for (const sub of [slow, quick]) {
        for (let count = 0; count < sent; count++) {
          assert.equal((await sub.receive({ timeout: 5000 }))[1]?.toString(), String(count));
        }
      }
      await pub.send("", { timeout: 5000 });
      assert.equal(pub.stats().drops.hwm, 0);
    });
  }
});

test("a PUB waits as well with noDrop, and goes on when the slow subscriber leaves", async (t: TestContext) => {
  const use = sockets(t);
  const pub = use(new Publisher({ noDrop: true, sendHighWaterMark: 1 }));
  const slow = use(new Subscriber({ receiveHighWaterMark: 1 }));
  slow.subscribe();
  await meet(pub, slow, "inproc");
  await pub.ready({ subscribers: 1, timeout: 5000 });
  while (pub.trySend("m"));
  const waiting = pub.send("last", { timeout: 5000 });
  slow.close();
  await waiting;
  assert.equal(pub.stats().drops["no-peer"], 1);
});
