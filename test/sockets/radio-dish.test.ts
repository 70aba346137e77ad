import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dish, Radio } from "../../src/draft.ts";
import { Proxy } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { bound, KINDS } from "../support/places.ts";
import { frame, frames, RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };
const LONG = "0".repeat(255);

/** Waits until the RADIO knows of so many members of a group. */
function member(radio: Radio, topic: string, subscribers = 1): Promise<void> {
  return radio.ready({ ...PATIENCE, topic, subscribers });
}

/** The next message, as text. */
async function heard(dish: Dish): Promise<string> {
  const [body, { group }] = await dish.receive(PATIENCE);
  return `${String(group)}: ${String(body)}`;
}

for (const kind of KINDS) {
  for (const binder of ["radio", "dish"] as const) {
    describe(`RADIO and DISH over ${kind}, where the ${binder} binds`, () => {
      test("test_radio_dish/test_radio_dish_tcp_poll: a DISH receives what is for its groups, before, while and after it is in them", async (t) => {
        const use = sockets(t);
        const [radio, dish] = [use(new Radio()), use(new Dish())];
        dish.join("Movies");
        await (binder === "radio" ? meet(radio, dish, kind) : meet(dish, radio, kind));
        await member(radio, "Movies");
        await radio.send("lost", { group: "TV" });
        await radio.send("Godfather", { group: "Movies" });
        assert.equal(await heard(dish), "Movies: Godfather");
        dish.join("TV");
        await member(radio, "TV");
        await radio.send("Friends", { group: "TV" });
        assert.equal(await heard(dish), "TV: Friends");
        dish.leave("TV");
        await until("the end of it", () => radio.topicsCount === 1);
        await radio.send("lost too", { group: "TV" });
        await radio.send("Alien", { group: "Movies" });
        assert.equal(await heard(dish), "Movies: Alien");
        assert.equal(radio.stats().drops["no-subscriber"], 2);
      });
    });
  }

  describe(`RADIO and DISH over ${kind}`, () => {
    test("test_radio_dish/test_long_group: a group has up to 255 bytes, or none", async (t) => {
      const use = sockets(t);
      const [radio, dish] = [use(new Radio()), use(new Dish())];
      dish.join(LONG, "");
      await meet(radio, dish, kind);
      await member(radio, "");
      await radio.send("HELLO", { group: Buffer.from(LONG) });
      await radio.send("to the nameless", { group: "" });
      assert.equal(await heard(dish), `${LONG}: HELLO`);
      assert.equal(await heard(dish), ": to the nameless");
    });

    test("RFC 48: a message goes to each DISH in its group, which is compared whole", async (t) => {
      const use = sockets(t);
      const radio = use(new Radio());
      const dishes = ["a", "ab", "a"].map((group) => {
        const dish = use(new Dish());
        dish.join(group, "end");
        return dish;
      });
      await meetAll(radio, dishes, kind);
      await member(radio, "end", 3);
      for (const group of ["a", "ab", "abc", "", "end"]) await radio.send(group, { group });
      for (const [index, expected] of ["a", "ab", "a"].entries()) {
        const dish = dishes[index] as Dish; // there are three
        assert.equal(await heard(dish), `${expected}: ${expected}`);
        assert.equal(await heard(dish), "end: end");
      }
      const { messagesSent, messagesGenerated, drops } = radio.stats();
      assert.deepEqual([messagesSent, messagesGenerated, drops["no-subscriber"]], [5, 3, 2]);
    });

    test("a DISH reads from each RADIO in turn, and drops what comes for a group it has left", async (t) => {
      const use = sockets(t);
      const dish = use(new Dish());
      dish.join("kept", "left");
      const radios = [use(new Radio()), use(new Radio())] as const;
      await meetAll(dish, radios, kind);
      for (const radio of radios) await member(radio, "left");
      await radios[0].send("on its way", { group: "left" });
      await radios[0].send("one", { group: "kept" });
      await radios[1].send("two", { group: "kept" });
      await until("all to be there", () => dish.stats().queuedIn === 3);
      dish.leave("left");
      assert.deepEqual([await heard(dish), await heard(dish)].sort(), ["kept: one", "kept: two"]);
      assert.equal(dish.stats().drops.filtered, 1);
    });
  });
}

