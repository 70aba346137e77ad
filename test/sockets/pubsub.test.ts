import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { Publisher, Subscriber, XPublisher, XSubscriber } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { KINDS } from "../support/places.ts";
import { frame, GREETING, RawHost, RawPeer, ready } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";

const PATIENCE = { timeout: 5000 };

/** The same greeting as of ZMTP 3.0, whose peers subscribe by messages. */
const GREETING_30 = Buffer.from(GREETING).fill(0, 11, 12);

for (const kind of KINDS) {
  describe(`PUB and SUB over ${kind}`, () => {
    test("test_sub_forward/test: subscriptions go up and messages down through a device", async (t) => {
      const use = sockets(t);
      const [pub, back] = [use(new Publisher()), use(new XSubscriber())];
      const [front, sub] = [use(new XPublisher()), use(new Subscriber())];
      await meet(pub, back, kind);
      await meet(front, sub, kind);
      sub.subscribe("A");
      await back.send(await front.receive(PATIENCE));
      await pub.ready({ ...PATIENCE, subscribers: 1, topic: "A" });
      await pub.send("A");
      await front.send(await back.receive(PATIENCE));
      assert.deepEqual(await next(sub), ["A"]);
    });

    test("each subscriber gets what begins with one of its topics, once", async (t) => {
      const use = sockets(t);
      const pub = use(new Publisher());
      const subs = [use(new Subscriber()), use(new Subscriber()), use(new Subscriber())] as const;
      subs[0].subscribe("a", "ab");
      subs[1].subscribe("abc", "z");
      subs[2].subscribe();
      const address = await meet(pub, subs[0], kind);
      for (const sub of subs.slice(1)) sub.connect(address);
      await pub.ready({ ...PATIENCE, peers: 3 });
      await pub.ready({ ...PATIENCE, subscribers: 3, topic: "abc" });
      for (const topic of ["abcd", "ab", "b", ""]) await pub.send([topic, "body"]);
      assert.deepEqual([(await next(subs[0]))[0], (await next(subs[0]))[0]], ["abcd", "ab"]);
      assert.deepEqual((await next(subs[1]))[0], "abcd");
      const all = [];
      for (let count = 0; count < 4; count++) all.push((await next(subs[2]))[0]);
      assert.deepEqual(all, ["abcd", "ab", "b", ""]);
    });

    test("test_pub_invert_matching/test: both sides inverted, what does not match is received", async (t) => {
      const use = sockets(t);
      const pub = use(new Publisher({ invertMatching: true }));
      const subs = [
        use(new Subscriber({ invertMatching: true })),
        use(new Subscriber({ invertMatching: true })),
      ] as const;
      for (const sub of subs) sub.subscribe("prefix1");
      subs[1].subscribe("p2");
      const address = await meet(pub, subs[0], kind);
      subs[1].connect(address);
      await pub.ready({ ...PATIENCE, subscribers: 2, topic: "prefix1" });
      await pub.ready({ ...PATIENCE, subscribers: 1, topic: "p2" });
      for (const topic of ["prefix1", "p2", "other"]) await pub.send(topic);
      assert.deepEqual([await next(subs[0]), await next(subs[0])], [["p2"], ["other"]]);
      assert.deepEqual(await next(subs[1]), ["other"]);
    });

    test("subscriptions made before and after connect() are all told", async (t) => {
      const use = sockets(t);
      const pub = use(new Publisher());
      const sub = use(new Subscriber());
      sub.subscribe("before");
      await meet(pub, sub, kind);
      sub.subscribe("after");
      for (const topic of ["before", "after"]) await pub.ready({ ...PATIENCE, subscribers: 1, topic });
    });

    test("topics are counted: each subscribe has to be undone", async (t) => {
      const use = sockets(t);
      const pub = use(new Publisher());
      const sub = use(new Subscriber());
      await meet(pub, sub, kind);
      sub.subscribe("a", "a");
      sub.unsubscribe("a");
      sub.subscribe("mark");
      await pub.ready({ ...PATIENCE, subscribers: 1, topic: "mark" });
      assert.equal(pub.topicsCount, 2);
      sub.unsubscribe("a");
      await until("one topic", () => pub.topicsCount === 1);
      sub.unsubscribe("never subscribed");
    });

    test("data that is sent upstream is dropped by a PUB, and counted", async (t) => {
      const use = sockets(t);
      const pub = use(new Publisher());
      const sub = use(new XSubscriber());
      await meet(pub, sub, kind);
      await sub.send("data");
      await sub.send("\x01topic");
      await until("the drop", () => pub.stats().drops.refused === 1);
      await pub.ready({ ...PATIENCE, subscribers: 1, topic: "topic" });
    });
  });
}

