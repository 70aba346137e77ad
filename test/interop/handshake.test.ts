import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { SOCKETS } from "../../src/sockets/index.ts";
import { buffers, join, nextEvent, using } from "./ours.ts";
import { type Peer, type PeerSocket, withEachPeer } from "./peer.ts";

withEachPeer("a peer of a type that can't talk with ours", (peer) => {
  for (const binder of ["we", "they"] as const) {
    for (const { name, peers, wire } of SOCKETS) {
      if (wire === "raw") continue;
      const wrong = SOCKETS.find((type) => type.wire !== "raw" && !peers.includes(type.name))?.name ?? "PUB";

      test(
        `our ${name} and their ${wrong} refuse each other with an event on both sides, where ${binder} bind`,
        using(async (side) => {
          const ours = side.open(name);
          const theirs = await peer.open(wrong);
          await join(ours, theirs, side.address("tcp"), binder);
          const { error, reason, peerAddress } = await nextEvent(ours, "handshake:error:protocol");
          assert.match(reason ?? "", new RegExp(wrong));
          assert.match(peerAddress ?? "", /^tcp:\/\/127\.0\.0\.1:\d+$/);
          assert.equal((error as { code?: string }).code, "ERR_ZMTP_SOCKET_TYPE_MISMATCH");
          assert.equal(ours.stats().handshakePeerType, 1);
          await refusedThere(theirs);
          assert.equal(ours.stats().peers, 0);
          await theirs.close();
        }),
      );
    }
  }
});

withEachPeer("handshakes, heartbeats and identities", (peer) => {
  for (const binder of ["we", "they"] as const) {
    test(
      `routing ids set on either side are known to the other, where ${binder} bind`,
      using(async (side) => {
        const ours = side.open("ROUTER", { routingId: "our router" });
        const theirs = await peer.open("ROUTER", { routingId: Buffer.from("\0their\xff", "latin1"), mandatory: true });
        await join(ours, theirs, side.address("tcp"), binder);
        const id = Buffer.from("\0their\xff", "latin1");
        const { routingId, socketType } = await nextEvent(ours, "handshake");
        assert.deepEqual([Buffer.from(routingId), socketType], [id, "ROUTER"]);
        await ours.send([id, "to you"]);
        assert.deepEqual(await theirs.receive(), buffers(["our router", "to you"]));
        await theirs.send(["our router", "to you too"]);
        assert.deepEqual(await ours.receive(), [id, Buffer.from("to you too")]);
        await theirs.close();
      }),
    );

    test(
      `heartbeats of both sides keep an idle connection up, where ${binder} bind`,
      using(async (side) => {
        const beats = { heartbeatInterval: 10, heartbeatTimeout: 2000, heartbeatTimeToLive: 2000 };
        const ours = side.open("DEALER", beats);
        const theirs = await peer.open("DEALER", beats);
        await join(ours, theirs, side.address("tcp"), binder);
        await ours.ready();
        const before = ours.stats();
        // Each side's PINGs have 9 bytes, and its PONGs 7.
        const enough = 30 * (9 + 7);
        const beaten = (): boolean => {
          const { bytesSent, bytesReceived } = ours.stats();
          return bytesSent - before.bytesSent > enough && bytesReceived - before.bytesReceived > enough;
        };
        while (!beaten()) await new Promise((resolve) => setImmediate(resolve));
        await ours.send("still");
        assert.deepEqual(await theirs.receive(), buffers(["still"]));
        await theirs.send(["here"]);
        assert.deepEqual(await ours.receive(), buffers(["here"]));
        assert.equal(ours.stats().disconnects, 0);
        assert.ok(!(await theirs.heard()).includes("disconnect"));
        await theirs.close();
      }),
    );

    test(
      `our probe introduces us to their ROUTER, and their probe them to ours, where ${binder} bind`,
      using(async (side) => {
        const ours = side.open("ROUTER", { routingId: "we", probeRouter: true });
        const theirs = await peer.open("ROUTER", { routingId: "they", probeRouter: true });
        await join(ours, theirs, side.address("ipc"), binder);
        assert.deepEqual(await theirs.receive(), buffers(["we", ""]));
        assert.deepEqual(await ours.receive(), buffers(["they", ""]));
        await theirs.close();
      }),
    );
  }

  test(
    "our REQ with correlate numbers its requests and skips answers of their ROUTER to older ones",
    using(async (side) => {
      const ours = side.open("REQ", { correlate: true, relaxed: true });
      const theirs = await peer.open("ROUTER");
      await join(ours, theirs, side.address("tcp"), "they");
      await ours.send("one");
      const [id = "", first = "", empty, body] = await theirs.receive();
      assert.deepEqual([first.length, String(empty), String(body)], [4, "", "one"]);
      await ours.send("two");
      const [, second = "", , next] = await theirs.receive();
      assert.equal(String(next), "two");
      assert.notDeepEqual(second, first);
      await theirs.send([id, first, "", "late"]);
      await theirs.send([id, second, "", "in time"]);
      assert.deepEqual(await ours.receive(), buffers(["in time"]));
      assert.equal(ours.stats().drops.refused, 1);
      await theirs.close();
    }),
  );

  test(
    "their REQ with correlate and relaxed gets its answers from our ROUTER and from our REP",
    using(async (side) => {
      for (const type of ["ROUTER", "REP"] as const) {
        const ours = side.open(type);
        const theirs = await peer.open("REQ", { correlate: true, relaxed: true });
        await join(ours, theirs, side.address("tcp"), "we");
        await theirs.send(["ask"]);
        const asked = await ours.receive();
        await ours.send(type === "REP" ? "answer" : [...asked.slice(0, -1), "answer"]);
        assert.deepEqual(await theirs.receive(), buffers(["answer"]));
        await theirs.close();
      }
    }),
  );

  test(
    "a larger frame than we take ends the connection on both sides",
    using(async (side) => {
      const ours = side.open("PULL", { maxMessageSize: 1000 });
      const theirs = await peer.open("PUSH");
      await join(ours, theirs, side.address("tcp"), "we");
      await theirs.send(["x".repeat(1000)]);
      assert.equal((await ours.receive())[0]?.length, 1000);
      await theirs.send(["x".repeat(1001)]);
      const { reason } = await nextEvent(ours, "disconnect");
      assert.match(reason ?? "", /1001/);
      await theirs.hear("disconnect");
      await theirs.close();
    }),
  );

  hello(peer);
});

