import assert from "node:assert/strict";
import { test } from "node:test";
import { Push, Pull } from "../../src/index.ts";
import { meetAll } from "../support/meeting.ts";
import { fresh, KINDS, nobody } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";

for (const kind of KINDS) {
  test(`over ${kind}: resolves when all has left this process, and says how much each peer got`, async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 0 }));
    const pulls = [use(new Pull({ receiveHighWaterMark: 0 })), use(new Pull({ receiveHighWaterMark: 0 }))];
    await meetAll(push, pulls, kind);
    for (let count = 0; count < 1000; count++) push.trySend(`${count}`);
    const draining = push.drain({ timeout: 5000 });
    let received = 0;
    for (const pull of pulls) pull.onMessage(() => received++);
    const report = await draining;
    assert.deepEqual(
      { ...report, peers: report.peers.length },
      { complete: true, delivered: 1000, queued: 0, peers: 2 },
    );
    for (const peer of report.peers) assert.deepEqual([peer.messagesDelivered, peer.queuedOut], [500, 0]);
    assert.equal(push.closed, false);
  });
}

test("with nothing to send it is complete at once", async (t) => {
  const push = sockets(t)(new Push());
  const { complete, delivered, queued, peers } = await push.drain({ timeout: 0 });
  assert.deepEqual([complete, delivered, queued, peers.length], [true, 0, 0, 0]);
});

test("timeout ends it with what is left, per peer, and the socket goes on", async (t) => {
  const use = sockets(t);
  const push = use(new Push({ linger: 0 }));
  push.connect(nobody("tcp"));
  for (let count = 0; count < 3; count++) await push.send("x");
  const report = await push.drain({ timeout: 10 });
  assert.equal(report.complete, false);
  assert.deepEqual([report.delivered, report.queued], [0, 3]);
  assert.deepEqual([report.peers[0]?.queuedOut, report.peers[0]?.connected], [3, false]);
});

test("sends that wait count as queued", async (t) => {
  const use = sockets(t);
  const push = use(new Push());
  const waiting = push.send("x");
  const { complete, queued } = await push.drain({ timeout: 5 });
  assert.deepEqual([complete, queued], [false, 1]);
  const address = fresh("ipc");
  push.connect(address);
  const pull = use(new Pull());
  pull.bindSync(address);
  await waiting;
  assert.equal((await push.drain({ timeout: 5000 })).complete, true);
  assert.deepEqual(await next(pull), ["x"]);
});

test("a signal ends it with its reason", async (t) => {
  const push = sockets(t)(new Push({ linger: 0 }));
  push.connect(nobody("tcp"));
  await push.send("x");
  const stop = new AbortController();
  const draining = push.drain({ signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(draining, /enough/);
});

test("wrong options are TypeErrors that name the argument", async (t) => {
  const push = sockets(t)(new Push());
  const wrong = { timeout: "soon" } as unknown as { timeout: number }; // what an untyped program may do
  await assert.rejects(async () => push.drain(wrong), { name: "TypeError", message: /Option timeout .*got soon/ });
});

test("the end of the socket ends a drain: nothing more can leave", async (t) => {
  const push = sockets(t)(new Push({ linger: 0 }));
  push.connect(nobody("tcp"));
  await push.send("x");
  const draining = push.drain();
  push.close();
  const report = await draining;
  assert.deepEqual([report.delivered, report.queued], [0, 0]);
  assert.equal(push.stats().drops["linger-expired"], 1);
});
