import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../src/base/bytes.ts";
import { ZmqError } from "../../src/base/errors.ts";
import { Dialing, REFUSED } from "../support/dialing.ts";
import type { MemoryStream } from "../support/memory-transport.ts";
import { hello, short } from "../support/peer-bytes.ts";
import { octets } from "../wire/recorder.ts";

describe("waits between attempts (libzmq 8.6)", () => {
  test("are the interval and a random part of it when there is no maximum", () => {
    const scene = new Dialing({ reconnectInterval: 100 });
    scene.host.randoms.push(0, 0.5, 0.999);
    assert.deepEqual(scene.refusals(3), [100, 150, 199]);
    scene.end();
  });

  test("double exactly up to the maximum when there is one", () => {
    const scene = new Dialing({ reconnectInterval: 50, reconnectMaxInterval: 300 });
    scene.host.randoms.push(0.9, 0.9);
    assert.deepEqual(scene.refusals(5), [50, 100, 200, 300, 300]);
    scene.end();
  });

  test("are the maximum when that is below the interval", () => {
    const scene = new Dialing({ reconnectInterval: 100, reconnectMaxInterval: 30 });
    assert.deepEqual(scene.refusals(2), [30, 30]);
    scene.end();
  });

  test("start again at the interval after a connection, even one whose handshake failed", () => {
    const scene = new Dialing({ reconnectInterval: 50, reconnectMaxInterval: 300 });
    assert.deepEqual(scene.refusals(3), [50, 100, 200]);
    scene.transport.attempt.opens().vanish();
    assert.equal(scene.waited(), 50);
    scene.end();
  });

  test("are told, with the interval, between the end of one attempt and the next", () => {
    const scene = new Dialing({ reconnectInterval: 70 });
    const { attempt } = scene.transport;
    attempt.events.delayed();
    attempt.fails(REFUSED);
    const [, close, retry] = scene.host.events;
    assert.equal((close?.fields.error as ZmqError | undefined)?.code, "ECONNREFUSED");
    assert.deepEqual(retry?.fields, { address: "mem://there", interval: 70 });
    assert.equal(scene.host.told(), "connect:delay, close, connect:retry");
    scene.end();
  });
});

test("after a peer that left in its handshake, READY waits for the next one's: the peer may have left because of it", () => {
  const scene = new Dialing({ reconnectInterval: 50 });
  const early = (): string => {
    const stream = scene.transport.attempt.opens();
    scene.host.turn();
    stream.arrive(hello("ROUTER").subarray(0, 11));
    scene.host.turn();
    const sent = stream.taken();
    stream.arrive(hello("ROUTER").subarray(11, 64));
    scene.host.turn();
    assert.equal(stream.taken(), "");
    stream.vanish();
    scene.waited();
    return sent;
  };
  const ready = hex(Buffer.from("READY"));
  assert.ok(early().includes(ready));
  assert.ok(!early().includes(ready));
  scene.answered().vanish();
  scene.waited();
  assert.ok(early().includes(ready), "one that was ready proves that it did not");
  scene.end();
});

for (const reconnectInterval of [0, -1]) {
  describe(`reconnectInterval ${reconnectInterval}`, () => {
    test("forgets the endpoint when the attempt fails", () => {
      const scene = new Dialing({ reconnectInterval });
      scene.host.send("lost");
      scene.transport.attempt.fails(REFUSED);
      scene.host.checkOver(1);
      assert.deepEqual(scene.host.drops, { "peer-lost": 1 });
      assert.ok(scene.host.signals.includes("ended peer-lost"));
    });

    test("forgets it when the connection drops", () => {
      const scene = new Dialing({ reconnectInterval });
      scene.answered().vanish();
      scene.host.checkOver(1);
      assert.equal(scene.transport.attempts.length, 1);
    });
  });
}

describe("reconnectStop", () => {
  test("test_reconnect_options/reconnect_default: an attempt that is refused is made again", () => {
    const scene = new Dialing();
    scene.refusals(3);
    assert.equal(scene.transport.attempts.length, 4);
    scene.end();
  });

  test("test_reconnect_options/reconnect_success: connects once somebody is there", () => {
    const scene = new Dialing();
    scene.refusals(2);
    scene.host.told();
    scene.answered();
    assert.equal(scene.host.told(), "connect, handshake");
    scene.end();
  });

  test("test_reconnect_options/reconnect_stop_on_refused: bit 1 gives up when refused, and only then", () => {
    const scene = new Dialing({ reconnectStop: 1 });
    scene.transport.attempt.fails(new ZmqError("EHOSTUNREACH"));
    scene.waited();
    scene.transport.attempt.fails(REFUSED);
    scene.host.checkOver(1);
  });

  test("test_reconnect_options/reconnect_stop_on_handshake_failed: bit 2 gives up when the peer leaves before it", () => {
    const scene = new Dialing({ reconnectStop: 2 });
    scene.transport.attempt.opens().vanish();
    assert.equal(scene.host.clock.waiting, 0);
    assert.equal(scene.host.over.length, 0, "the endpoint stays known until disconnect()");
    scene.dialer.close();
    scene.host.checkOver(1);
  });

  test("bit 2 gives up when the handshake takes too long", () => {
    const scene = new Dialing({ reconnectStop: 2, handshakeInterval: 100 });
    scene.transport.attempt.opens();
    scene.host.pass(100);
    assert.equal(scene.host.clock.waiting, 0);
    scene.dialer.close();
    scene.host.checkOver(1);
  });

  test("bit 2 does not matter once the handshake is done", () => {
    const scene = new Dialing({ reconnectStop: 2 });
    scene.answered().vanish();
    scene.waited();
    scene.end();
  });

  test("test_reconnect_options/reconnect_stop_after_disconnect: bit 4 ends a pending attempt at disconnect()", () => {
    const scene = new Dialing({ reconnectStop: 4 });
    scene.host.send("never sent");
    scene.dialer.close();
    scene.host.checkOver(1);
    assert.equal(scene.transport.attempt.cancelled, true);
    assert.deepEqual(scene.host.drops, { "linger-expired": 1 });
  });
});

