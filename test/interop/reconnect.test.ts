import assert from "node:assert/strict";
import { test } from "node:test";
import { unaccounted } from "../../src/observe/metrics.ts";
import { buffers, countUp, nextEvent, receiveNumbers, sendNumbers, using } from "./ours.ts";
import { withEachPeer } from "./peer.ts";

withEachPeer("a peer that is killed and comes back", (peer) => {
  for (const transport of ["tcp", "ipc"] as const) {
    test(
      `messages queued meanwhile at our connected PUSH reach the next PULL at that address, over ${transport}`,
      using(async (side) => {
        const ours = side.open("PUSH", { reconnectInterval: 10, reconnectMaxInterval: 20 });
        const address = await (await peer.open("PULL")).bind(side.address(transport));
        ours.connect(address);
        await nextEvent(ours, "handshake");
        await peer.kill();
        await nextEvent(ours, "disconnect");
        await sendNumbers(ours, 500);
        assert.equal(ours.stats().queuedOut, 500);
        assert.equal(unaccounted(ours.stats()), 0);
        peer.start();
        const theirs = await peer.open("PULL");
        await theirs.bind(address);
        assert.deepEqual(await theirs.receiveNumbers(500), countUp(500));
        assert.equal(ours.stats().reconnects, 1);
        await theirs.close();
      }),
    );

    test(
      `our SUB subscribes again, to all it wants by then, over ${transport}`,
      using(async (side) => {
        const ours = side.open("SUB", { reconnectInterval: 10, reconnectMaxInterval: 20 });
        const first = await peer.open("XPUB");
        const address = await first.bind(side.address(transport));
        ours.subscribe("old", "kept");
        ours.connect(address);
        for (let at = 0; at < 2; at++) await first.receive();
        await peer.kill();
        ours.unsubscribe("old");
        ours.subscribe("new");
        peer.start();
        const theirs = await peer.open("XPUB");
        await theirs.bind(address);
        const asked = [await theirs.receive(), await theirs.receive()].map(String).sort();
        assert.deepEqual(asked, ["\x01kept", "\x01new"]);
        for (const topic of ["old", "kept", "new"]) await theirs.send([topic]);
        assert.deepEqual(await ours.receive(), buffers(["kept"]));
        assert.deepEqual(await ours.receive(), buffers(["new"]));
        await theirs.close();
      }),
    );
  }

  test(
    "our bound XPUB is told that the subscriptions of a killed SUB are over, and serves the next one",
    using(async (side) => {
      const ours = side.open("XPUB");
      await ours.bind(side.address("tcp"));
      const subscribe = async (): Promise<Awaited<ReturnType<typeof peer.open>>> => {
        const theirs = await peer.open("SUB");
        await theirs.subscribe("topic");
        await theirs.connect(ours.lastEndpoint ?? "");
        assert.deepEqual(await ours.receive(), buffers(["\x01topic"]));
        await ours.send(["topic", "body"]);
        assert.deepEqual(await theirs.receive(), buffers(["topic", "body"]));
        return theirs;
      };
      await subscribe();
      await peer.kill();
      assert.deepEqual(await ours.receive(), buffers(["\x00topic"]));
      peer.start();
      await (await subscribe()).close();
    }),
  );

  test(
    "what is queued at our bound DEALER for a killed one is lost and counted, and the rest goes to the next",
    using(async (side) => {
      const ours = side.open("DEALER");
      await ours.bind(side.address("tcp"));
      await (await peer.open("DEALER")).connect(ours.lastEndpoint ?? "");
      await ours.ready();
      await peer.kill();
      await nextEvent(ours, "disconnect");
      assert.equal(ours.trySend("nobody is there"), false);
      const pending = ours.send("0");
      peer.start();
      const theirs = await peer.open("DEALER");
      await theirs.connect(ours.lastEndpoint ?? "");
      await pending;
      assert.deepEqual(await theirs.receiveNumbers(1), [0]);
      await theirs.close();
    }),
  );

  test(
    "a REQ of ours whose REP is killed meanwhile goes on with the next, when relaxed",
    using(async (side) => {
      const ours = side.open("REQ", { relaxed: true, correlate: true, reconnectInterval: 10 });
      const first = await peer.open("REP");
      const address = await first.bind(side.address("tcp"));
      ours.connect(address);
      await ours.send("lost");
      assert.deepEqual(await first.receive(), buffers(["lost"]));
      await peer.kill();
      peer.start();
      const theirs = await peer.open("REP");
      await theirs.bind(address);
      await ours.send("again");
      assert.deepEqual(await theirs.receive(), buffers(["again"]));
      await theirs.send(["yes"]);
      assert.deepEqual(await ours.receive(), buffers(["yes"]));
      await theirs.close();
    }),
  );

  test(
    "their connected PUSH comes back to our PULL after it was unbound and bound again",
    using(async (side) => {
      const first = side.open("PULL");
      const theirs = await peer.open("PUSH", { reconnectInterval: 10 });
      await first.bind(side.address("tcp"));
      const address = first.lastEndpoint ?? "";
      await theirs.connect(address);
      await theirs.sendNumbers(10);
      assert.deepEqual(await receiveNumbers(first, 10), countUp(10));
      first.close();
      await theirs.hear("disconnect");
      await theirs.sendNumbers(100);
      const second = side.open("PULL");
      await second.bind(address);
      assert.deepEqual(await receiveNumbers(second, 100), countUp(100));
      await theirs.close();
    }),
  );
});
