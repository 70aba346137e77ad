import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dish, Peer as PeerOfOurs, Radio, Server } from "../../src/draft.ts";
import type { TypeName } from "../../src/options/socket-types.ts";
import { SOCKETS } from "../../src/sockets/index.ts";
import { hasOnePart } from "../conformance/dialog.ts";
import { buffers, countUp, join, nextEvent, type Ours, type OurSocket, using } from "./ours.ts";
import { type Frames, type PeerSocket, type Talker, withDraftPeers } from "./peer.ts";

const WAYS = [
  ["tcp", "we"],
  ["tcp", "they"],
  ["ipc", "we"],
  ["ipc", "they"],
] as const;

/** Sizes at which framing changes. */
const BODIES = ["hello", "", "x".repeat(255), "y".repeat(256), Buffer.alloc(65_536, 7)] as const;

const GROUP = "a group";

/** Our side, as frames: what goes beside a body is the first, a number in decimal digits. */
class Framed implements Talker {
  readonly #socket: OurSocket;
  readonly #property: "group" | "routingId" | undefined;

  constructor(socket: OurSocket, type: TypeName) {
    this.#socket = socket;
    this.#property = SOCKETS.find(({ name }) => name === type)?.beside?.property;
  }

  send(message: Frames): Promise<unknown> {
    if (this.#property === undefined) return this.#socket.send(message);
    const [first = "", body = ""] = message;
    const value = this.#property === "group" ? first : Number(String(first));
    return this.#socket.send(body, { [this.#property]: value });
  }

  async receive(): Promise<Buffer[]> {
    const message: unknown[] = await this.#socket.receive();
    if (this.#property === undefined) return message as Buffer[];
    const [body, beside] = message as [Buffer, Record<string, Buffer | number>]; // of such types
    const value = beside[this.#property] as Buffer | number; // it is there
    return [typeof value === "number" ? Buffer.from(String(value)) : value, body];
  }
}

type Exchange = (a: Talker, b: Talker, body: string | Buffer) => Promise<void>;

/** How each pair says a body to each other, both ways where there are two and the other side has a way to. */
const EXCHANGES: Readonly<Record<string, Exchange>> = {
  async "CLIENT-SERVER"(client, server, body) {
    await client.send([body]);
    const [number = "", request] = await server.receive();
    assert.ok(Buffer.from(body).equals(request ?? Buffer.of(0)));
    await server.send([number, body]);
    assert.deepEqual(await client.receive(), buffers([body]));
  },
  async "RADIO-DISH"(radio, dish, body) {
    await radio.send(["nobody's", body]);
    await radio.send([GROUP, body]);
    assert.deepEqual(await dish.receive(), buffers([GROUP, body]));
  },
  async "SCATTER-GATHER"(scatter, gather, body) {
    await scatter.send([body]);
    assert.deepEqual(await gather.receive(), buffers([body]));
  },
  async "CHANNEL-CHANNEL"(one, other, body) {
    await one.send([body]);
    assert.deepEqual(await other.receive(), buffers([body]));
    await other.send([body]);
    assert.deepEqual(await one.receive(), buffers([body]));
  },
};

withDraftPeers("draft sockets exchange messages", (peer) => {
  for (const [types, exchange] of Object.entries(EXCHANGES)) {
    const [a, b] = types.split("-") as [TypeName, TypeName]; // the keys of the table
    for (const [our, their] of a === b
      ? [[a, b] as const]
      : ([
          [a, b],
          [b, a],
        ] as const)) {
      for (const [transport, binder] of WAYS) {
        test(
          `our ${our} and their ${their} over ${transport}, where ${binder} bind`,
          using(async (side) => {
            const ours = side.open(our);
            const theirs = await peer.open(their);
            await join(ours, theirs, side.address(transport), binder);
            await ours.ready({ timeout: 10_000 });
            await settle(ours, theirs, our);
            const talker = new Framed(ours, our);
            for (const body of BODIES)
              await (our === a ? exchange(talker, theirs, body) : exchange(theirs, talker, body));
            await theirs.close();
          }),
        );
      }
    }
  }

  for (const [transport, binder] of WAYS) {
    test(
      `our PEER sends to theirs, which has no way to send, over ${transport}, where ${binder} bind`,
      using(async (side) => {
        const theirs = await peer.open("PEER", { helloMessage: "hello" });
        const ours = side.open("PEER") as unknown as PeerOfOurs;
        let connected: number | undefined;
        if (binder === "they") connected = ours.connectPeer(await theirs.bind(side.address(transport)));
        else await join(ours as unknown as OurSocket, theirs, side.address(transport), "we");
        const [hello, to] = await ours.receive();
        assert.deepEqual([String(hello), to.routingId], ["hello", connected ?? to.routingId]);
        for (const body of BODIES) {
          await ours.send(body, to);
          assert.deepEqual((await theirs.receive()).at(-1), Buffer.from(body));
        }
        await theirs.close();
      }),
    );
  }

  test("there is an exchange for each pair of draft types", () => {
    const legal = SOCKETS.filter(hasOnePart).flatMap(({ name, peers }) =>
      peers.map((other) => [name, other].sort().join("-")),
    );
    const tried = [...Object.keys(EXCHANGES), "PEER-PEER"].map((types) => types.split("-").sort().join("-"));
    assert.deepEqual([...new Set(legal)].sort(), tried.sort());
  });
});

withDraftPeers("draft sockets in particular", (peer) => {
  const it = (title: string, run: (side: Ours) => Promise<void>): void => void test(title, using(run));

  it("their DISH leaves a group, and gets no more of it from our RADIO", async (side) => {
    const ours = side.open("RADIO") as unknown as Radio;
    const theirs = await peer.open("DISH");
    await theirs.join("stays", "goes", "");
    await join(ours as unknown as OurSocket, theirs, side.address("tcp"), "we");
    await ours.ready({ subscribers: 1, topic: "" });
    assert.equal(ours.topicsCount, 3);
    await theirs.leave("goes");
    while (ours.topicsCount > 2) await new Promise((resolve) => setImmediate(resolve));
    for (const group of ["goes", "", "stays"]) await ours.send(`to ${group}`, { group });
    assert.deepEqual(await theirs.receive(), buffers(["", "to "]));
    assert.deepEqual(await theirs.receive(), buffers(["stays", "to stays"]));
    await theirs.close();
  });

  it("our DISH joins groups at their RADIO while it is connected, with names of 255 bytes too, and leaves them", async (side) => {
    const long = "g".repeat(255);
    const ours = side.open("DISH") as unknown as Dish;
    const theirs = await peer.open("RADIO");
    await join(ours as unknown as OurSocket, theirs, side.address("tcp"), "they");
    await ours.ready();
    ours.join(long, "later");
    await flows(theirs, ours, "later");
    ours.leave("later");
    await theirs.send([long, "body"]);
    assert.deepEqual(await ours.receive(), [Buffer.from("body"), { group: Buffer.from(long) }]);
    await theirs.close();
  });

  it("our DISH joins its groups again at their RADIO that was restarted", async (side) => {
    const ours = side.open("DISH", { reconnectInterval: 20 }) as unknown as Dish;
    ours.join("g");
    const first = await peer.open("RADIO");
    const address = await first.bind(side.address("tcp"));
    ours.connect(address);
    await flows(first, ours, "g");
    await first.close();
    await nextEvent(ours as unknown as OurSocket, "disconnect");
    const second = await peer.open("RADIO");
    await second.bind(address);
    await flows(second, ours, "g");
    await second.close();
  });

  it("their CLIENT comes back to our SERVER under another number when it was let go of", async (side) => {
    const ours = side.open("SERVER") as unknown as Server;
    await ours.bind(side.address("tcp"));
    const theirs = await peer.open("CLIENT");
    await theirs.connect(ours.lastEndpoint ?? "");
    await theirs.send(["one"]);
    const [, first] = await ours.receive();
    ours.disconnectPeer(first.routingId);
    await theirs.hear("disconnect");
    await ours.ready();
    await theirs.send(["two"]);
    const [body, second] = await ours.receive();
    assert.equal(String(body), "two");
    assert.notEqual(second.routingId, first.routingId);
    await ours.send("three", second);
    assert.deepEqual(await theirs.receive(), buffers(["three"]));
    await theirs.close();
  });

  it("2,000 messages each way between our CLIENT and their SERVER, none lost or out of turn", async (side) => {
    const ours = side.open("CLIENT");
    const theirs = await peer.open("SERVER");
    await join(ours, theirs, side.address("tcp"), "they");
    for (let count = 0; count < 2000; count++) await ours.send(`${count}`);
    const numbers: number[] = [];
    let to: Buffer | undefined;
    for (let count = 0; count < 2000; count++) {
      const [number, body] = await theirs.receive();
      to = number;
      numbers.push(Number(String(body)));
    }
    assert.deepEqual(numbers, countUp(2000));
    for (let count = 0; count < 2000; count++) await theirs.send([to ?? "", `${count}`]);
    for (let count = 0; count < 2000; count++) assert.deepEqual(await ours.receive(), buffers([`${count}`]));
    await theirs.close();
  });

  for (const [our, their] of [
    ["SERVER", "CLIENT"],
    ["CLIENT", "SERVER"],
    ["GATHER", "SCATTER"],
    ["CHANNEL", "CHANNEL"],
  ] as const) {
    it(`test_heartbeats: heartbeats of both sides keep our ${our} and their ${their} together`, async (side) => {
      const beats = { heartbeatInterval: 10, heartbeatTimeout: 2000, heartbeatTimeToLive: 2000 };
      const ours = side.open(our, beats);
      const theirs = await peer.open(their, beats);
      await join(ours, theirs, side.address("tcp"), "we");
      await ours.ready();
      const before = ours.stats().bytesReceived;
      while (ours.stats().bytesReceived - before < 20 * (9 + 7)) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(ours.stats().disconnects, 0);
      assert.ok(!(await theirs.heard()).includes("disconnect"));
      await theirs.close();
    });
  }
});

/**
 * Joins, and waits until the RADIO knows. Of one that is not ours nothing can be asked: it sends until some of it arrives. A
 * bound DISH of libzmq joins only while somebody calls it, hence the early receive.
 */
async function settle(ours: OurSocket, theirs: PeerSocket, our: TypeName): Promise<void> {
  if (our === "RADIO") {
    const radio = ours as unknown as Radio;
    await theirs.join(GROUP);
    const first = theirs.receive();
    await radio.ready({ subscribers: 1, topic: GROUP, timeout: 10_000 });
    await radio.send("awake", { group: GROUP });
    await first;
  } else if (our === "DISH") {
    const dish = ours as unknown as Dish;
    dish.join(GROUP);
    await flows(theirs, dish, GROUP);
  }
}

/** Their RADIO sends to a group until our DISH receives it, and has received all of it. */
async function flows(theirs: PeerSocket, ours: Dish, group: string): Promise<void> {
  let arrived = false;
  const first = ours.receive().then(() => (arrived = true));
  while (!arrived) await theirs.send([group, "wake"]);
  await first;
  await theirs.send([group, "awake"]);
  while (String((await ours.receive())[0]) !== "awake");
}