describe("a peer that breaks the protocol", () => {
  const broken: Readonly<Record<string, (stream: MemoryStream) => void>> = {
    "is of a wrong type": (stream) => stream.arrive(hello("SUB")),
    "uses another mechanism": (stream) =>
      stream.arrive(octets(`ff 0000000000000001 7f 03 01 504c41494e ${"00".repeat(15)} 00 ${"00".repeat(31)}`)),
    "says ERROR": (stream) => stream.arrive(hello("DEALER").subarray(0, 64), octets("04 0a 05 4552524f52 03 343030")),
    "sends a frame that is too big": (stream) => stream.arrive(hello("DEALER"), octets("02 7fffffffffffffff")),
  };
  for (const [what, act] of Object.entries(broken)) {
    test(`and ${what} is not dialed again, and the endpoint stays known until disconnect()`, () => {
      const scene = new Dialing({ maxMessageSize: 1000 });
      scene.host.send("queued");
      const stream = scene.transport.attempt.opens();
      act(stream);
      assert.ok(stream.over !== null);
      assert.equal(scene.host.clock.waiting, 0);
      assert.equal(scene.host.over.length, 0);
      scene.dialer.close();
      scene.host.checkOver(1);
    });
  }
});

describe("a handshake that is not done in time", () => {
  test("ends the connection with EAGAIN and is tried again", () => {
    const scene = new Dialing({ handshakeInterval: 300, reconnectInterval: 10 });
    const stream = scene.transport.attempt.opens();
    stream.arrive(hello("ROUTER").subarray(0, 70));
    scene.host.pass(299);
    assert.equal(stream.over, null);
    scene.host.pass(1);
    assert.equal(stream.over, "close");
    const failed = scene.host.events.find(({ type }) => type === "handshake:error:other");
    assert.equal((failed?.fields.error as ZmqError | undefined)?.errno, 11);
    assert.equal(scene.host.connections.handshakeTimeout, 1);
    assert.equal(scene.waited(), 10);
    scene.end();
  });

  test("is waited for without end when handshakeInterval is 0", () => {
    const scene = new Dialing({ handshakeInterval: 0 });
    const stream = scene.transport.attempt.opens();
    scene.host.pass(1_000_000);
    assert.equal(stream.over, null);
    scene.end();
  });
});

describe("messages", () => {
  test("queue from connect() on and go out, in order, once a peer is there", () => {
    const scene = new Dialing();
    scene.host.send("a", "b");
    const stream = scene.transport.attempt.opens();
    stream.arrive(hello("ROUTER"));
    scene.host.turn();
    assert.ok(stream.taken().endsWith(hex(short("a")) + hex(short("b"))));
    scene.end();
  });

  test("that are queued survive a reconnect; what was with the connection is lost and counted", () => {
    const scene = new Dialing();
    const stream = scene.answered();
    stream.blocked = true;
    scene.host.send("in flight");
    scene.host.turn();
    scene.host.send("queued");
    stream.vanish();
    assert.deepEqual(scene.host.drops, { "peer-lost": 1 });
    scene.waited();
    const second = scene.transport.attempt.opens();
    second.arrive(hello("ROUTER"));
    scene.host.turn();
    assert.ok(second.taken().endsWith(hex(short("queued"))));
    assert.equal(scene.host.connections.reconnects, 1);
    scene.end();
  });

  test("that had arrived stay readable when the connection drops", () => {
    const scene = new Dialing();
    const stream = scene.answered();
    stream.arrive(short("early"));
    stream.vanish();
    assert.equal(String(scene.host.pipe.read()?.[0]), "early");
    scene.end();
  });

  test("a hiccup message comes in when the connection drops and is dialed again", () => {
    const scene = new Dialing({ hiccupMessage: Buffer.from("gone") });
    scene.answered().vanish();
    assert.equal(String(scene.host.pipe.read()?.[0]), "gone");
    scene.end();
  });
});

describe("immediate", () => {
  test("test_immediate/test_immediate_2: there is no pipe before the handshake is done", () => {
    const scene = new Dialing({ immediate: true });
    const stream = scene.transport.attempt.opens();
    assert.equal(scene.host.pipes.length, 0);
    stream.arrive(hello("ROUTER"));
    assert.equal(scene.host.pipes.length, 1);
    scene.end();
  });

  test("test_immediate/test_immediate_3: the pipe ends with the connection, and another comes with the next", () => {
    const scene = new Dialing({ immediate: true });
    const stream = scene.answered();
    stream.blocked = true;
    scene.host.send("taken");
    scene.host.turn();
    scene.host.send("queued");
    stream.vanish();
    assert.equal(scene.host.pipe.alive, false);
    assert.deepEqual(scene.host.drops, { "peer-lost": 2 });
    scene.waited();
    scene.answered();
    assert.equal(scene.host.pipes.length, 2);
    assert.equal(scene.host.pipe.alive, true);
    scene.end();
  });
});
