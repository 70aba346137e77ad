import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../src/base/bytes.ts";
import { Dialing, REFUSED } from "../support/dialing.ts";
import { hello, short } from "../support/peer-bytes.ts";

describe("linger", () => {
  test("0 drops what is queued at close, at once", () => {
    const scene = new Dialing();
    scene.host.send("a", "b");
    scene.host.lingerTime = 0;
    scene.dialer.close();
    scene.host.checkOver(1);
    assert.deepEqual(scene.host.drops, { "linger-expired": 2 });
    assert.equal(scene.transport.attempt.cancelled, true);
  });

  test("-1 goes on dialing until all was sent", () => {
    const scene = new Dialing();
    scene.host.send("late");
    scene.dialer.close();
    assert.equal(scene.host.lingerers, 1);
    scene.refusals(20);
    const stream = scene.transport.attempt.opens();
    stream.arrive(hello("ROUTER"));
    scene.host.turn();
    assert.ok(stream.taken().endsWith(hex(short("late"))));
    assert.equal(stream.over, "end");
    scene.host.checkOver(1);
    assert.deepEqual(scene.host.drops, {});
  });

  test("nothing queued ends at once, whatever the time", () => {
    const scene = new Dialing();
    scene.dialer.close();
    scene.host.checkOver(1);
  });

  test("runs from close() while nobody is connected", () => {
    const scene = new Dialing({ reconnectInterval: 5000 });
    scene.host.lingerTime = 1000;
    scene.host.send("a");
    scene.transport.attempt.fails(REFUSED);
    scene.host.pass(300);
    scene.dialer.close();
    scene.host.pass(999);
    assert.equal(scene.host.over.length, 0);
    scene.host.pass(1);
    scene.host.checkOver(1);
    assert.deepEqual(scene.host.drops, { "linger-expired": 1 });
  });

  test("runs from close() across a reconnect", () => {
    const scene = new Dialing({ reconnectInterval: 100 });
    scene.host.lingerTime = 1000;
    const first = scene.answered();
    first.blocked = true;
    scene.host.send("taken");
    scene.host.turn();
    scene.host.send("queued");
    scene.dialer.close();
    scene.host.pass(600);
    first.vanish();
    assert.equal(scene.waited(), 100);
    const second = scene.transport.attempt.opens();
    second.blocked = true;
    second.arrive(hello("ROUTER"));
    scene.host.pass(299);
    assert.equal(second.over, null);
    scene.host.pass(1);
    assert.equal(second.over, "close");
    scene.host.checkOver(1);
    assert.deepEqual(scene.host.drops, { "peer-lost": 1, "linger-expired": 1 });
  });

  test("lets a connection that is up finish what the kernel is slow to take, and no longer", () => {
    for (const slow of [false, true]) {
      const scene = new Dialing();
      scene.host.lingerTime = 500;
      const stream = scene.answered();
      stream.blocked = true;
      scene.host.send("a");
      scene.host.turn();
      scene.host.send("b");
      scene.dialer.close();
      assert.equal(stream.over, null);
      scene.host.pass(slow ? 500 : 499);
      stream.unblock();
      scene.host.checkOver(1);
      assert.deepEqual(scene.host.drops, slow ? { "peer-lost": 1, "linger-expired": 1 } : {});
      assert.equal(stream.over, slow ? "close" : "end");
    }
  });

  test("lets a handshake that is under way come to its end, be it good or bad", () => {
    for (const [peer, drops] of [
      ["ROUTER", {}],
      ["PUB", { "peer-lost": 1 }],
    ] as const) {
      const scene = new Dialing();
      const stream = scene.transport.attempt.opens();
      scene.host.turn();
      scene.host.send("a");
      scene.dialer.close();
      assert.equal(stream.over, null);
      assert.equal(scene.host.lingerers, 1);
      stream.arrive(hello(peer));
      scene.host.turn();
      assert.equal(stream.over, "end");
      assert.deepEqual(scene.host.drops, drops);
      scene.host.checkOver(1);
    }
  });
});

describe("closing", () => {
  test("before the attempt is answered cancels it", () => {
    const scene = new Dialing();
    scene.dialer.close();
    assert.equal(scene.transport.attempt.cancelled, true);
    scene.host.checkOver(1);
  });

  test("during the handshake ends the stream", () => {
    for (const immediate of [false, true]) {
      const scene = new Dialing({ immediate });
      const stream = scene.transport.attempt.opens();
      scene.dialer.close();
      assert.ok(stream.over !== null);
      scene.host.checkOver(1);
    }
  });

  test("while it waits to dial again leaves no timer", () => {
    const scene = new Dialing();
    scene.transport.attempt.fails(REFUSED);
    scene.dialer.close();
    scene.host.checkOver(1);
  });

  test("twice, and aborting after it, is the same as once", () => {
    const scene = new Dialing();
    scene.answered();
    scene.dialer.close();
    scene.dialer.close();
    scene.dialer.abort();
    scene.host.checkOver(1);
  });

  test("aborting drops what is queued and what the kernel has not taken", () => {
    const scene = new Dialing();
    const stream = scene.answered();
    stream.blocked = true;
    scene.host.send("a");
    scene.host.turn();
    scene.host.send("b");
    scene.dialer.abort();
    scene.host.checkOver(1);
    assert.deepEqual(scene.host.drops, { "peer-lost": 1, "linger-expired": 1 });
  });
});
