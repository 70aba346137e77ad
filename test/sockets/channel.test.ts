import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Channel } from "../../src/draft.ts";
import { meet } from "../support/meeting.ts";
import { bound, KINDS } from "../support/places.ts";
import { frame, frames, RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

for (const kind of KINDS) {
  describe(`CHANNEL over ${kind}`, () => {
    test("test_channel/test_roundtrip: messages go there and back", async (t) => {
      const use = sockets(t);
      const [one, other] = [use(new Channel()), use(new Channel())];
      await meet(one, other, kind);
      await one.send("there");
      assert.deepEqual(await next(other), ["there"]);
      await other.send("back");
      assert.deepEqual(await next(one), ["back"]);
    });

    test("test_channel/test_sndmore_fails: a message has one part", async (t) => {
      const use = sockets(t);
      const [one, other] = [use(new Channel()), use(new Channel())];
      await meet(one, other, kind);
      await assert.rejects(one.send(["a", "b"] as unknown as string), zmqError("EINVAL", "one part"));
      await one.send("c");
      assert.deepEqual(await next(other), ["c"]);
    });

    test("RFC 52: a second peer is turned away, with the reason", async (t) => {
      const use = sockets(t);
      const [one, other, third] = [use(new Channel()), use(new Channel()), use(new Channel())];
      const watch = new Watch(one);
      const address = await meet(one, other, kind);
      third.connect(address);
      assert.equal((await watch.first("disconnect")).reason, "refused: this CHANNEL has its one peer");
      await other.send("still");
      assert.deepEqual(await next(one), ["still"]);
    });
  });
}

test("a message of several frames is dropped and counted, and the next one is received", async (t) => {
  const channel = sockets(t)(new Channel());
  const peer = await RawPeer.dial(t, bound(channel, "tcp"));
  await peer.shake("CHANNEL");
  peer.send(frames("a", "b"), frame("good", false));
  assert.deepEqual(await next(channel), ["good"]);
  assert.equal(channel.stats().drops.refused, 1);
});
