import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { Dish } from "../../src/draft.ts";
import { sockets } from "../support/sockets.ts";
import { type Child, child } from "../transports/node/child.ts";

const START = `
  import { Datagram, Dish, Radio } from "src/draft.ts";
  const say = (text) => console.log(text);
  process.on("exit", (code) => say("exit " + code));
  setTimeout(() => say("held"), 100).unref();`;

function program(source: string): Child {
  return child(`${START}\n${source}`);
}

async function endsByItself(source: string): Promise<Child> {
  const started = program(source);
  assert.equal(await started.exit(), 0, started.said());
  return started;
}

function bound(t: TestContext): Dish {
  const dish = sockets(t)(new Dish());
  dish.join("G");
  dish.bindSync("udp://127.0.0.1:*");
  return dish;
}

describe("udp and the life of a process", () => {
  test("idle sockets, bound or connected, do not hold it", async () => {
    const ended = await endsByItself(`
      const [dgram, dish, radio] = [new Datagram(), new Dish(), new Radio()];
      dgram.bindSync("udp://127.0.0.1:*");
      await dish.bind("udp://127.0.0.1;239.192.7.10:*");
      radio.connect(dish.lastEndpoint);
      await radio.ready();
      say("all three");`);
    assert.match(ended.said(), /all three[^]*exit 0/);
    assert.doesNotMatch(ended.said(), /held/);
  });

  test("a pending receive does", async () => {
    const waiting = program(`
      const dgram = new Datagram();
      await dgram.bind("udp://127.0.0.1:*");
      dgram.receive().then(() => say("got it"));
      // By itself this timer holds nothing: it only comes to be if the receive does.
      setTimeout(() => dgram.send([dgram.lastEndpoint.slice(6), "it"]), 150).unref();`);
    assert.equal(await waiting.exit(), 0);
    assert.match(waiting.said(), /held[^]*got it/);
  });

  test("messages sent right before its end arrive, also where a name was still to be looked up", async (t) => {
    const dish = bound(t);
    const port = /\d+$/.exec(String(dish.lastEndpoint))?.[0];
    for (const host of ["127.0.0.1", "localhost"]) {
      await endsByItself(`
        const radio = new Radio();
        radio.connect("udp://${host}:${port}");
        for (const body of ["1", "2", "3"]) radio.send(body, { group: "G" });
        radio.close();`);
      for (const body of ["1", "2", "3"]) assert.equal(String((await dish.receive({ timeout: 5000 }))[0]), body);
    }
  });
});
