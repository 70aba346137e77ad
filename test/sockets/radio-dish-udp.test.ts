import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { describe, test } from "node:test";
import { Dish, Radio } from "../../src/draft.ts";
import { Context, Dealer } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { sockets, type Use } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";
import { hasIpv6 } from "../transports/node/ipv6.ts";

const ANY = "udp://127.0.0.1:*";
const PATIENCE = { timeout: 5000 };

/** In some groups, and bound. */
function bound(use: Use, groups: readonly string[], address: string = ANY): Dish {
  const dish = use(new Dish());
  dish.join(...groups);
  dish.bindSync(address);
  return dish;
}

function connected(use: Use, address: string | null, options: ConstructorParameters<typeof Radio>[0] = {}): Radio {
  const radio = use(new Radio(options));
  radio.connect(String(address));
  return radio;
}

/** The next message, as `group body`. */
async function next(dish: Dish): Promise<string> {
  const [body, { group }] = await dish.receive(PATIENCE);
  return `${String(group)} ${String(body)}`;
}

/** test_radio_dish's own: two groups of which one is joined, then the other, then none but the first. */
async function exchange(radio: Radio, dish: Dish): Promise<void> {
  dish.join("Movies");
  await radio.send("Friends", { group: "TV" });
  await radio.send("Godfather", { group: "Movies" });
  assert.equal(await next(dish), "Movies Godfather");
  dish.join("TV");
  await radio.send("Friends", { group: "TV" });
  assert.equal(await next(dish), "TV Friends");
  dish.leave("TV");
  await radio.send("Friends", { group: "TV" });
  await radio.send("Matrix", { group: "Movies" });
  assert.equal(await next(dish), "Movies Matrix");
  assert.equal(dish.stats().drops.filtered, 2);
}

