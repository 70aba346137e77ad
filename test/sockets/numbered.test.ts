import assert from "node:assert/strict";
import { test } from "node:test";
import { Context, Dealer, Publisher, Router, Socket, Subscriber, XPublisher } from "../../src/index.ts";
import { meet } from "../support/meeting.ts";
import { bound } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };

/** What subclasses have: options as C programs reach them. */
interface ByNumber {
  getInt32Option(option: number): number;
  setInt32Option(option: number, value: number): void;
  getBoolOption(option: number): boolean;
  getStringOption(option: number): string | null;
  setStringOption(option: number, value: string | Uint8Array | null): void;
}

function byNumber(socket: Socket): ByNumber {
  return socket as unknown as ByNumber; // protected in the types only
}

test("ZMQ_SUBSCRIBE and ZMQ_UNSUBSCRIBE act on a SUB", async (t) => {
  const use = sockets(t);
  const pub = use(new Publisher());
  const sub = use(new Subscriber());
  const options = byNumber(sub);
  sub.connect(bound(pub, "tcp"));
  options.setStringOption(6, "a");
  options.setStringOption(6, Buffer.from("b"));
  assert.equal(options.getInt32Option(116), 2);
  await pub.ready({ ...PATIENCE, subscribers: 1, topic: "a" });
  await pub.send("b");
  assert.deepEqual(await next(sub), ["b"]);
  options.setStringOption(7, "a");
  options.setStringOption(7, "b");
  options.setStringOption(6, null);
  assert.equal(sub.topicsCount, 1, "no topic is the empty one");
  options.setStringOption(7, "never subscribed");
});

test("ZMQ_SUBSCRIBE on an XPUB needs `manual`, and on other types there is no such option", (t) => {
  const use = sockets(t);
  const xpub = use(new XPublisher());
  const options = byNumber(xpub);
  assert.throws(() => options.setStringOption(6, "a"), zmqError("EINVAL", "manual"));
  xpub.manual = true;
  options.setStringOption(6, "a");
  options.setStringOption(7, "a");
  assert.throws(() => byNumber(use(new Dealer())).setStringOption(6, "a"), zmqError("EINVAL", "6"));
  assert.throws(() => options.setStringOption(6, 5 as unknown as string), { name: "TypeError" });
  assert.throws(() => options.setInt32Option(6, 5), zmqError("EINVAL", "subscribe"));
});

test("ZMQ_CONNECT_ROUTING_ID names the peer of the next connect, and of that alone", async (t) => {
  const use = sockets(t);
  const router = use(new Router({ mandatory: true }));
  const dealers = [use(new Dealer()), use(new Dealer())];
  const options = byNumber(router);
  options.setStringOption(61, "first");
  for (const dealer of dealers) router.connect(bound(dealer, "tcp"));
  await router.ready({ ...PATIENCE, peers: 2 });
  await router.send(["first", "hello"]);
  assert.deepEqual(await next(dealers[0] as Dealer), ["hello"]); // there are two
  assert.throws(() => options.setStringOption(61, "first"), zmqError("EINVAL", "in use"));
  assert.throws(() => options.setStringOption(61, ""), zmqError("EINVAL", "1 to 255"));
  assert.throws(() => options.getStringOption(61), zmqError("EINVAL", "61"));
});

test("a socket made of its type's number is named by number too", async (t) => {
  const dealer = sockets(t)(new Dealer());
  const router = new Socket(6);
  byNumber(router).setStringOption(61, "peer");
  router.connect(bound(dealer, "tcp"));
  assert.throws(() => byNumber(router).setStringOption(61, "peer"), zmqError("EINVAL", "in use"));
  router.close();
  await router.ended();
});

test("state by number: type, events, last endpoint, and never more to receive", async (t) => {
  const use = sockets(t);
  const dealer = use(new Dealer());
  const options = byNumber(dealer);
  assert.deepEqual(
    [16, 15, 13].map((id) => options.getInt32Option(id)),
    [5, 0, 0],
  );
  assert.deepEqual([options.getBoolOption(13), options.getBoolOption(16)], [false, true]);
  await meet(use(new Router()), dealer, "inproc");
  assert.equal(options.getInt32Option(15), 2);
  assert.match(options.getStringOption(32) ?? "", /^inproc:/);
  assert.throws(() => options.getStringOption(16), zmqError("EINVAL", "type"));
  assert.throws(() => options.getInt32Option(32), zmqError("EINVAL", "lastEndpoint"));
  assert.throws(() => options.getInt32Option(14), zmqError("EINVAL", "Poller"));
  assert.throws(() => options.setInt32Option(16, 3), zmqError("EINVAL", "16"));
});

test("test_setsockopt/test_setsockopt_bindtodevice, test_setsockopt_priority: a device is refused, a priority kept", (t) => {
  const options = byNumber(sockets(t)(new Dealer()));
  assert.equal(options.getStringOption(92), null);
  assert.throws(() => options.setStringOption(92, "lo"), zmqError("ENOTSUP", "SO_BINDTODEVICE"));
  options.setInt32Option(112, 5);
  assert.equal(options.getInt32Option(112), 5);
});

test("test_diffserv/test_diffserv, test_busy_poll/test_busy_poll: type of service and busy polling are kept, and messages flow", async (t) => {
  const use = sockets(t);
  const [binder, dealer] = [use(new Dealer({ typeOfService: 0x28 })), use(new Dealer({ typeOfService: 0x58 }))];
  binder.busyPoll = 1;
  await meet(binder, dealer, "tcp");
  await dealer.send("hello");
  assert.deepEqual(await next(binder), ["hello"]);
  assert.deepEqual([binder.typeOfService, dealer.typeOfService], [0x28, 0x58]);
});

test("on a context that was shut down, options by number are ETERM both ways; properties are not", (t) => {
  const context = new Context();
  const dealer = sockets(t)(new Dealer({ context }));
  context.shutdown();
  assert.throws(() => byNumber(dealer).getInt32Option(17), zmqError("ETERM"));
  assert.throws(() => byNumber(dealer).setInt32Option(17, 0), zmqError("ETERM"));
  dealer.linger = 0;
  assert.equal(dealer.linger, 0);
});
