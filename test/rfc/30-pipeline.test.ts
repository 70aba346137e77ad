import assert from "node:assert/strict";
import { test } from "node:test";
import { Pull, Push } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meetAll } from "../support/meeting.ts";
import { bound } from "../support/places.ts";
import { RawHost, RawPeer, frames } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

/** RFC 30: PUSH and PULL, sentence by sentence. */

test("RFC 30: PUSH SHALL send to its available peers in turn", async (t) => {
  const use = sockets(t);
  const push = use(new Push({ linger: 0 }));
  const pulls = [use(new Pull()), use(new Pull()), use(new Pull())];
  await meetAll(push, pulls, "tcp");
  for (let count = 0; count < 9; count++) await push.send(String(count));
  for (const [index, pull] of pulls.entries()) {
    for (let turn = 0; turn < 3; turn++) assert.deepEqual(await next(pull), [String(turn * 3 + index)]);
  }
});

test("RFC 30: PUSH SHALL pass over a peer whose queue is full", async (t) => {
  const use = sockets(t);
  const push = use(new Push({ linger: 0, sendHighWaterMark: 5 }));
  const address = bound(push, "tcp");
  const deaf = await RawPeer.dial(t, address);
  await deaf.shake("PULL");
  await push.ready({ peers: 1, timeout: 5000 });
  deaf.stream.pause();
  for (let quiet = 0; quiet < 10;) {
    quiet = push.trySend(Buffer.alloc(10_000)) ? 0 : quiet + 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const pull = use(new Pull());
  pull.connect(address);
  for (let count = 0; count < 20; count++) {
    await push.send("x", { timeout: 5000 });
    assert.deepEqual(await next(pull), ["x"]);
  }
});

test("RFC 30: PUSH SHALL block when it has no available peer, and SHALL NOT discard", async (t) => {
  const use = sockets(t);
  const push = use(new Push({ linger: 0 }));
  await assert.rejects(push.send("x", { timeout: 10 }), zmqError("EAGAIN"));
  const sent = push.send("waits");
  const pull = use(new Pull());
  pull.connect(bound(push, "tcp"));
  await sent;
  assert.deepEqual(await next(pull), ["waits"]);
});

test("RFC 30: PUSH SHALL create the queue of an outgoing connection at once, and keep it over disconnections", async (t) => {
  const push = sockets(t)(new Push({ linger: 0, reconnectInterval: 1 }));
  const host = await RawHost.listen(t);
  push.connect(host.endpoint);
  await push.send("first");
  const peer = await host.accepts();
  peer.stream.destroy();
  const again = await host.accepts(2);
  await again.shake("PULL");
  await again.gets("first");
});

test("RFC 30: PULL SHALL receive from its peers by fair-queuing", async (t) => {
  const pull = sockets(t)(new Pull());
  const address = bound(pull, "tcp");
  for (const name of ["0", "1"]) {
    const peer = await RawPeer.dial(t, address);
    await peer.shake("PUSH");
    peer.send(frames(name), frames(name), frames(name));
  }
  await until("all messages", () => pull.stats().queuedIn === 6);
  const order: string[] = [];
  for (let count = 0; count < 6; count++) order.push((await next(pull))[0] ?? "");
  assert.match(order.join(""), /^(?:01){3}$|^(?:10){3}$/);
});

test("RFC 30: what a PULL received before its peer left SHALL be delivered", async (t) => {
  const pull = sockets(t)(new Pull());
  const peer = await RawPeer.dial(t, bound(pull, "tcp"));
  await peer.shake("PUSH");
  peer.send(frames("1"), frames("2"));
  await until("both", () => pull.stats().queuedIn === 2);
  peer.stream.destroy();
  await until("its end", () => pull.stats().peers === 0);
  assert.deepEqual([await next(pull), await next(pull)], [["1"], ["2"]]);
});
