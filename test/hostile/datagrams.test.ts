import assert from "node:assert/strict";
import dgram from "node:dgram";
import { describe, test, type TestContext } from "node:test";
import fc from "fast-check";
import { Datagram, Dish, Radio } from "../../src/draft.ts";
import type { Socket } from "../../src/index.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import { until } from "../conformance/recorders.ts";
import { sockets, type Use } from "../support/sockets.ts";

const ANY = "udp://127.0.0.1:*";
const PATIENCE = { timeout: 5000 };

/** What no RADIO sends: a length without a group, groups cut off at every sign bit, groups with a zero byte (in hex). */
const MALFORMED = ["", "01", "7f", "80", "ff", "7f4141", "804141", "ff4141", "0241", "010041", `ff${"41".repeat(254)}`];

function boundDish(use: Use, options: ConstructorParameters<typeof Dish>[0] = {}): Dish {
  const dish = use(new Dish(options));
  dish.join("G", "A".repeat(255));
  dish.bindSync(ANY);
  return dish;
}

/** A good sender. */
function radioTo(use: Use, socket: Socket): Radio {
  const radio = use(new Radio());
  radio.connect(String(socket.lastEndpoint));
  return radio;
}

/** Somebody who sends what he likes. */
function stranger(t: TestContext, to: Socket): (bytes: Uint8Array) => Promise<void> {
  const socket = dgram.createSocket("udp4");
  t.after(() => socket.close());
  const port = Number(/\d+$/.exec(String(to.lastEndpoint))?.[0]);
  return (bytes) => new Promise((sent) => socket.send(bytes, port, "127.0.0.1", () => sent()));
}

async function next(dish: Dish): Promise<string> {
  const [body, { group }] = await dish.receive(PATIENCE);
  return `${String(group)} ${String(body)}`;
}

describe("a DISH on udp, among strangers", () => {
  test("libzmq e357cd32, 3be093c2: malformed datagrams are dropped and counted, and a good sender is heard", async (t) => {
    const use = sockets(t);
    const dish = boundDish(use);
    const radio = radioTo(use, dish);
    const send = stranger(t, dish);
    for (const [at, hex] of MALFORMED.entries()) {
      await send(Buffer.from(hex, "hex"));
      await radio.send(String(at), { group: "G" });
      assert.equal(await next(dish), `G ${at}`);
    }
    assert.equal(dish.stats().drops["decode-error"], MALFORMED.length);
    await send(Buffer.from(`ff${"41".repeat(255)}42`, "hex"));
    assert.equal(await next(dish), `${"A".repeat(255)} B`);
  });

  test("libzmq af11df08: what is over 8192 bytes is dropped as too-big, by whoever receives it and whoever sends it", async (t) => {
    const use = sockets(t);
    const dish = boundDish(use);
    const radio = radioTo(use, dish);
    const send = stranger(t, dish);
    for (const size of [8193, 65_507]) await send(Buffer.alloc(size, "\x01G"));
    for (const size of [8191, 65_536, 1_000_000]) await radio.send(Buffer.alloc(size), { group: "G" });
    await radio.send("good", { group: "G" });
    assert.equal(await next(dish), "G good");
    assert.equal(dish.stats().drops["too-big"], 2);
    assert.equal(radio.stats().drops["too-big"], 3);
  });

  test("any bytes at all are a message, filtered, or counted as malformed", async (t) => {
    const use = sockets(t);
    const dish = boundDish(use);
    const radio = radioTo(use, dish);
    const send = stranger(t, dish);
    const datagram = fc.uint8Array({ maxLength: 300 });
    const odd = fc.tuple(fc.nat({ max: 255 }), datagram).map(([length, rest]) => Uint8Array.of(length, ...rest));
    await fc.assert(
      fc.asyncProperty(fc.oneof(datagram, odd), async (bytes) => {
        await send(bytes);
        await radio.send("on", { group: "G" });
        while ((await next(dish)) !== "G on");
        assert.equal(unaccounted(dish.stats()), 0);
      }),
      { numRuns: 200 },
    );
    const { messagesReceived, messagesTaken, drops } = dish.stats();
    assert.equal(messagesReceived, messagesTaken + drops.filtered + drops["decode-error"]);
  });

  test("a flood costs what is over the mark, and is counted; then others are heard again", async (t) => {
    const use = sockets(t);
    const dish = boundDish(use, { receiveHighWaterMark: 100 });
    const send = stranger(t, dish);
    const flood = Buffer.from("0147aa", "hex");
    for (let count = 0; count < 2000; count++) await send(flood);
    await until("the mark", () => dish.stats().drops.hwm > 0);
    const { queuedIn, messagesReceived, drops } = dish.stats();
    assert.deepEqual([queuedIn, drops.hwm], [100, messagesReceived - 100]);
    while (dish.tryReceive() !== undefined);
    const radio = radioTo(use, dish);
    await radio.send("after it", { group: "G" });
    while ((await next(dish)) !== "G after it");
  });
});

describe("a DGRAM, among strangers", () => {
  test("a flood costs what is over the mark, whoever sends; the books balance", async (t) => {
    const use = sockets(t);
    const socket = use(new Datagram({ receiveHighWaterMark: 50, linger: 0 }));
    await socket.bind(ANY);
    const senders = Array.from({ length: 10 }, () => stranger(t, socket));
    for (let count = 0; count < 1000; count++) await senders[count % 10]?.(Buffer.alloc(count));
    await until("the mark", () => socket.stats().drops.hwm > 0);
    assert.equal(socket.stats().queuedIn, 50);
    for (let count = 0; count < 50; count++) assert.equal((await socket.receive(PATIENCE))[1]?.length, count);
  });

  test("answers to nobody, refused by the network, end nothing", async (t) => {
    const use = sockets(t);
    const [socket, gone] = [use(new Datagram()), use(new Datagram())];
    await socket.bind(ANY);
    await gone.bind(ANY);
    const nobody = String(gone.lastEndpoint).slice("udp://".length);
    gone.close();
    for (let count = 0; count < 100; count++) await socket.send([nobody, "is anybody there?"]);
    await socket.send([String(socket.lastEndpoint).slice("udp://".length), "still here"]);
    assert.equal(String((await socket.receive(PATIENCE))[1]), "still here");
    assert.equal(socket.stats().messagesDelivered, 101);
  });
});
