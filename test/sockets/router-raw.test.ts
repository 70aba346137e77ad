import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Router, Stream } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound } from "../support/places.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { zmqError } from "../support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };

describe("a ROUTER with `raw` (ZMQ_ROUTER_RAW)", () => {
  for (const kind of ["tcp", "ipc"] as const) {
    test(`libzmq 8.3: over ${kind} does what a STREAM does, with the same frames`, async (t) => {
      const router = sockets(t)(new Router({ raw: true }));
      const peer = await RawPeer.dial(t, bound(router, kind));
      const [id, empty] = await router.receive(PATIENCE);
      assert.deepEqual([id?.length, id?.[0], empty?.length], [5, 0, 0]);
      peer.send(Buffer.from("GET /\n\n"));
      assert.deepEqual((await router.receive(PATIENCE)).map(String), [String(id), "GET /\n\n"]);
      await router.send([id as Buffer, "hello"]);
      await peer.gets("hello");
      assert.equal(String(peer.received), "hello", "and no greeting before it");
      await router.send([id as Buffer, ""]);
      await peer.ends();
      await router.send([id as Buffer, "late"]);
      assert.equal(router.stats().drops.unroutable, 1);
    });
  }

  test("hears of a peer that left, and connects to others itself", async (t) => {
    const use = sockets(t);
    const [stream, router] = [use(new Stream()), use(new Router({ raw: true, reconnectInterval: -1 }))];
    router.connect(bound(stream, "tcp"));
    const [id] = await router.receive(PATIENCE);
    const [far] = await stream.receive(PATIENCE);
    await stream.send([far, "bytes"]);
    assert.deepEqual((await router.receive(PATIENCE)).map(String), [String(id), "bytes"]);
    await stream.send([far, ""]);
    assert.deepEqual((await router.receive(PATIENCE)).map(String), [String(id), ""]);
  });

  test("with mandatory an unknown peer is EHOSTUNREACH, and other than two frames are EINVAL", async (t) => {
    const router = sockets(t)(new Router({ raw: true, mandatory: true }));
    await RawPeer.dial(t, bound(router, "tcp"));
    const [id] = await router.receive(PATIENCE);
    await assert.rejects(router.send(["stranger", "x"]), zmqError("EHOSTUNREACH", "stranger"));
    await assert.rejects(router.send([id as Buffer, "x", "y"]), zmqError("EINVAL", "two frames"));
    await assert.rejects(router.send([id as Buffer]), zmqError("EINVAL", "two frames"));
  });

  test("a peer that reads nothing costs messages, which are counted, or waiting with mandatory", async (t) => {
    const router = sockets(t)(new Router({ raw: true, sendHighWaterMark: 2, linger: 0 }));
    const peer = await RawPeer.dial(t, bound(router, "tcp"));
    peer.stream.pause();
    const [id] = await router.receive(PATIENCE);
    const body = Buffer.alloc(1_000_000);
    await until("a drop", () => {
      router.trySend([id as Buffer, body]);
      return router.stats().drops.hwm > 0;
    });
    router.mandatory = true;
    assert.equal(router.trySend([id as Buffer, body]), false);
  });
});
