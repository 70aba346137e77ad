import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Gather, Scatter } from "../../src/draft.ts";
import { until } from "../conformance/recorders.ts";
import { meet, meetAll } from "../support/meeting.ts";
import { bound, KINDS } from "../support/places.ts";
import { frame, frames, RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

for (const kind of KINDS) {
  describe(`SCATTER and GATHER over ${kind}`, () => {
    test("test_scatter_gather/test_scatter_gather: each GATHER gets its share", async (t) => {
      const use = sockets(t);
      const scatter = use(new Scatter());
      const gathers = [use(new Gather()), use(new Gather())];
      await meetAll(scatter, gathers, kind);
      await scatter.send("1");
      await scatter.send("2");
      assert.deepEqual(await next(gathers[0] as Gather), ["1"]);
      assert.deepEqual(await next(gathers[1] as Gather), ["2"]);
    });

    test("RFC 49: a GATHER reads from each SCATTER in turn", async (t) => {
      const use = sockets(t);
      const gather = use(new Gather());
      const scatters = [use(new Scatter()), use(new Scatter())];
      await meetAll(gather, scatters, kind);
      for (const [index, scatter] of scatters.entries()) {
        for (let count = 0; count < 3; count++) await scatter.send(`${index}`);
      }
      await until("all to be there", () => gather.stats().queuedIn === 6);
      const got: string[] = [];
      for (let count = 0; count < 6; count++) got.push(...(await next(gather)));
      assert.ok(/^(01){3}$|^(10){3}$/.test(got.join("")), got.join(""));
    });
  });
}

test("test_scatter_gather/test_scatter_gather_multipart_fails: a message has one part", async (t) => {
  const use = sockets(t);
  const [scatter, gather] = [use(new Scatter()), use(new Gather())];
  await meet(gather, scatter, "tcp");
  await assert.rejects(scatter.send(["1", "2"] as unknown as string), zmqError("EINVAL", "one part"));
  await scatter.send("3");
  assert.deepEqual(await next(gather), ["3"]);
  assert.equal(scatter.stats().messagesSent, 1);
});

test("a message of several frames is dropped and counted, and the next one is received", async (t) => {
  const gather = sockets(t)(new Gather());
  const peer = await RawPeer.dial(t, bound(gather, "tcp"));
  await peer.shake("SCATTER");
  peer.send(frames("a", "b"), frame("good", false));
  assert.deepEqual(await next(gather), ["good"]);
  assert.equal(gather.stats().drops.refused, 1);
});

test("zeromq.js: with conflate only the newest message waits", async (t) => {
  const use = sockets(t);
  const [scatter, gather] = [use(new Scatter({ conflate: true })), use(new Gather({ conflate: true }))];
  const address = bound(gather, "inproc");
  scatter.connect(address);
  for (let count = 0; count < 10; count++) await scatter.send(`${count}`);
  assert.deepEqual(await next(gather), ["9"]);
  assert.equal(gather.tryReceive(), undefined);
  assert.equal(scatter.stats().drops.hwm, 9);
});
