import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peer } from "../../src/draft.ts";
import { until } from "../conformance/recorders.ts";
import { bound, fresh, KINDS, nobody } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };

for (const kind of KINDS) {
  describe(`PEER over ${kind}`, () => {
    test("test_peer/test_peer: connectPeer names the peer at once, and messages go both ways", async (t) => {
      const use = sockets(t);
      const [one, other] = [use(new Peer()), use(new Peer())];
      const routingId = other.connectPeer(bound(one, kind));
      assert.ok(Number.isInteger(routingId) && routingId > 0 && routingId <= 0xffffffff, `${routingId}`);
      await other.send("X", { routingId });
      const [body, from] = await one.receive(PATIENCE);
      assert.equal(String(body), "X");
      await one.send("HELLO", from);
      assert.deepEqual(await other.receive(PATIENCE), [Buffer.from("HELLO"), { routingId }]);
    });

    test("RFC 51: peers are known by different numbers, and each message goes to one of them", async (t) => {
      const use = sockets(t);
      const all = Array.from({ length: 3 }, () => use(new Peer()));
      const hub = use(new Peer());
      const numbers = all.map((peer) => hub.connectPeer(bound(peer, kind)));
      assert.equal(new Set(numbers).size, 3);
      for (const routingId of numbers) await hub.send(`${routingId}`, { routingId });
      for (const [index, peer] of all.entries()) {
        assert.equal(String((await peer.receive(PATIENCE))[0]), `${numbers[index]}`);
        assert.equal(peer.tryReceive(), undefined);
      }
    });
  });
}

describe("PEER", () => {
  test("what is sent before anybody is there waits, and goes under the same number", async (t) => {
    const use = sockets(t);
    const [one, other] = [use(new Peer()), use(new Peer())];
    const name = fresh("inproc");
    const routingId = other.connectPeer(name);
    await other.send("early", { routingId });
    one.bindSync(name);
    assert.equal(String((await one.receive(PATIENCE))[0]), "early");
  });

  test("connectPeer with `immediate` is EFAULT, as there is nobody to be named; a wrong address and a closed socket as connect", (t) => {
    const use = sockets(t);
    const peer = use(new Peer({ immediate: true }));
    assert.throws(() => peer.connectPeer(nobody("tcp")), zmqError("EFAULT", "immediate"));
    peer.immediate = false;
    assert.throws(() => peer.connectPeer("tcp://"), zmqError("EINVAL"));
    assert.throws(() => peer.connectPeer(1 as unknown as string), TypeError);
    assert.ok(peer.connectPeer(nobody("tcp")) > 0);
    peer.close();
    assert.throws(() => peer.connectPeer(nobody("tcp")), zmqError("EBADF"));
  });

  test("test_peer_disconnect/test_peer_disconnect: one peer is let go of, and the others stay", async (t) => {
    const use = sockets(t);
    const hub = use(new Peer());
    const address = bound(hub, "tcp");
    const peers = Array.from({ length: 2 }, () => use(new Peer({ disconnectMessage: "D" })));
    const ends = peers.map((peer) => new Watch(peer));
    const numbers: number[] = [];
    for (const peer of peers) {
      await peer.send("hi", { routingId: peer.connectPeer(address) });
      numbers.push((await hub.receive(PATIENCE))[1].routingId);
    }
    const [first = 0, second = 0] = numbers;
    hub.disconnectPeer(first);
    assert.throws(() => hub.disconnectPeer(first), zmqError("EHOSTUNREACH"));
    await assert.rejects(hub.send("x", { routingId: first }), zmqError("EHOSTUNREACH"));
    await ends[0]?.first("disconnect");
    await hub.send("still", { routingId: second });
    assert.equal(String((await peers[1]?.receive(PATIENCE))?.[0]), "still");
    assert.equal(ends[1]?.of("disconnect").length, 0);
  });

  test("disconnectPeer of a peer that this side connected ends the connect too: it is not dialed again", async (t) => {
    const use = sockets(t);
    const [one, other] = [use(new Peer()), use(new Peer({ reconnectInterval: 1 }))];
    const address = bound(one, "tcp");
    const routingId = other.connectPeer(address);
    await other.ready(PATIENCE);
    await other.send("last", { routingId });
    other.disconnectPeer(routingId);
    assert.equal(String((await one.receive(PATIENCE))[0]), "last", "what was sent before goes out");
    await until("the end", () => one.stats().peers === 0);
    assert.throws(() => other.disconnect(address), zmqError("ENOENT"));
    assert.equal(one.stats().accepts, 1);
  });
});
