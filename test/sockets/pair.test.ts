import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { bound, fresh, KINDS } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

for (const kind of KINDS) {
  const name = kind === "tcp" ? "test_pair_tcp_regular" : "test_roundtrip";
  test(`test_pair_${kind}/${name}: two PAIRs exchange messages both ways`, async (t) => {
    const use = sockets(t);
    const [one, other] = [use(new Pair()), use(new Pair())];
    await meet(one, other, kind);
    for (let turn = 0; turn < 3; turn++) {
      await one.send(["ping", `${turn}`]);
      assert.deepEqual(await next(other), ["ping", `${turn}`]);
      await other.send(["", "pong"]);
      assert.deepEqual(await next(one), ["", "pong"]);
    }
  });

  test(`RFC 31: a PAIR turns a second peer away over ${kind}, and takes one when the first has left`, async (t) => {
    const use = sockets(t);
    const bind = use(new Pair());
    const first = use(new Pair());
    const address = await meet(bind, first, kind);
    const atBind = new Watch(bind);

    const second = use(new Pair({ linger: 0 }));
    const atSecond = new Watch(second);
    second.connect(address);
    const { reason, error } = await atBind.first("disconnect");
    assert.match(reason ?? "", /refused: this PAIR has its one peer/);
    assert.equal((error as { code?: unknown }).code, "EPROTO");
    assert.equal(bind.stats().peers, 1);
    if (kind !== "inproc") await atSecond.first("disconnect");

    await first.send("of the first");
    assert.deepEqual(await next(bind), ["of the first"]);
    second.close();
    first.close();
    await until("the first to be gone", () => bind.stats().peers === 0);
    const third = use(new Pair());
    third.connect(address);
    await third.send("of the third");
    assert.deepEqual(await next(bind), ["of the third"]);
  });
}

test("test_pair_inproc/test_zmq_send_const: constant bytes arrive as they are and stay the sender's", async (t) => {
  const use = sockets(t);
  const [one, other] = [use(new Pair()), use(new Pair())];
  await meet(one, other, "inproc");
  const foo = Object.freeze(["foo", "bar"]);
  await one.send(foo);
  assert.deepEqual(await next(other), ["foo", "bar"]);
  assert.deepEqual(foo, ["foo", "bar"]);
});

test("test_pair_ipc/test_endpoint_too_long: bind and connect fail with ENAMETOOLONG beyond 107 bytes", (t) => {
  const pair = sockets(t)(new Pair());
  const endpoint = `ipc:///tmp/${"a".repeat(108)}`;
  assert.throws(() => pair.bindSync(endpoint), zmqError("ENAMETOOLONG", endpoint));
  assert.throws(() => pair.connect(endpoint), zmqError("ENAMETOOLONG", endpoint));
});

test("test_pair_tcp/test_pair_tcp_connect_by_name: a PAIR connects to a host name", async (t) => {
  const use = sockets(t);
  const [one, other] = [use(new Pair()), use(new Pair())];
  other.connect(bound(one, "tcp").replace("127.0.0.1", "localhost"));
  await other.send("by name");
  assert.deepEqual(await next(one), ["by name"]);
});

test("what a PAIR's peer sent before it left is read before the next peer's messages", async (t) => {
  const use = sockets(t);
  const bind = use(new Pair());
  const first = use(new Pair());
  const address = await meet(bind, first, "tcp");
  await first.send("last words");
  await until("the message", () => bind.stats().queuedIn === 1);
  first.close();
  await until("the first to be gone", () => bind.stats().peers === 0);
  assert.deepEqual(await next(bind), ["last words"]);
  const second = use(new Pair());
  second.connect(address);
  await second.send("hello");
  assert.deepEqual(await next(bind), ["hello"]);
});

test("a PAIR that is connected queues for a peer that comes later", async (t) => {
  const use = sockets(t);
  const address = fresh("ipc");
  const one = use(new Pair());
  one.connect(address);
  await one.send("early");
  const other = use(new Pair());
  await other.bind(address);
  assert.deepEqual(await next(other), ["early"]);
});
