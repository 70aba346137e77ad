import assert from "node:assert/strict";
import { test } from "node:test";
import { Publisher, Pull, Push, Subscriber } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound, fresh, KINDS } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { zmqError } from "../support/zmq-error.ts";

for (const kind of KINDS) {
  test(`over ${kind}: resolves when as many peers have done their handshake`, async (t) => {
    const use = sockets(t);
    const push = use(new Push());
    const address = bound(push, kind);
    const readiness = [push.ready(), push.ready({ peers: 1 }), push.ready({ peers: 3 })];
    let three = false;
    void readiness[2]?.then(() => (three = true));
    for (let count = 0; count < 2; count++) use(new Pull()).connect(address);
    await Promise.all(readiness.slice(0, 2));
    await until("two peers", () => push.stats().peers === 2);
    assert.equal(three, false);
    use(new Pull()).connect(address);
    await readiness[2];
    assert.equal(push.stats().peers, 3);
    await push.ready({ peers: 3, timeout: 0 });
  });

  test(`over ${kind}: resolves when as many subscribers want a topic, and no message is lost then`, async (t) => {
    const use = sockets(t);
    const pub = use(new Publisher());
    const address = bound(pub, kind);
    const subs = ["10001", "100", ""].map((topic) => {
      const sub = use(new Subscriber());
      sub.subscribe(topic);
      sub.connect(address);
      return sub;
    });
    await pub.ready({ subscribers: 3, topic: "10001 Berlin", timeout: 5000 });
    await pub.send("10001 Berlin");
    for (const sub of subs) assert.equal(String(await sub.receive({ timeout: 5000 })), "10001 Berlin");
    await pub.ready({ subscribers: 1, topic: "20002", timeout: 0 });
    await assert.rejects(
      pub.ready({ subscribers: 2, topic: "20002", timeout: 0 }),
      zmqError("EAGAIN", "1 of 2 subscribers"),
    );
  });
}

test("fails with EAGAIN after its timeout, and says who is missing", async (t) => {
  const push = sockets(t)(new Push());
  await assert.rejects(push.ready({ peers: 2, timeout: 5 }), zmqError("EAGAIN", "0 of 2 peers"));
  await assert.rejects(push.ready({ timeout: 0 }), zmqError("EAGAIN", "0 of 1 peers"));
});

test("a peer that is only dialed does not count, nor one that left", async (t) => {
  const use = sockets(t);
  const [push, pull] = [use(new Push()), use(new Pull({ reconnectInterval: -1 }))];
  push.connect(fresh("inproc"));
  await assert.rejects(push.ready({ timeout: 0 }), zmqError("EAGAIN"));
  pull.connect(bound(push, "tcp"));
  await push.ready({ timeout: 5000 });
  pull.close();
  await until("it to be gone", () => push.stats().peers === 0);
  await assert.rejects(push.ready({ timeout: 0 }), zmqError("EAGAIN"));
});

test("a signal ends the waiting with its reason, and close does with EAGAIN at once", async (t) => {
  const push = sockets(t)(new Push());
  const stop = new AbortController();
  const aborted = push.ready({ signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
  const closed = push.ready();
  push.close();
  await assert.rejects(closed, zmqError("EAGAIN", "closed"));
});

test("wrong options are TypeErrors that name the argument", async (t) => {
  const push = sockets(t)(new Push());
  for (const [options, message] of [
    [{ subscribers: 1 }, "Option subscribers needs a publisher; this is a Push"],
    [{ peers: "3" }, /Option peers must be a number.*got 3/],
    [{ peers: -1 }, /Option peers must be a number.*got -1/],
    [{ timeout: "1" }, /Option timeout/],
  ] as const) {
    const wrong = options as unknown as { peers: number }; // what an untyped program may do
    await assert.rejects(async () => push.ready(wrong), { name: "TypeError", message });
  }
});