describe("what a message to nobody counts as", () => {
  test("no-peer without peers, no-subscriber without a match", async (t) => {
    const use = sockets(t);
    const pub = use(new Publisher());
    await pub.send("a");
    const sub = use(new Subscriber());
    await meet(pub, sub, "tcp");
    await pub.send("b");
    const { drops } = pub.stats();
    assert.deepEqual([drops["no-peer"], drops["no-subscriber"]], [1, 1]);
  });

  test("filtered, at a subscriber whose publisher does not filter", async (t) => {
    const host = await RawHost.listen(t);
    const sub = sockets(t)(new Subscriber());
    sub.subscribe("A");
    sub.connect(host.endpoint);
    const peer = await host.accepts();
    await peer.shake("PUB");
    peer.send(frame("B", false), frame("A", false));
    assert.deepEqual(await next(sub), ["A"]);
    assert.equal(sub.stats().drops.filtered, 1);
  });
});

describe("the wire form of subscriptions", () => {
  const command = Buffer.from("\x04\x0b\x09SUBSCRIBEA", "latin1");
  const cancel = Buffer.from("\x04\x08\x06CANCELA", "latin1");
  const cases = [
    ["test_mock_sub_command", command, cancel],
    ["test_mock_sub_legacy", frame("\x01A", false), frame("\x00A", false)],
  ] as const;
  for (const [name, subscribe, unsubscribe] of cases) {
    test(`test_mock_pub_sub/${name}: is understood by an XPUB, and twice is once`, async (t) => {
      const use = sockets(t);
      const pub = use(new XPublisher());
      pub.bindSync("tcp://127.0.0.1:*");
      const peer = await RawPeer.dial(t, pub.lastEndpoint ?? "");
      await peer.shake("SUB");
      peer.send(subscribe, subscribe);
      assert.deepEqual(await next(pub), ["\x01A"]);
      await pub.send("ALOL");
      await peer.gets("\x00\x04ALOL");
      peer.send(unsubscribe);
      assert.deepEqual(await next(pub), ["\x00A"]);
      assert.equal(pub.topicsCount, 0);
    });
  }

  for (const [name, greeting, wanted, ended] of [
    ["test_mock_pub_command", GREETING, "\x04\x0b\x09SUBSCRIBEA", "\x04\x08\x06CANCELA"],
    ["test_mock_pub_legacy", GREETING_30, "\x00\x02\x01A", "\x00\x02\x00A"],
  ] as const) {
    test(`test_mock_pub_sub/${name}: is what the publisher's version understands`, async (t) => {
      const host = await RawHost.listen(t);
      const sub = sockets(t)(new Subscriber());
      sub.subscribe("A");
      sub.connect(host.endpoint);
      const peer = await host.accepts();
      peer.send(greeting, ready("PUB"));
      await peer.gets(wanted);
      peer.send(frame("ALOL", false));
      assert.deepEqual(await next(sub), ["ALOL"]);
      sub.unsubscribe("A");
      await peer.gets(ended);
    });
  }
});