describe("DISH", () => {
  test("test_radio_dish/test_join_twice_fails, test_leave_unjoined_fails, test_join_too_long_fails: are EINVAL", (t) => {
    const dish = sockets(t)(new Dish());
    dish.join("Movies");
    assert.throws(() => dish.join("Movies"), zmqError("EINVAL", "Movies", "joined already"));
    assert.throws(() => dish.leave("Music"), zmqError("EINVAL", "Music", "not joined"));
    assert.throws(() => dish.join(`${LONG}0`), zmqError("EINVAL", "256"));
    assert.throws(() => dish.join("a\0b"), zmqError("EINVAL", "0x610062"));
    dish.join(LONG);
    assert.equal(dish.topicsCount, 2);
  });

  test("several groups are joined or left together, or none of them is", (t) => {
    const dish = sockets(t)(new Dish());
    dish.join();
    dish.join("a", Buffer.from("b"));
    assert.throws(() => dish.join("c", "a"), zmqError("EINVAL"));
    assert.throws(() => dish.join("c", "c"), zmqError("EINVAL"));
    assert.throws(() => dish.leave("a", "c"), zmqError("EINVAL"));
    assert.throws(() => dish.leave("a", "a"), zmqError("EINVAL"));
    assert.equal(dish.topicsCount, 2);
    dish.leave("b", "a");
    assert.equal(dish.topicsCount, 0);
  });

  test("zeromq.js: a group that is no text or bytes is a TypeError; a closed socket is EBADF", (t) => {
    const dish = sockets(t)(new Dish());
    const join = (group: unknown) => () => dish.join(group as string);
    for (const group of [5, null, {}]) {
      assert.throws(join(group), { name: "TypeError", message: /^Value must be a string or buffer/ });
    }
    assert.throws(join(undefined), zmqError("EINVAL"));
    dish.close();
    assert.throws(join("g"), zmqError("EBADF"));
  });

  test("joins its groups again at a RADIO that comes back, and no others", async (t) => {
    const use = sockets(t);
    const dish = use(new Dish({ reconnectInterval: 10 }));
    const first = use(new Radio());
    dish.join("kept", "left");
    const address = await meet(first, dish, "tcp");
    const watch = new Watch(dish);
    first.close();
    await watch.first("disconnect");
    dish.leave("left");
    dish.join("new");
    const second = use(new Radio());
    await second.bind(address);
    await member(second, "kept");
    await member(second, "new");
    assert.equal(second.topicsCount, 2);
  });

  test("is readable only when there is a message for one of its groups", async (t) => {
    const use = sockets(t);
    const [radio, dish] = [use(new Radio()), use(new Dish())];
    dish.join("a", "b");
    await meet(radio, dish, "tcp");
    await member(radio, "b");
    await radio.send("1", { group: "a" });
    await until("it", () => dish.stats().queuedIn === 1);
    dish.leave("a");
    assert.equal(dish.readable, false);
    await radio.send("2", { group: "b" });
    await until("the next", () => dish.readable);
    assert.equal(dish.stats().queuedIn, 1);
    assert.equal(await heard(dish), "b: 2");
  });

  test("a message without a group, or of more frames, is dropped and counted, where libzmq ends the connection", async (t) => {
    const dish = sockets(t)(new Dish());
    dish.join("g");
    const peer = await RawPeer.dial(t, bound(dish, "tcp"));
    await peer.shake("RADIO");
    await peer.gets("\x04JOINg");
    peer.send(frame("g", false), frames("g", "a", "b"), frames("G", "other"), frames("g", "good"));
    assert.equal(await heard(dish), "g: good");
    const { refused, filtered } = dish.stats().drops;
    assert.deepEqual([refused, filtered], [2, 1]);
  });
});