describe("RADIO and DISH over udp", () => {
  test("test_radio_dish_udp_ipv4: a DISH receives the groups that it is in, and no other", async (t) => {
    const use = sockets(t);
    const dish = use(new Dish());
    dish.bindSync("udp://*:*");
    const port = /\d+$/.exec(String(dish.lastEndpoint))?.[0];
    await exchange(connected(use, `udp://127.0.0.1:${port}`), dish);
  });

  test("test_radio_dish_udp_ipv6: likewise", { skip: !hasIpv6 && "no IPv6 here" }, async (t) => {
    const use = sockets(t);
    const dish = use(new Dish({ ipv6: true }));
    dish.bindSync("udp://*:*");
    const port = /\d+$/.exec(String(dish.lastEndpoint))?.[0];
    await exchange(connected(use, `udp://[::1]:${port}`, { ipv6: true }), dish);
  });

  test("test_radio_bind_fails_*, test_dish_connect_fails_*: a RADIO connects and a DISH binds, all others do neither", (t) => {
    const use = sockets(t);
    for (const ipv6 of [false, true]) {
      const radio = use(new Radio({ ipv6 }));
      assert.throws(() => radio.bindSync("udp://*:5556"), zmqError("ENOCOMPATPROTO", "can only connect"));
      const dish = use(new Dish({ ipv6 }));
      assert.throws(() => dish.connect("udp://127.0.0.1:5556"), zmqError("ENOCOMPATPROTO", "can only bind"));
    }
    const dealer = use(new Dealer());
    assert.throws(() => dealer.connect("udp://127.0.0.1:5556"), zmqError("ENOCOMPATPROTO", "DEALER has no use"));
    assert.throws(() => dealer.bindSync("udp://127.0.0.1:*"), zmqError("ENOCOMPATPROTO"));
  });

  test("what is no address is refused at once", (t) => {
    const radio = sockets(t)(new Radio());
    for (const address of ["*:5556", "127.0.0.1:*", "127.0.0.1:0", "127.0.0.1", "lo;127.0.0.1:5", "[::1]:5"]) {
      assert.throws(() => radio.connect(`udp://${address}`), zmqError("EINVAL"), address);
    }
    assert.throws(() => radio.connect("udp://no-such-interface;239.1.1.1:5"), zmqError("ENODEV"));
    assert.deepEqual([radio.lastEndpoint, radio.peers().length], [null, 0]);
  });

  test("messages sent before the name is looked up arrive after it, in order", async (t) => {
    const use = sockets(t);
    const dish = bound(use, ["G"]);
    const radio = connected(use, `udp://localhost:${/\d+$/.exec(String(dish.lastEndpoint))?.[0]}`);
    for (const body of ["1", "2", "3"]) await radio.send(body, { group: "G" });
    assert.equal(radio.stats().queuedOut, 3);
    for (const body of ["1", "2", "3"]) assert.equal(await next(dish), `G ${body}`);
    assert.equal(radio.stats().queuedOut, 0);
  });

  test("a name that nobody knows is looked up again, and what waits for it is dropped at the mark", async (t) => {
    const use = sockets(t);
    const radio = use(new Radio({ reconnectInterval: 5, sendHighWaterMark: 2 }));
    const watch = new Watch(radio);
    radio.connect("udp://no-such-host.invalid:5555");
    for (let count = 0; count < 3; count++) await radio.send("x", { group: "G" });
    await watch.nth("connect:retry", 2);
    assert.ok(watch.of("close")[0]?.error);
    const { queuedOut, drops, peers } = radio.stats();
    assert.deepEqual([queuedOut, drops.hwm, peers], [2, 1, 0]);
  });

  test("a message that does not fit into 8192 bytes is lost as too-big, on udp only", async (t) => {
    const use = sockets(t);
    const dish = bound(use, ["G"]);
    const other = bound(use, ["G"], "tcp://127.0.0.1:*");
    const radio = connected(use, dish.lastEndpoint);
    radio.connect(String(other.lastEndpoint));
    await radio.ready({ peers: 2, ...PATIENCE });
    await until("the group", () => radio.peers().length === 2 && other.stats().peers === 1);
    await radio.ready({ subscribers: 2, topic: "G", ...PATIENCE });
    for (const size of [8191, 70_000, 8190]) {
      await radio.send(Buffer.alloc(size), { group: "G" });
      assert.equal((await other.receive(PATIENCE))[0].length, size);
    }
    assert.equal((await dish.receive(PATIENCE))[0].length, 8190);
    assert.equal(radio.stats().drops["too-big"], 2);
  });

  test("every connected udp endpoint gets every message; one that nobody hears loses nothing for the others", async (t) => {
    const use = sockets(t);
    const dishes = [bound(use, ["A"]), bound(use, ["A", "B"])];
    const radio = connected(use, "udp://127.0.0.1:9");
    for (const dish of dishes) radio.connect(String(dish.lastEndpoint));
    await radio.send("to both", { group: "A" });
    await radio.send("to one", { group: "B" });
    for (const dish of dishes) assert.equal(await next(dish), "A to both");
    assert.equal(await next(dishes[1] as Dish), "B to one");
    const { messagesSent, messagesGenerated, peers } = radio.stats();
    assert.deepEqual([messagesSent, messagesGenerated, peers], [2, 4, 3]);
  });

  test("disconnect() ends one endpoint, unbind() another: by the address that was given, or that it came to", async (t) => {
    const use = sockets(t);
    const dish = use(new Dish());
    dish.join("G");
    await dish.bind("udp://*:*");
    const endpoint = String(dish.lastEndpoint);
    assert.match(endpoint, /^udp:\/\/0\.0\.0\.0:\d+$/);
    const radio = connected(use, endpoint.replace("0.0.0.0", "127.0.0.1"));
    assert.equal(radio.lastEndpoint, endpoint.replace("0.0.0.0", "127.0.0.1"));
    await radio.send("before", { group: "G" }); // waits for the port, and still goes out
    radio.disconnect(radio.lastEndpoint);
    await radio.send("after", { group: "G" });
    assert.equal(await next(dish), "G before");
    assert.equal(radio.stats().drops["no-peer"], 1);
    await dish.unbind("udp://*:*");
    await assert.rejects(dish.unbind(endpoint), zmqError("ENOENT"));
    await dish.bind(endpoint);
    await dish.unbind(endpoint);
    assert.deepEqual([dish.peers(), radio.peers()], [[], []]);
    assert.equal(radio.stats().messagesDelivered, 1);
  });

  test("an idle, bound or connected socket is ready at once, and says which endpoint its peer is", async (t) => {
    const use = sockets(t);
    const dish = bound(use, []);
    const radio = connected(use, dish.lastEndpoint);
    await Promise.all([dish.ready(PATIENCE), radio.ready(PATIENCE)]);
    const [there] = radio.peers();
    assert.deepEqual([there?.connected, there?.address, there?.dialed], [true, dish.lastEndpoint, true]);
    const [here] = dish.peers();
    assert.deepEqual([here?.connected, here?.endpoint, here?.dialed], [true, dish.lastEndpoint, false]);
  });

  test("a context without I/O threads has no udp, as libzmq", (t) => {
    const radio = sockets(t)(new Radio({ context: new Context({ ioThreads: 0 }) }));
    assert.throws(() => radio.connect("udp://127.0.0.1:9"), zmqError("EMTHREAD"));
  });
});

