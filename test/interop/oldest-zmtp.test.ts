import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { Dealer, Publisher, Pull, Push, Reply, Request, Router, Subscriber, XPublisher } from "../../src/index.ts";
import type { Socket } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound } from "../support/places.ts";
import { frames, RawHost, RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";

/**
 * Peers of ZMTP 1.0 and 2.0 (RFC 13, 15) as byte scripts, against sockets over tcp. What is sent to them is what libzmq
 * 4.3 was measured to send; every step is also taken by libzmq itself.
 */

const bytes = (digits: string): Buffer => Buffer.from(digits.replaceAll(" ", ""), "hex");

/** All of a ZMTP 1.0 message, with short lengths. */
function oldFrames(...bodies: string[]): Buffer {
  return Buffer.concat(
    bodies.map((body, at) => Buffer.from([body.length + 1, at < bodies.length - 1 ? 1 : 0, ...Buffer.from(body)])),
  );
}

/** A version: how its peers greet and are greeted, and how both frame their messages. */
interface Version {
  readonly name: "1.0" | "2.0";
  /** `type`: the socket type's number (RFC 15), which 1.0 does not tell. */
  greeting(type: number, routingId?: string): Buffer;
  /** What this library and libzmq greet such a peer with. */
  answer(type: number, routingId?: string): Buffer;
  frames(...bodies: string[]): Buffer;
}

const signature = (routingId: string): Buffer => bytes(`ff 000000000000000${routingId.length + 1} 7f`);

const VERSIONS: readonly Version[] = [
  {
    name: "1.0",
    greeting: (_type, routingId = "") => oldFrames(routingId),
    answer: (_type, routingId = "") => Buffer.concat([signature(routingId), Buffer.from(routingId)]),
    frames: oldFrames,
  },
  {
    name: "2.0",
    greeting: (type, routingId = "") => Buffer.concat([signature(""), Buffer.from([1, type]), frames(routingId)]),
    answer: (type, routingId = "") => Buffer.concat([signature(routingId), Buffer.from([3, type]), frames(routingId)]),
    frames,
  },
];

/** By their numbers (RFC 15, and libzmq). */
const TYPES = ["PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB"];
const [PULL, PUSH] = [7, 8] as const;

/** The raw peer at the other end of a socket: it dialed, or it listens. */
type Way = (t: TestContext, socket: Socket) => Promise<RawPeer>;

const WAYS: readonly (readonly [name: string, way: Way])[] = [
  ["that dials", (t, socket) => RawPeer.dial(t, bound(socket, "tcp"))],
  [
    "that listens",
    async (t, socket) => {
      const host = await RawHost.listen(t);
      socket.connect(host.endpoint);
      return host.accepts();
    },
  ],
];

/** Waits until the peer got exactly this. */
async function gets(peer: RawPeer, wanted: Buffer): Promise<void> {
  await until(`${wanted.length} bytes`, () => peer.received.length >= wanted.length);
  assert.equal(peer.received.toString("hex"), wanted.toString("hex"));
}

/** Waits until the peer got this first, and takes it away. */
async function begins(peer: RawPeer, wanted: Buffer): Promise<void> {
  await until(`${wanted.length} bytes`, () => peer.received.length >= wanted.length);
  assert.equal(peer.received.subarray(0, wanted.length).toString("hex"), wanted.toString("hex"));
  peer.received = peer.received.subarray(wanted.length);
}

for (const version of VERSIONS) {
  for (const [how, meet] of WAYS) {
    describe(`a ZMTP ${version.name} peer ${how}`, () => {
      /** A peer of a type that has greeted, and a socket of another that has answered. */
      const greeted = async (t: TestContext, socket: Socket, types: string, id = ""): Promise<RawPeer> => {
        const [own = 0, type = 0] = types.split(" to ").map((name) => TYPES.indexOf(name));
        const peer = await meet(t, socket);
        peer.send(version.greeting(type, id));
        await begins(peer, version.answer(own, (socket as { routingId?: string }).routingId ?? ""));
        await until("the handshake", () => socket.peers()[0]?.connected === true);
        return peer;
      };

      test("as PULL gets all that a PUSH sends, also what was queued before it came", async (t) => {
        const push = sockets(t)(new Push({ linger: 0 }));
        const pending = [push.send(["x", "yy"]), push.send("z".repeat(254))];
        const peer = await greeted(t, push, "PUSH to PULL");
        await Promise.all(pending);
        await push.send(["", "end"]);
        const wanted =
          version.name === "1.0"
            ? `020178 03007979 ff 00000000000000ff 00 ${"7a".repeat(254)} 0101 0400656e64`
            : `010178 00027979 00fe ${"7a".repeat(254)} 0100 0003656e64`;
        await gets(peer, bytes(wanted));
      });

      test("as PUSH is heard by a PULL, which knows what it told of itself", async (t) => {
        const pull = sockets(t)(new Pull());
        const peer = await greeted(t, pull, "PULL to PUSH", "me");
        peer.send(version.frames("a", "", "c"), version.frames("d"));
        assert.deepEqual(await next(pull), ["a", "", "c"]);
        assert.deepEqual(await next(pull), ["d"]);
        const [told] = pull.peers();
        assert.equal(told?.protocol, version.name);
        assert.match(told.routingId, /me/);
        assert.equal(told.socketType, version.name === "1.0" ? "" : "PUSH");
        assert.deepEqual([...told.properties.keys()], ["Peer-Address"]);
      });

      test("as SUB gets what it wants, and its cancellation is heard", async (t) => {
        const pub = sockets(t)(new XPublisher());
        const peer = await greeted(t, pub, "XPUB to SUB");
        if (version.name === "1.0") assert.deepEqual(await next(pub), ["\x01"]);
        peer.send(version.frames("\x01A"));
        assert.deepEqual(await next(pub), ["\x01A"]);
        if (version.name === "1.0") peer.send(version.frames("\x00"));
        if (version.name === "1.0") assert.deepEqual(await next(pub), ["\x00"]);
        await pub.send(["B", "not this"]);
        await pub.send(["Ab", "this"]);
        await gets(peer, version.frames("Ab", "this"));
        peer.send(version.frames("\x00A"), version.frames("\x02up", "x"));
        assert.deepEqual(await next(pub), ["\x00A"]);
        assert.deepEqual(await next(pub), ["\x02up", "x"]);
      });

      test("as PUB is told subscriptions by messages, and heard by a SUB that filters", async (t) => {
        const sub = sockets(t)(new Subscriber());
        sub.subscribe("A");
        const peer = await greeted(t, sub, "SUB to PUB");
        await begins(peer, version.frames("\x01A"));
        peer.send(version.frames("B"), version.frames("Abc", "body"));
        assert.deepEqual(await next(sub), ["Abc", "body"]);
        sub.subscribe("C");
        sub.unsubscribe("A");
        await gets(peer, Buffer.concat([version.frames("\x01C"), version.frames("\x00A")]));
      });

      test("as REP answers a REQ, as REQ is answered by a REP", async (t) => {
        const use = sockets(t);
        const request = use(new Request());
        const replier = await greeted(t, request, "REQ to REP");
        await request.send("Hello");
        await gets(replier, version.frames("", "Hello"));
        replier.send(version.frames("", "World"));
        assert.deepEqual(await next(request), ["World"]);
        const reply = use(new Reply());
        const requester = await greeted(t, reply, "REP to REQ");
        requester.send(version.frames("", "Hello"));
        assert.deepEqual(await next(reply), ["Hello"]);
        await reply.send("World");
        await gets(requester, version.frames("", "World"));
      });

      test("as DEALER is known to a ROUTER by the identity it greets with", async (t) => {
        const router = sockets(t)(new Router({ mandatory: true, routingId: "R" }));
        const peer = await greeted(t, router, "ROUTER to DEALER", "D1");
        peer.send(version.frames("a", "b"));
        assert.deepEqual(await next(router), ["D1", "a", "b"]);
        await router.send(["D1", "c"]);
        await gets(peer, version.frames("c"));
      });

      test("as ROUTER sees a DEALER's identity, and its probe and hello message first", async (t) => {
        const dealer = sockets(t)(new Dealer({ routingId: "ABC", probeRouter: true, helloMessage: "hi" }));
        const peer = await greeted(t, dealer, "DEALER to ROUTER");
        await dealer.send("x");
        await gets(peer, Buffer.concat([version.frames(""), version.frames("hi"), version.frames("x")]));
        peer.send(version.frames("back"));
        assert.deepEqual(await next(dealer), ["back"]);
      });

      test("brings and takes a large message", async (t) => {
        const dealer = sockets(t)(new Dealer());
        const peer = await greeted(t, dealer, "DEALER to DEALER");
        const body = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => at % 251));
        const header = version.name === "1.0" ? "ff 00000000000493e1 00" : "02 00000000000493e0";
        peer.send(bytes(header), body);
        assert.deepEqual(await dealer.receive({ timeout: 5000 }), [body]);
        await dealer.send(body);
        await gets(peer, Buffer.concat([bytes(header), body]));
      });

      test("greets byte by byte, and is greeted as far as its bytes allow", async (t) => {
        const pull = sockets(t)(new Pull());
        const peer = await meet(t, pull);
        peer.stream.setNoDelay(true);
        for (const octet of Buffer.concat([version.greeting(PUSH, "id"), version.frames("a", "b")])) {
          peer.send(Buffer.from([octet]));
          await new Promise((resolve) => setImmediate(resolve));
        }
        assert.deepEqual(await next(pull), ["a", "b"]);
        await gets(peer, version.answer(PULL));
      });

      for (const [what, options, pattern] of [
        ["a ZAP domain", { zapDomain: "global" }, /no security.*NULL \(zapDomain\)/],
        ["PLAIN", { plainServer: true }, /no security.*PLAIN/],
      ] as const) {
        test(`is refused where ${what} is set: the event says why, and nothing is delivered`, async (t) => {
          const pull = sockets(t)(new Pull({ ...options, reconnectInterval: 10_000 }));
          const watch = new Watch(pull);
          const peer = await meet(t, pull);
          peer.send(version.greeting(PUSH), version.frames("smuggled"));
          const { error, reason } = await watch.first("handshake:error:protocol");
          assert.equal((error as { code?: string }).code, "ERR_ZMTP_VERSION");
          assert.match(reason ?? "", new RegExp(`ZMTP ${version.name.replace(".", "\\.")}`));
          assert.match(reason ?? "", pattern);
          await peer.ends();
          assert.equal(pull.tryReceive(), undefined);
          assert.equal(pull.stats().handshakeProtocol, 1);
        });
      }
    });
  }
}

