import assert from "node:assert/strict";
import { test } from "node:test";
import { XPublisher, XSubscriber } from "../../src/index.ts";
import { meet } from "../support/meeting.ts";
import { KINDS } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";

test("test_xsub_verbose/test_xsub_verbose_unsubscribe: passes on every end of a subscription with verboseUnsubscribe", async (t) => {
  const use = sockets(t);
  const pub = use(new XPublisher({ verbosity: "allSubsUnsubs" }));
  const sub = use(new XSubscriber());
  await meet(pub, sub, "tcp");
  for (const request of ["\x01A", "\x01A", "\x00A", "\x00A", "\x00A"]) await sub.send(request);
  for (const told of ["\x01A", "\x01A", "\x00A"]) assert.deepEqual(await next(pub), [told]);
  sub.verboseUnsubscribe = true;
  for (const request of ["\x01A", "\x01A", "\x00A", "\x00A", "\x00A"]) await sub.send(request);
  for (const told of ["\x01A", "\x01A", "\x00A", "\x00A", "\x00A"]) assert.deepEqual(await next(pub), [told]);
});

for (const kind of KINDS) {
  test(`an XSUB does not filter what it receives, over ${kind}`, async (t) => {
    const use = sockets(t);
    const pub = use(new XPublisher({ manual: true }));
    const sub = use(new XSubscriber());
    await meet(pub, sub, kind);
    await sub.send("\x01A");
    assert.deepEqual(await next(pub), ["\x01A"]);
    pub.subscribe("B");
    await pub.send("B");
    assert.deepEqual(await next(sub), ["B"]);
    assert.equal(sub.topicsCount, 1);
  });

  test(`data goes to every publisher, and with onlyFirstSubscribe whatever its later frames are, over ${kind}`, async (t) => {
    const use = sockets(t);
    const sub = use(new XSubscriber({ onlyFirstSubscribe: true }));
    const pubs = [0, 1].map(() => use(new XPublisher({ onlyFirstSubscribe: true })));
    for (const pub of pubs) await meet(pub, sub, kind);
    await sub.send(["B", "\x01A"]);
    await sub.send("data");
    for (const pub of pubs) assert.deepEqual([await next(pub), await next(pub)], [["B", "\x01A"], ["data"]]);
    assert.equal(sub.topicsCount, 0);
    assert.equal(sub.stats().messagesGenerated, 2);
  });
}

test("data without a publisher is dropped, and counted", async (t) => {
  const sub = sockets(t)(new XSubscriber());
  await sub.send("data");
  assert.equal(sub.stats().drops["no-peer"], 1);
});

test("requests are no messages: the books know nothing of them", async (t) => {
  const sub = sockets(t)(new XSubscriber());
  await sub.send("\x01A");
  await sub.send("\x00A");
  const { messagesSent, messagesGenerated, messagesDelivered, queuedOut } = sub.stats();
  assert.equal(messagesSent + messagesGenerated, messagesDelivered + queuedOut);
});
