import assert from "node:assert/strict";
import { test } from "node:test";
import type { TypeName } from "../../src/options/socket-types.ts";
import { SOCKETS } from "../../src/sockets/index.ts";
import { hasOnePart } from "../conformance/dialog.ts";
import { buffers, join, type Ours, type OurSocket, using } from "./ours.ts";
import { type AnyOptions, type Frames, type Peer, PeerSocket, type Talker, withEachPeer } from "./peer.ts";

const EVERYTHING = "\x01";

/** Sizes at which framing changes, empty frames at every place, more than one frame. */
const MESSAGES: readonly Frames[] = [
  ["hello"],
  [""],
  ["a", "", "b"],
  ["", "", "c", ""],
  ["x".repeat(255)],
  ["x".repeat(256), "y".repeat(255)],
  [Buffer.alloc(65_536, 7), "end"],
];

const WAYS = [
  ["tcp", "we"],
  ["tcp", "they"],
  ["ipc", "we"],
  ["ipc", "they"],
] as const;

type Exchange = (a: Talker, b: Talker, message: Frames) => Promise<void>;

/** How each legal pair of types says a message to each other, both ways where there are two. */
const EXCHANGES: Readonly<Record<string, Exchange>> = {
  "PAIR-PAIR": bothWays,
  "PUSH-PULL": (push, pull, message) => says(push, pull, message),
  "PUB-SUB": (pub, sub, message) => says(pub, sub, message),
  "PUB-XSUB": (pub, xsub, message) => says(pub, xsub, message),
  "XPUB-SUB": (xpub, sub, message) => says(xpub, sub, message),
  async "XPUB-XSUB"(xpub, xsub, message) {
    await says(xpub, xsub, message);
    await says(xsub, xpub, ["up", ...message]);
  },
  "REQ-REP": bothWays,
  async "REQ-ROUTER"(req, router, message) {
    await req.send(message);
    const [id = "", ...request] = await router.receive();
    assert.deepEqual(request, buffers(["", ...message]));
    await router.send([id, "", ...message]);
    assert.deepEqual(await req.receive(), buffers(message));
  },
  async "DEALER-REP"(dealer, rep, message) {
    await dealer.send(["", ...message]);
    assert.deepEqual(await rep.receive(), buffers(message));
    await rep.send(message);
    assert.deepEqual(await dealer.receive(), buffers(["", ...message]));
  },
  async "DEALER-ROUTER"(dealer, router, message) {
    await dealer.send(message);
    const [id = "", ...body] = await router.receive();
    assert.deepEqual(body, buffers(message));
    await router.send([id, ...message]);
    assert.deepEqual(await dealer.receive(), buffers(message));
  },
  "DEALER-DEALER": bothWays,
  async "ROUTER-ROUTER"(a, b, message) {
    await a.send(["b", ...message]);
    assert.deepEqual(await b.receive(), buffers(["a", ...message]));
    await b.send(["a", ...message]);
    assert.deepEqual(await a.receive(), buffers(["b", ...message]));
  },
};

withEachPeer("every legal pair of socket types exchanges messages", (peer) => {
  for (const [types, exchange] of Object.entries(EXCHANGES)) {
    const [a, b] = types.split("-") as [TypeName, TypeName]; // the keys of the table
    for (const ours of a === b ? (["a"] as const) : (["a", "b"] as const)) {
      const title = ours === "a" ? `our ${a} and their ${b}` : `our ${b} and their ${a}`;
      for (const [transport, binder] of WAYS) {
        const link: Link = { a, b, ours, transport, binder };
        test(
          `${title} over ${transport}, where ${binder} bind`,
          using((side) => talk(side, peer, link, exchange)),
        );
      }
    }
  }

  test("there is an exchange for each pair that may talk", () => {
    const stable = SOCKETS.filter((type) => !hasOnePart(type)); // drafts.test.ts is about the others
    const legal = stable.flatMap(({ name, peers }) => peers.map((other) => [name, other].sort().join("-")));
    const tried = Object.keys(EXCHANGES).map((types) => types.split("-").sort().join("-"));
    assert.deepEqual([...new Set(legal)].sort(), tried.sort());
  });
});

interface Link {
  readonly a: TypeName;
  readonly b: TypeName;
  /** Which of the two is our side. */
  readonly ours: "a" | "b";
  readonly transport: "tcp" | "ipc";
  readonly binder: "we" | "they";
}

async function talk(side: Ours, peer: Peer, link: Link, exchange: Exchange): Promise<void> {
  const options = (end: "a" | "b"): AnyOptions =>
    link.a === "ROUTER" && link.b === "ROUTER" ? { routingId: end, mandatory: true } : {};
  const other = link.ours === "a" ? "b" : "a";
  const ours = side.open(link[link.ours], options(link.ours));
  const theirs = await peer.open(link[other], options(other));
  await join(ours, theirs, side.address(link.transport), link.binder);
  const [a, b] = link.ours === "a" ? [ours, theirs] : [theirs, ours];
  await settle(a, link.a, b, link.b);
  await ours.ready({ timeout: 10_000 });
  for (const message of MESSAGES) await exchange(a, b, message);
  await theirs.close();
}

/**
 * Subscribes, and waits until the publisher knows. Of a PUB that is not ours nothing can be asked: it sends until some of
 * it arrives. A bound SUB of libzmq subscribes only while somebody calls it, hence the early receive.
 */
async function settle(
  a: OurSocket | PeerSocket,
  type: TypeName,
  b: OurSocket | PeerSocket,
  other: TypeName,
): Promise<void> {
  if (other === "XSUB") await b.send([EVERYTHING]);
  if (other === "SUB") await b.subscribe("");
  if (type !== "PUB" && type !== "XPUB") return;
  let arrived = false;
  const first = b.receive().then(() => (arrived = true));
  if (type === "XPUB") assert.deepEqual(await a.receive(), buffers([EVERYTHING]));
  else if (a instanceof PeerSocket) while (!arrived) await a.send(["wake"]);
  else await a.ready({ subscribers: 1, timeout: 10_000 });
  await a.send(["awake"]);
  await first;
  if (a instanceof PeerSocket && type === "PUB") while (String((await b.receive())[0]) !== "awake");
}

async function bothWays(a: Talker, b: Talker, message: Frames): Promise<void> {
  await says(a, b, message);
  await says(b, a, message);
}

async function says(from: Talker, to: Talker, message: Frames): Promise<void> {
  await from.send(message);
  assert.deepEqual(await to.receive(), buffers(message));
}
