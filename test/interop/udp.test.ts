import assert from "node:assert/strict";
import dgram from "node:dgram";
import { after, before, describe, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Datagram, Dish, Radio } from "../../src/draft.ts";
import { until } from "../conformance/recorders.ts";
import { sockets } from "../support/sockets.ts";
import { Peer } from "./peer.ts";

const PATIENCE = { timeout: 10_000 };

type Message = readonly [string | Uint8Array, string | Uint8Array];

/** A udp socket on libzmq, in another process. */
class Theirs {
  readonly #peer: Peer;
  readonly #socket: string;

  constructor(peer: Peer, socket: string) {
    this.#peer = peer;
    this.#socket = socket;
  }

  do(action: "bind" | "connect", address: string): Promise<unknown> {
    return this.#peer.ask(action, { socket: this.#socket, address });
  }

  join(...groups: string[]): Promise<unknown> {
    return this.#peer.ask("join", { socket: this.#socket, groups });
  }

  send(message: Message): Promise<unknown> {
    return this.#peer.ask("send", { socket: this.#socket, message: message.map((frame) => base64(frame)) });
  }

  /** Both frames, as text. */
  async receive(): Promise<string[]> {
    const frames = (await this.#peer.ask("receive", { socket: this.#socket })) as string[]; // what the peer answers
    return frames.map((frame) => Buffer.from(frame, "base64").toString());
  }

  close(): Promise<unknown> {
    return this.#peer.ask("close", { socket: this.#socket });
  }
}

function base64(frame: string | Uint8Array): string {
  return Buffer.from(frame as string).toString("base64"); // from() takes either
}

/** libzmq does not say which port it chose, so it has to be told one. */
async function freePort(): Promise<number> {
  const socket = dgram.createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

describe("udp, with zeromq.js", () => {
  const program = fileURLToPath(new URL("../../../test/interop/peers/zeromqjs-udp.mjs", import.meta.url));
  const command = [process.execPath, "--no-warnings", program]; // it would warn of drafts
  const peer = new Peer({ name: "zeromq.js", command, drafts: true, skip: false });
  let count = 0;
  before(() => peer.start());
  after(() => peer.kill());

  async function theirs(t: TestContext, type: "RADIO" | "DISH" | "DGRAM", more: object = {}): Promise<Theirs> {
    const socket = `${type} ${count++}`;
    await peer.ask("open", { socket, type, ...more });
    const made = new Theirs(peer, socket);
    t.after(() => made.close());
    return made;
  }

  /** libzmq binds some time after bind(): until it did, what is sent is lost. */
  async function untilHeard(hears: Theirs, send: (body: string) => Promise<unknown>): Promise<void> {
    let heard = false;
    const first = hears.receive().then(() => (heard = true));
    while (!heard) {
      await send("are you there?");
      await new Promise((resolve) => setImmediate(resolve));
    }
    await first;
    await send("here it ends");
    while ((await hears.receive())[1] !== "here it ends");
  }

  for (const place of ["127.0.0.1", "127.0.0.1;239.192.7.9"]) {
    test(`our RADIO sends to their DISH, to ${place}`, async (t) => {
      const address = `udp://${place}:${await freePort()}`;
      const dish = await theirs(t, "DISH");
      await dish.join("A", "B".repeat(127));
      await dish.do("bind", address);
      const radio = sockets(t)(new Radio());
      radio.connect(address);
      await untilHeard(dish, (body) => radio.send(body, { group: "A" }));
      await radio.send("another group", { group: "C" });
      await radio.send("", { group: "A" });
      await radio.send("long group", { group: "B".repeat(127) });
      await radio.send("x".repeat(8190), { group: "A" });
      assert.deepEqual(await dish.receive(), ["A", ""]);
      assert.deepEqual(await dish.receive(), ["B".repeat(127), "long group"]);
      assert.deepEqual(await dish.receive(), ["A", "x".repeat(8190)]);
    });

    test(`their RADIO sends to our DISH, to ${place}`, async (t) => {
      const dish = sockets(t)(new Dish());
      dish.join("A", "B".repeat(255));
      await dish.bind(`udp://${place}:*`);
      const radio = await theirs(t, "RADIO");
      await radio.do("connect", String(dish.lastEndpoint));
      for (const [group, body] of [
        ["A", "hello"],
        ["C", "another group"],
        ["A", ""],
        ["B".repeat(255), "long group"],
        ["A", "x".repeat(8190)],
      ] as const) {
        await radio.send([group, body]);
        if (group === "C") continue;
        const [received, { group: in_ }] = await dish.receive(PATIENCE);
        assert.deepEqual([String(in_), String(received)], [group, body]);
      }
      assert.equal(dish.stats().drops.filtered, 1);
    });

    if (place === "127.0.0.1") continue; // unicast reaches one of them
    test(`our DISH and theirs may be bound to the same address, ${place}`, async (t) => {
      const address = `udp://${place}:${await freePort()}`;
      const use = sockets(t);
      const ours = use(new Dish());
      ours.join("A");
      await ours.bind(address);
      const dish = await theirs(t, "DISH");
      await dish.join("A");
      await dish.do("bind", address);
      const radio = use(new Radio());
      radio.connect(address);
      await untilHeard(dish, (body) => radio.send(body, { group: "A" }));
      const [body] = await ours.receive(PATIENCE);
      assert.equal(String(body), "are you there?");
    });
  }

  test("our DGRAM and theirs talk, each answering with the address that it received", async (t) => {
    const port = await freePort();
    const other = await theirs(t, "DGRAM");
    await other.do("bind", `udp://127.0.0.1:${port}`);
    const ours = sockets(t)(new Datagram());
    await ours.bind("udp://127.0.0.1:*");
    const own = `${String(ours.lastEndpoint).slice("udp://".length)}\0`;
    await untilHeard(other, (body) => ours.send([`127.0.0.1:${port}`, body]));
    await ours.send([`127.0.0.1:${port}\0`, "hello"]);
    assert.deepEqual(await other.receive(), [own, "hello"]);
    await other.send([own, "and back"]);
    const received = (await ours.receive(PATIENCE)).map(String);
    assert.deepEqual(received, [`127.0.0.1:${port}\0`, "and back"]);
    await other.send([own, ""]);
    assert.deepEqual((await ours.receive(PATIENCE)).map(String), [`127.0.0.1:${port}\0`, ""]);
  });

  test("both address frames are made alike, byte for byte", async (t) => {
    const port = await freePort();
    const other = await theirs(t, "DGRAM");
    await other.do("bind", `udp://127.0.0.1:${port}`);
    const ours = sockets(t)(new Datagram());
    await ours.bind("udp://127.0.0.1:*");
    const plain = dgram.createSocket("udp4");
    t.after(() => plain.close());
    let heard = false;
    const theirFrame = other.receive().then(([address]) => {
      heard = true;
      return address;
    });
    const ourFrame = ours.receive(PATIENCE).then(([address]) => String(address));
    const ourPort = Number(/\d+$/.exec(String(ours.lastEndpoint))?.[0]);
    plain.send("x", ourPort, "127.0.0.1");
    await until("theirs is bound", () => {
      if (!heard) plain.send("x", port, "127.0.0.1");
      return heard;
    });
    assert.equal(await ourFrame, await theirFrame);
  });
});
