import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Dealer,
  device,
  Pair,
  Proxy,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "../src/index.ts";
import { until } from "./conformance/recorders.ts";
import { bound, fresh } from "./support/places.ts";
import { sockets } from "./support/sockets.ts";
import { zmqError } from "./support/zmq-error.ts";

test("test_proxy/test_proxy: requests of many clients are shared among workers, and replies find their way back", async (t) => {
  const use = sockets(t);
  const front = use(new Router());
  const back = use(new Dealer());
  const address = bound(front, "tcp");
  const workers = [use(new Reply()), use(new Reply())];
  const behind = bound(back, "inproc");
  for (const worker of workers) {
    worker.connect(behind);
    worker.onMessage(([body]) => void worker.send(`${String(body)} done`));
  }
  const proxy = new Proxy(front, back);
  const running = proxy.run();
  const clients = [use(new Request()), use(new Request()), use(new Request())];
  await Promise.all(
    clients.map(async (client, at) => {
      client.connect(address);
      for (let count = 0; count < 50; count++) {
        await client.send(`${at}/${count}`);
        assert.equal(String((await client.receive())[0]), `${at}/${count} done`);
      }
    }),
  );
  assert.equal(proxy.statistics().frontEnd.received.messages, 150);
  assert.equal(proxy.statistics().frontEnd.sent.messages, 150);
  const [one, other] = workers.map((worker) => worker.stats().messagesTaken);
  assert.equal(one, 75, "each worker gets its half");
  assert.equal(other, 75);
  proxy.terminate();
  await running;
  assert.ok(front.closed && back.closed, "terminate closes both sides");
});

test("test_proxy_single_socket/test_proxy_single_socket: one socket can be both ends", async (t) => {
  const use = sockets(t);
  const echo = use(new Pair());
  const peer = use(new Pair());
  peer.connect(bound(echo, "tcp"));
  const proxy = new Proxy(echo, echo);
  const running = proxy.run();
  await peer.send(["to", "and", "fro"]);
  assert.deepEqual((await peer.receive()).map(String), ["to", "and", "fro"]);
  proxy.terminate();
  await running;
});

test("subscriptions pass a FORWARDER upstream, messages downstream, and capture sees both", async (t) => {
  const use = sockets(t);
  const front = use(new XSubscriber());
  const back = use(new XPublisher());
  const capture = use(new Push());
  const captured = use(new Pull());
  captured.connect(bound(capture, "inproc"));
  const publisher = use(new Publisher());
  publisher.connect(bound(front, "tcp"));
  const subscriber = use(new Subscriber());
  subscriber.connect(bound(back, "tcp"));
  subscriber.subscribe("a");
  const proxy = device("FORWARDER", front, back, capture);
  const running = proxy.run();
  await publisher.ready({ subscribers: 1, topic: "a" });
  await publisher.send("b, which nobody wants");
  await publisher.send(["a", "wanted"]);
  assert.deepEqual((await subscriber.receive()).map(String), ["a", "wanted"]);
  assert.deepEqual(await captured.receive(), [Buffer.from("\x01a")]);
  assert.deepEqual((await captured.receive()).map(String), ["a", "wanted"]);
  proxy.terminate();
  await running;
});

test("test_proxy_hwm: a side that can take nothing stops the proxy from taking, and nothing is lost", async (t) => {
  const use = sockets(t);
  const front = use(new Pull({ receiveHighWaterMark: 5 }));
  const back = use(new Push({ sendHighWaterMark: 5 }));
  const source = use(new Push({ sendHighWaterMark: 0 }));
  const name = bound(front, "inproc");
  const behind = bound(back, "inproc");
  source.connect(name);
  const proxy = device("STREAMER", front, back);
  const running = proxy.run();
  for (let count = 0; count < 100; count++) await source.send(String(count));
  assert.equal(proxy.statistics().frontEnd.received.messages, 0, "nobody is behind it yet");
  const sink = use(new Pull({ receiveHighWaterMark: 5 }));
  sink.connect(behind);
  for (let count = 0; count < 100; count++) assert.equal(String((await sink.receive())[0]), String(count));
  proxy.terminate();
  await running;
});

test("test_proxy_steerable/test_proxy_steerable: PAUSE, RESUME, STATISTICS and TERMINATE by messages", async (t) => {
  const use = sockets(t);
  const front = use(new Pull());
  const back = use(new Push());
  const control = use(new Reply());
  const remote = use(new Request());
  const source = use(new Push());
  const sink = use(new Pull());
  source.connect(bound(front, "inproc"));
  sink.connect(bound(back, "inproc"));
  remote.connect(bound(control, "inproc"));
  const proxy = new Proxy(front, back, null, control);
  const running = proxy.run();
  const say = async (command: string): Promise<Buffer[]> => {
    await remote.send(command);
    return remote.receive();
  };
  await source.send(["1", "22"]);
  await sink.receive();
  assert.deepEqual(await say("PAUSE"), [Buffer.alloc(0)]);
  await source.send("held back");
  const numbers = (await say("STATISTICS")).map((frame) => Number(frame.readBigUInt64LE()));
  assert.deepEqual(numbers, [2, 3, 0, 0, 0, 0, 2, 3], "frames and bytes, in libzmq's order");
  assert.equal(sink.tryReceive(), undefined, "a paused proxy moves nothing");
  await say("RESUME");
  assert.equal(String((await sink.receive())[0]), "held back");
  await remote.send("TERMINATE");
  await running;
  assert.ok(front.closed);
});

test("test_proxy_terminate/test_proxy_terminate: closing a side ends the proxy", async (t) => {
  const use = sockets(t);
  const front = use(new Router());
  const back = use(new Dealer());
  bound(front, "tcp");
  bound(back, "tcp");
  const running = new Proxy(front, back).run();
  front.close();
  await running;
  assert.ok(back.closed);
});

test("a proxy does not starve the event loop", async (t) => {
  const use = sockets(t);
  const front = use(new Pull());
  const back = use(new Push());
  const source = use(new Push());
  const sink = use(new Pull());
  source.connect(bound(front, "inproc"));
  sink.connect(bound(back, "inproc"));
  const running = device("STREAMER", front, back).run();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 0);
  t.after(() => clearInterval(timer));
  let flooding = true;
  const flood = (async (): Promise<void> => {
    while (flooding) await source.send("x");
  })();
  sink.onMessage(() => undefined);
  await until("timers fire during the flood", () => ticks >= 5);
  flooding = false;
  await flood;
  front.close();
  back.close();
  await running;
});

test("the arguments of a proxy are checked at once, and its state when it is steered", async (t) => {
  const use = sockets(t);
  const front = use(new Router());
  const back = use(new Dealer());
  assert.throws(() => new Proxy({} as Router, back), /Front-end must be a socket object/);
  assert.throws(() => new Proxy(front, undefined as unknown as Dealer), /Back-end must be a socket object/);
  assert.throws(() => device("QUEUE", back, front), zmqError("EINVAL", "QUEUE", "ROUTER"));
  assert.throws(() => device("TEAPOT" as "QUEUE", front, back), zmqError("EINVAL", "STREAMER"));
  const proxy = new Proxy(front, back);
  await assert.rejects(proxy.run(), zmqError("EINVAL", "Front-end socket must be bound or connected"));
  front.bindSync(fresh("inproc"));
  await assert.rejects(proxy.run(), zmqError("EINVAL", "Back-end"));
  assert.throws(() => proxy.pause(), zmqError("EBADF"));
  assert.throws(() => proxy.terminate(), zmqError("EBADF"));
});