describe("RADIO", () => {
  test("zeromq.js: a message without a group is a TypeError or EINVAL at once; one of several parts is EINVAL", async (t) => {
    const radio = sockets(t)(new Radio());
    const send = (options: unknown) => () => radio.send("x", options as { group: string });
    assert.throws(send(undefined), { name: "TypeError", message: "Options must be an object" });
    assert.throws(send({}), zmqError("EINVAL", "group"));
    assert.throws(send({ group: 5 }), { name: "TypeError", message: /^Value must be a string or buffer/ });
    assert.throws(send({ group: `${LONG}0` }), zmqError("EINVAL", "256"));
    assert.throws(send({ group: "a\0" }), zmqError("EINVAL", "no byte of a group is 0"));
    await assert.rejects(radio.send(["x", "y"] as unknown as string, { group: "g" }), zmqError("EINVAL", "one part"));
    await radio.send([] as unknown as string, { group: "g" });
    assert.equal(radio.stats().messagesSent, 0);
  });

  test("drops for a member whose queue is full, and counts it; with noDrop it waits", async (t) => {
    const use = sockets(t);
    const radio = use(new Radio({ sendHighWaterMark: 1 }));
    const dish = use(new Dish({ receiveHighWaterMark: 1 }));
    dish.join("g");
    await meet(radio, dish, "inproc");
    for (let count = 0; count < 3; count++) assert.equal(radio.trySend(`${count}`, { group: "g" }), true);
    assert.equal(radio.stats().drops.hwm, 1);
    radio.noDrop = true;
    assert.equal(radio.trySend("3", { group: "g" }), false);
    const waiting = radio.send("4", { group: "g", ...PATIENCE });
    assert.deepEqual([await heard(dish), await heard(dish)], ["g: 0", "g: 1"]);
    await waiting;
    assert.equal(await heard(dish), "g: 4");
  });

  test("what a lost member had joined counts until it says anew what it wants", async (t) => {
    const use = sockets(t);
    const radio = use(new Radio({ reconnectInterval: 10 }));
    const first = use(new Dish());
    first.join("a");
    const address = await meet(first, radio, "tcp");
    await member(radio, "a");
    const watch = new Watch(radio);
    first.close();
    await watch.first("disconnect");
    await radio.send("waits", { group: "a" });
    const second = use(new Dish());
    second.join("b");
    await second.bind(address);
    await member(radio, "b");
    await radio.send("not wanted", { group: "a" });
    await radio.send("wanted", { group: "b" });
    assert.equal(await heard(second), "b: wanted");
    assert.equal(second.stats().drops.filtered, 1);
    assert.equal(radio.stats().drops["no-subscriber"], 1);
  });

  test("what a DISH sends is dropped and counted", async (t) => {
    const radio = sockets(t)(new Radio());
    const peer = await RawPeer.dial(t, bound(radio, "tcp"));
    await peer.shake("DISH");
    peer.send(frame("\x01g", false), frames("g", "body"));
    await until("both to be refused", () => radio.stats().drops.refused === 2);
    assert.equal(radio.topicsCount, 0);
  });

  test("a proxy passes on what a DISH received, in its group", async (t) => {
    const use = sockets(t);
    const [radio, dish] = [use(new Radio()), use(new Dish())];
    const [front, back] = [use(new Dish()), use(new Radio())];
    front.join("g");
    dish.join("g");
    await meet(radio, front, "inproc");
    await meet(back, dish, "inproc");
    const proxy = new Proxy(front, back);
    const running = proxy.run();
    await radio.send("through", { group: "g" });
    assert.equal(await heard(dish), "g: through");
    proxy.terminate();
    await running;
  });

  test("heartbeats, which end connections of libzmq's RADIO and DISH, keep ours up", async (t) => {
    const use = sockets(t);
    const beats = { heartbeatInterval: 10, heartbeatTimeout: 2000, heartbeatTimeToLive: 2000 };
    const [radio, dish] = [use(new Radio(beats)), use(new Dish(beats))];
    dish.join("g");
    await meet(radio, dish, "tcp");
    await member(radio, "g");
    const before = dish.stats().bytesReceived;
    // Each PING of the other side has 9 bytes, and each PONG 7.
    await until("PINGs and PONGs", () => dish.stats().bytesReceived - before >= 20 * (9 + 7));
    await radio.send("alive", { group: "g" });
    assert.equal(await heard(dish), "g: alive");
    assert.deepEqual([radio.stats().disconnects, dish.stats().disconnects], [0, 0]);
  });
});
