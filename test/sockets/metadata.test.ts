import assert from "node:assert/strict";
import { test } from "node:test";
import { Dealer, Pull, Push, Reply, Request, Router } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { sockets } from "../support/sockets.ts";
import { zmqError } from "../support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };

/** Reaches an option by libzmq's number, as programs with a subclass do. */
class ByNumber extends Reply {
  addMetadata(line: string | null): void {
    this.setStringOption(95, line);
  }
}

test("test_metadata/test_metadata: a message tells of its sender what the handshake told", async (t) => {
  const use = sockets(t);
  const [router, dealer] = [use(new Router()), use(new Dealer({ routingId: "D", metadata: { "X-Role": "worker" } }))];
  await meet(router, dealer, "tcp");
  await dealer.send("hello");
  const { message, metadata } = await router.receiveWithMetadata(PATIENCE);
  assert.deepEqual(message.map(String), ["D", "hello"]);
  assert.equal(metadata.get("Socket-Type"), "DEALER");
  assert.equal(metadata.get("Identity"), "D");
  assert.equal(metadata.get("Peer-Address"), "127.0.0.1");
  assert.equal(metadata.get("X-Role"), "worker");
  assert.equal(metadata.get("No-Such-Property"), undefined);
});

test("test_metadata/test_router_prefetch_metadata: after a look whether something is there, the sender's properties are right", async (t) => {
  const use = sockets(t);
  const rep = use(new Reply());
  const reqs = ["one", "two"].map((name) => use(new Request({ metadata: { "X-Name": name } })));
  await meetAll(rep, reqs, "tcp");
  for (const [index, req] of reqs.entries()) await req.send(`${index}`);
  for (let count = 0; count < 2; count++) {
    while (!rep.readable) await new Promise((resolve) => setImmediate(resolve));
    const { message, metadata } = await rep.receiveWithMetadata(PATIENCE);
    assert.equal(metadata.get("X-Name"), message.map(String).join() === "0" ? "one" : "two");
    await rep.send("re");
  }
});

test("test_app_meta/test_app_meta_reqrep: an application's own properties go both ways; bad ones are refused", async (t) => {
  const use = sockets(t);
  const rep = use(new ByNumber());
  rep.addMetadata("X-hello:world");
  rep.addMetadata("X-connection:backup");
  for (const bad of [":", "key:", ":value", "keyvalue", "", `X-${"KeyTooLong".repeat(30)}:value`]) {
    assert.throws(() => rep.addMetadata(bad), zmqError("EINVAL"), bad);
  }
  const req = use(new Request({ metadata: { "X-hello": "hello", "X-connection": "primary", "X-bin": "009c6" } }));
  await meet(rep, req, "tcp");
  await req.send("a");
  const asked = await rep.receiveWithMetadata(PATIENCE);
  assert.equal(asked.metadata.get("X-hello"), "hello");
  assert.equal(asked.metadata.get("X-connection"), "primary");
  assert.equal(asked.metadata.get("X-bin"), "009c6");
  assert.equal(asked.metadata.get("X-foobar"), undefined);
  await rep.send("b");
  const answered = await req.receiveWithMetadata(PATIENCE);
  assert.equal(answered.metadata.get("X-hello"), "world");
  assert.equal(answered.metadata.get("X-connection"), "backup");
});

test("metadata is of the message's own sender, whoever else sends", async (t) => {
  const use = sockets(t);
  const pull = use(new Pull());
  const pushes = ["one", "two", "three"].map((name) => use(new Push({ metadata: { "X-Name": name } })));
  await meetAll(pull, pushes, "ipc");
  const pending = [1, 2, 3].map(() => pull.receiveWithMetadata(PATIENCE));
  for (const [index, name] of ["one", "two", "three"].entries()) await pushes[index]?.send(name);
  for (const { message, metadata } of await Promise.all(pending)) {
    assert.equal(metadata.get("X-Name"), message.map(String).join());
  }
});

test("inproc has no handshake, and so no properties", async (t) => {
  const use = sockets(t);
  const [pull, push] = [use(new Pull()), use(new Push({ metadata: { "X-Name": "one" } }))];
  await meet(pull, push, "inproc");
  await push.send("x");
  const { metadata } = await pull.receiveWithMetadata(PATIENCE);
  assert.equal(metadata.size, 0);
});

test("peers() has the properties too; those set after connect are told on the next connection only", async (t) => {
  const use = sockets(t);
  const [rep, req] = [use(new Reply()), use(new Request({ metadata: { "X-A": "1" } }))];
  const address = await meet(rep, req, "tcp");
  req.metadata = { "X-A": "2" };
  const told = (): string | undefined => rep.peers()[0]?.properties.get("X-A");
  assert.equal(rep.peers()[0]?.properties.get("Socket-Type"), "REQ");
  assert.equal(told(), "1");
  req.disconnect(address);
  await until("it to be gone", () => rep.stats().peers === 0);
  req.connect(address);
  await rep.ready(PATIENCE);
  assert.equal(told(), "2");
});