function hello(peer: Peer): void {
  const skip = peer.drafts ? false : "its libzmq has no draft options";
  test(
    "their hello message is the first that our DEALER receives, and their disconnect message tells of our end",
    { skip },
    using(async (side) => {
      const theirs = await peer.open("ROUTER", { helloMessage: "hello", disconnectMessage: "gone" });
      const address = await theirs.bind(side.address("tcp"));
      const ours = side.open("DEALER", { routingId: "we", helloMessage: "hi" });
      ours.connect(address);
      assert.deepEqual(await ours.receive(), buffers(["hello"]));
      assert.deepEqual(await theirs.receive(), buffers(["we", "hi"]));
      ours.close();
      assert.deepEqual(await theirs.receive(), buffers(["we", "gone"]));
      await theirs.close();
    }),
  );

  test(
    "our ROUTER's hello message is the first that their DEALER receives, and our disconnect message tells of its end",
    using(async (side) => {
      const ours = side.open("ROUTER", { helloMessage: "hello", disconnectMessage: "gone" });
      await ours.bind(side.address("tcp"));
      const theirs = await peer.open("DEALER", { routingId: "they" });
      await theirs.connect(ours.lastEndpoint ?? "");
      assert.deepEqual(await theirs.receive(), buffers(["hello"]));
      await theirs.close();
      assert.deepEqual(await ours.receive(), buffers(["they", "gone"]));
    }),
  );
}

/** All that libzmq says of a wrong type is that the connection is over. */
async function refusedThere(theirs: PeerSocket): Promise<void> {
  await theirs.hear("disconnect");
  assert.ok(!(await theirs.heard()).includes("handshake"), "their side took us for a peer");
}

test(
  "a server that says nothing is given up after handshakeInterval, and dialed again",
  using(async (side) => {
    const callers: net.Socket[] = [];
    const server = net.createServer((socket) => callers.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const ours = side.open("PUSH", { handshakeInterval: 50, reconnectInterval: 10 });
      ours.connect(`tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`); // of a TCP server
      const { error, reason } = await nextEvent(ours, "handshake:error:other");
      assert.deepEqual([error.code, reason], ["EAGAIN", "no handshake in 50 ms"]);
      await nextEvent(ours, "connect:retry");
      await nextEvent(ours, "connect");
      assert.equal(ours.stats().handshakeTimeout, 1);
    } finally {
      for (const caller of callers) caller.destroy();
      server.close();
    }
  }),
);

test(
  "a client that says nothing is given up after handshakeInterval, while others are served",
  using(async (side) => {
    const ours = side.open("PULL", { handshakeInterval: 50 });
    await ours.bind(side.address("tcp"));
    const client = net.connect(Number(ours.lastEndpoint?.split(":").at(-1)), "127.0.0.1");
    const ended = new Promise((resolve) => client.on("close", resolve));
    client.resume();
    const push = side.open("PUSH");
    push.connect(ours.lastEndpoint ?? "");
    await push.send("served");
    assert.deepEqual(await ours.receive(), buffers(["served"]));
    await nextEvent(ours, "handshake:error:other");
    await ended;
  }),
);