test("a PUB sends everything to a ZMTP 1.0 peer that says nothing, as such peers filter by themselves", async (t) => {
  const pub = sockets(t)(new Publisher());
  const peer = await RawPeer.dial(t, bound(pub, "tcp"));
  peer.send(bytes("01 00"));
  await pub.ready({ subscribers: 1, timeout: 5000 });
  await pub.send(["any", "thing"]);
  await gets(peer, bytes("ff 0000000000000001 7f 0401 616e79 0600 7468696e67"));
});

test("a ZMTP 1.0 peer with a signature and revision 0 gets the socket type, and subscribes by itself", async (t) => {
  const pub = sockets(t)(new Publisher());
  const peer = await RawPeer.dial(t, bound(pub, "tcp"));
  peer.send(bytes("ff 0000000000000001 7f 00 02 01 00 03 00 01 41"));
  await pub.ready({ subscribers: 1, topic: "A", timeout: 5000 });
  await pub.send("B");
  await pub.send("A");
  await gets(peer, bytes("ff 0000000000000001 7f 03 01 01 00 02 00 41"));
});

test("a ZMTP 1.0 peer that breaks its framing loses its connection, and no other does", async (t) => {
  const pull = sockets(t)(new Pull({ maxMessageSize: 1000 }));
  const endpoint = bound(pull, "tcp");
  const good = await RawPeer.dial(t, endpoint);
  good.send(bytes("01 00"));
  for (const fault of ["00", "ff 0000000000000000 00", "ff ffffffffffffffff 00", "ff 00000000000003ea 00"]) {
    const peer = await RawPeer.dial(t, endpoint);
    peer.send(bytes(`01 00 ${fault}`));
    await peer.ends();
  }
  good.send(bytes("05 00 676f6f64"));
  assert.deepEqual(await next(pull), ["good"]);
  assert.deepEqual([pull.stats().drops["decode-error"], pull.stats().drops["too-big"]], [2, 2]);
});

test("a peer that waits for our eleventh octet before it tells its version gets it for its signature", async (t) => {
  for (const [, meet] of WAYS) {
    const dealer = sockets(t)(new Dealer());
    const peer = await meet(t, dealer);
    peer.send(bytes("ff 0000000000000001 7f"));
    await until("the major version", () => peer.received.length === 11);
    assert.equal(peer.received[10], 3);
    peer.send(bytes("01 05"), frames("id"), frames("hello"));
    assert.deepEqual(await next(dealer), ["hello"]);
  }
});
