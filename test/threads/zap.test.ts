import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Dealer, Router } from "../../src/index.ts";
import { CURVE, PLAIN, type Security } from "../support/securities.ts";
import { sockets } from "../support/sockets.ts";
import { Thread, type ThreadProgram } from "../support/thread.ts";
import { Watch } from "../support/watch.ts";

const ZAP = "inproc://zeromq.zap.01";

/** A server, which says where it is, and what its peers are called. */
const server: ThreadProgram = async ({ data, zmq, say }) => {
  const { Router: Theirs } = await zmq();
  const router = new Theirs({ linger: 0, ...(data as object) });
  await router.bind("tcp://127.0.0.1:*");
  say(router.lastEndpoint);
  for (;;) {
    const { metadata } = await router.receiveWithMetadata();
    say(metadata.get("User-Id") ?? "nobody");
  }
};

/** A ZAP handler that lets everybody in as "joe", or nobody, or ends its thread at the first request. */
const handler: ThreadProgram = async ({ data, zmq, say }) => {
  const { Reply: Theirs } = await zmq();
  const reply = new Theirs();
  await reply.bind("inproc://zeromq.zap.01");
  say("bound");
  for (;;) {
    const [version = "", id = ""] = await reply.receive();
    if (data === "exit") process.exit();
    await reply.send([version, id, data, "", "joe", ""]);
  }
};

function client(t: TestContext, security: Security): { dealer: Dealer; watch: Watch } {
  const dealer = sockets(t)(new Dealer({ linger: 0, reconnectInterval: 50 }));
  Object.assign(dealer, security.client);
  return { dealer, watch: new Watch(dealer) };
}

for (const security of [PLAIN, CURVE]) {
  test(`a ${security.name} server in a worker asks the ZAP handler of the main thread`, async (t) => {
    const zap = sockets(t)(new Router());
    zap.bindSync(ZAP);
    const answers = ["200", "400"];
    zap.onMessage(([path = "", delimiter = "", version = "", id = ""]) => {
      void zap.send([path, delimiter, version, id, answers.shift() ?? "", "", "joe", ""]);
    });
    const thread = new Thread(t, server, security.server);
    const address = String(await thread.said());
    const welcome = client(t, security);
    welcome.dealer.connect(address);
    await welcome.dealer.send("hello");
    await thread.says("joe");
    const refused = client(t, security);
    refused.dealer.connect(address);
    assert.equal((await refused.watch.first("handshake:error:auth")).error.status, 400);
  });
}

test("a server in the main thread asks the ZAP handler of a worker", async (t) => {
  const thread = new Thread(t, handler, "200");
  await thread.says("bound");
  const router = sockets(t)(new Router({ linger: 0, receiveTimeout: 5000, ...CURVE.server }));
  router.bindSync("tcp://127.0.0.1:*");
  const { dealer } = client(t, CURVE);
  dealer.connect(router.lastEndpoint ?? "");
  await dealer.send("hello");
  assert.equal((await router.receiveWithMetadata()).metadata.get("User-Id"), "joe");
});

test("a handler whose thread ends before it answers is a lost connection, and lets nobody in", async (t) => {
  const thread = new Thread(t, handler, "exit");
  await thread.says("bound");
  const router = sockets(t)(new Router({ linger: 0, ...PLAIN.server }));
  const watch = new Watch(router);
  router.bindSync("tcp://127.0.0.1:*");
  const { dealer } = client(t, PLAIN);
  dealer.connect(router.lastEndpoint ?? "");
  assert.equal((await watch.first("handshake:error:other")).error.code, "EPIPE");
  assert.equal((await watch.nth("handshake:error:other", 2)).error.code, "EFAULT");
  assert.equal(watch.of("handshake").length, 0);
});