describe("topicsCount", () => {
  test("test_pubsub_topics_count/test_independent_topic_prefixes: counts different topics, here and there", async (t) => {
    const use = sockets(t);
    const pub = use(new Publisher());
    const sub = use(new Subscriber());
    await meet(pub, sub, "inproc");
    const topics = ["topicprefix1", "topicprefix2", "topicprefix3"];
    for (const [count, topic] of topics.entries()) {
      assert.deepEqual([pub.topicsCount, sub.topicsCount], [count, count]);
      sub.subscribe(topic);
    }
    for (const [count, topic] of topics.entries()) {
      assert.deepEqual([pub.topicsCount, sub.topicsCount], [3 - count, 3 - count]);
      sub.unsubscribe(topic);
    }
    assert.deepEqual([pub.topicsCount, sub.topicsCount], [0, 0]);
  });

  test("test_pubsub_topics_count/test_nested_topic_prefixes: counts one that begins with another by itself", async (t) => {
    const use = sockets(t);
    const pub = use(new Publisher());
    const sub = use(new Subscriber());
    await meet(pub, sub, "tcp");
    const topics = Array.from({ length: 10 }, (_, length) => "topic".padEnd(5 + length, "x"));
    sub.subscribe(...topics, ...topics);
    await until("ten topics", () => pub.topicsCount === 10);
    assert.equal(sub.topicsCount, 10);
    sub.unsubscribe(...topics);
    assert.equal(sub.topicsCount, 10);
    sub.unsubscribe(...topics);
    await until("none", () => pub.topicsCount === 0);
    assert.equal(sub.topicsCount, 0);
  });
});

describe("many subscriptions", () => {
  test("20,000 topics pass a high-water mark of 10, at first and after a reconnect: libzmq loses those beyond it", async (t) => {
    const use = sockets(t);
    const sub = use(new Subscriber({ sendHighWaterMark: 10, reconnectInterval: 5 }));
    const topics = Array.from({ length: 20_000 }, (_, count) => `topic-${count}`);
    sub.subscribe(...topics.slice(0, 15_000));
    const first = use(new XPublisher({ receiveHighWaterMark: 10 }));
    const address = await meet(first, sub, "tcp");
    sub.subscribe(...topics.slice(15_000));
    await until("all topics", () => first.topicsCount === 20_000);
    sub.unsubscribe(...topics.slice(19_000));
    await until("all but the last", () => first.topicsCount === 19_000);
    first.linger = 0;
    first.close();
    const second = use(new XPublisher());
    second.bindSync(address);
    await until("all topics again", () => second.topicsCount === 19_000);
    assert.equal(second.stats().messagesReceived, 19_000);
  });

  test("those of a subscriber that comes back to a publisher that dials replace what it had", async (t) => {
    const use = sockets(t);
    const pub = use(new XPublisher({ reconnectInterval: 5 }));
    const one = use(new Subscriber());
    one.subscribe("old");
    const address = await meet(one, pub, "tcp");
    await until("the topic", () => pub.topicsCount === 1);
    one.close();
    const two = use(new Subscriber());
    two.subscribe("new");
    await until("the address to be free", () => {
      try {
        two.bindSync(address);
        return true;
      } catch {
        return false;
      }
    });
    await pub.ready({ ...PATIENCE, subscribers: 1, topic: "new" });
    assert.equal(pub.topicsCount, 1);
    assert.deepEqual([await next(pub), await next(pub), await next(pub)], [["\x01old"], ["\x00old"], ["\x01new"]]);
  });

  test("beyond maxSubscriptions end the peer that makes them, and no other", async (t) => {
    const use = sockets(t);
    const pub = use(new Publisher({ maxSubscriptions: 100 }));
    const good = use(new Subscriber());
    good.subscribe("good");
    await meet(pub, good, "tcp");
    await pub.ready({ ...PATIENCE, subscribers: 1, topic: "good" });
    const watch = new Watch(pub);
    const peer = await RawPeer.dial(t, pub.lastEndpoint ?? "");
    await peer.shake("SUB");
    for (let count = 0; count < 200; count++) peer.send(frame(`\x01topic-${count}`, false));
    await peer.ends();
    assert.match((await watch.first("disconnect")).reason ?? "", /100 subscriptions/);
    assert.equal(pub.topicsCount, 1);
    await pub.send("good");
    assert.deepEqual(await next(good), ["good"]);
  });
});

test("subscriptions of a listener that only opens the connection are not lost either", async (t) => {
  const use = sockets(t);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // listens on tcp
  const sub = use(new Subscriber({ reconnectInterval: 5 }));
  sub.subscribe("A");
  server.once("connection", (stream) => {
    stream.destroy();
    server.close();
  });
  sub.connect(`tcp://127.0.0.1:${port}`);
  await new Promise<void>((resolve) => server.once("close", () => resolve()));
  const pub = use(new Publisher());
  pub.bindSync(`tcp://127.0.0.1:${port}`);
  await pub.ready({ ...PATIENCE, subscribers: 1, topic: "A" });
});
