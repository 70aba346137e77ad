import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Channel, Client, Dish, Gather, Peer, Radio, Scatter, Server } from "../../src/draft.ts";
import {
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
  type Socket,
} from "../../src/index.ts";
import { COMMAND } from "../../src/wire/index.ts";
import { until } from "../conformance/recorders.ts";
import { SHAKING, ShakingPeer, curveLoaded } from "../hostile/shaking-peer.ts";
import { meet } from "../support/meeting.ts";
import { bound } from "../support/places.ts";
import { CURVE, NULL_DOMAIN, PLAIN, secure, type Security } from "../support/securities.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { octets } from "../wire/recorder.ts";

before(curveLoaded);

const ALL: readonly Security[] = [{ ...NULL_DOMAIN, server: {} }, PLAIN, CURVE];

for (const server of ALL) {
  for (const client of ALL.filter((each) => each !== server)) {
    test(`a ${client.name} client and a ${server.name} server: both hear of the mismatch, and the client gives up`, async (t) => {
      const use = sockets(t);
      const one = use(new Reply({ linger: 0 }));
      const other = use(new Request({ linger: 0, reconnectInterval: 20 }));
      secure(one, server, "server");
      Object.assign(other, client.client);
      const watches = [new Watch(one), new Watch(other)];
      other.connect(bound(one, "tcp"));
      for (const watch of watches) {
        const { error, reason } = await watch.first("handshake:error:protocol");
        assert.equal(error.code, "ERR_ZMTP_MECHANISM_MISMATCH");
        for (const { name } of [server, client]) assert.ok(reason?.includes(name), reason);
      }
      assert.equal(watches[1]?.of("connect:retry").length, 0);
    });
  }
}

for (const security of [PLAIN, CURVE]) {
  test(`two ${security.name} servers wait until time runs out`, async (t) => {
    const use = sockets(t);
    const one = use(new Reply({ linger: 0, handshakeInterval: 100 }));
    const other = use(new Request({ linger: 0, handshakeInterval: 100 }));
    for (const socket of [one, other]) secure(socket, security, "server");
    const watches = [new Watch(one), new Watch(other)];
    other.connect(bound(one, "tcp"));
    const errors = await Promise.all(watches.map((watch) => watch.first("handshake:error:other")));
    assert.ok(errors.some(({ error }) => error.code === "EAGAIN"));
  });

  test(`two ${security.name} clients fail at once, and give up`, async (t) => {
    const use = sockets(t);
    const one = use(new Reply({ linger: 0 }));
    const other = use(new Request({ linger: 0, reconnectInterval: 20 }));
    for (const socket of [one, other]) secure(socket, security, "client");
    const watch = new Watch(other);
    other.connect(bound(one, "tcp"));
    const { error, reason } = await watch.first("handshake:error:protocol");
    assert.equal(error.code, "ERR_ZMTP_UNEXPECTED_COMMAND");
    assert.match(reason ?? "", /both sides are (PLAIN|CURVE) clients/);
    assert.equal(watch.of("connect:retry").length, 0);
  });
}

describe("heartbeats keep quiet connections, also those that are encrypted", () => {
  const BEATS = { linger: 0, heartbeatInterval: 10, heartbeatTimeout: 2000, heartbeatTimeToLive: 2000 };
  const PAIRS: Readonly<Record<string, () => [Socket, Socket]>> = {
    dealer_router: () => [new Dealer(BEATS), new Router(BEATS)],
    req_rep: () => [new Request(BEATS), new Reply(BEATS)],
    pull_push: () => [new Pull(BEATS), new Push(BEATS)],
    sub_pub: () => [new Subscriber(BEATS), new Publisher(BEATS)],
    pair_pair: () => [new Pair(BEATS), new Pair(BEATS)],
    client_server: () => [new Client(BEATS), new Server(BEATS)],
    gather_scatter: () => [new Gather(BEATS), new Scatter(BEATS)],
    dish_radio: () => [new Dish(BEATS), new Radio(BEATS)],
    peer_peer: () => [new Peer(BEATS), new Peer(BEATS)],
    channel_channel: () => [new Channel(BEATS), new Channel(BEATS)],
  };
  for (const security of [CURVE, PLAIN]) {
    for (const [name, make] of Object.entries(PAIRS)) {
      const title = `test_heartbeat_notimeout_${name}_with_${security.name.toLowerCase()}`;
      test(`test_heartbeats/${title}: peers that answer stay connected`, async (t) => {
        const use = sockets(t);
        const [one, other] = make().map((socket) => use(socket)) as [Socket, Socket]; // two were made
        secure(one, security, "server");
        secure(other, security, "client");
        const watches = [new Watch(one), new Watch(other)];
        await meet(one, other, "tcp");
        const start = [one, other].map((socket) => socket.stats().bytesReceived);
        // Ten PINGs and their answers: each is 7 octets or more in itself, and in CURVE 33 more.
        const enough = 20 * (security === CURVE ? 40 : 7);
        await until("heartbeats", () =>
          [one, other].every((socket, at) => socket.stats().bytesReceived > (start[at] ?? 0) + enough),
        );
        assert.deepEqual(
          [one, other].map((socket) => socket.peers()[0]?.mechanism),
          [security.name, security.name],
        );
        for (const watch of watches) assert.equal(watch.of("disconnect").length, 0);
      });
    }
  }

  test("a peer whose encrypted PINGs say how long to wait for it is given up when it falls silent", async (t) => {
    const use = sockets(t);
    const server = use(new Router({ linger: 0 }));
    secure(server, CURVE, "server");
    const watch = new Watch(server);
    const peer = await ShakingPeer.connect(bound(server, "tcp"), SHAKING.CURVE.client, "DEALER");
    assert.ok(await peer.settled());
    // PING with a time to live of 0.1 s and the context "abc" (RFC 37).
    peer.peer.send(peer.sealed(COMMAND, octets("04 50494e47 0001 616263")));
    await watch.first("disconnect");
    assert.equal(peer.heard.at(-1), "MESSAGE", "the PONG");
    peer.peer.close();
  });
});