describe("RADIO and DISH over multicast", () => {
  const GROUP = "udp://127.0.0.1;239.192.7.8";

  test("test_radio_dish_mcast_ipv4: a group of addresses, through the loopback interface", async (t) => {
    const use = sockets(t);
    const dish = bound(use, [], `${GROUP}:*`);
    await exchange(connected(use, dish.lastEndpoint), dish);
  });

  test("all who are bound to it receive what is sent to it", async (t) => {
    const use = sockets(t);
    const dish = bound(use, ["G"], `${GROUP}:*`);
    const others = [1, 2].map(() => bound(use, ["G"], String(dish.lastEndpoint)));
    const radio = connected(use, dish.lastEndpoint);
    await radio.send("to all", { group: "G" });
    for (const each of [dish, ...others]) assert.equal(await next(each), "G to all");
  });

  const all = Object.entries(networkInterfaces());
  const outward = all.flatMap(([, each]) => each ?? []).find(({ family, internal }) => family === "IPv4" && !internal);
  const alone = outward === undefined && "there is no interface but loopback, which loops whatever one asks of it";
  test("test_radio_dish_no_loop_ipv4: without multicastLoop, nothing comes back", { skip: alone }, async (t) => {
    const use = sockets(t);
    const dish = bound(use, ["TV"], `udp://${outward?.address};239.192.7.8:*`);
    const quiet = connected(use, dish.lastEndpoint, { multicastLoop: false });
    await quiet.send("Friends", { group: "TV" });
    await quiet.drain();
    await connected(use, dish.lastEndpoint).send("Seinfeld", { group: "TV" });
    assert.equal(await next(dish), "TV Seinfeld");
  });

  const linked = all.find(([, each]) => each?.some((one) => one.family === "IPv6" && one.scopeid > 0))?.[0];
  const noLink = linked === undefined && "no interface has an IPv6 link";
  test(
    "test_radio_dish_mcast_ipv6, test_radio_dish_no_loop_ipv6: through a named interface",
    { skip: noLink },
    async (t) => {
      const use = sockets(t);
      const dish = use(new Dish({ ipv6: true }));
      dish.bindSync(`udp://${linked};[ff02::7a40:b249]:*`);
      const quiet = connected(use, dish.lastEndpoint, { ipv6: true, multicastLoop: false });
      await quiet.send("Alone", { group: "Movies" });
      await quiet.drain();
      await exchange(connected(use, dish.lastEndpoint, { ipv6: true }), dish);
    },
  );
});
