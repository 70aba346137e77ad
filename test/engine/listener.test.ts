import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ZmqError } from "../../src/base/errors.ts";
import { Listener } from "../../src/engine/listener.ts";
import type { Options, TypeName } from "../../src/options/options.ts";
import { FakeHost, role, settings } from "../support/engine-host.ts";
import { MemoryTransport, type MemoryStream } from "../support/memory-transport.ts";
import { hello, short } from "../support/peer-bytes.ts";

class Scene {
  readonly host: FakeHost;
  readonly transport = new MemoryTransport();
  readonly listener: Listener;

  constructor(changes: Partial<Options> = {}, type: TypeName = "ROUTER") {
    this.host = new FakeHost(role(type));
    this.listener = new Listener(this.host, settings(changes, type));
    this.listener.listen(this.transport, "mem://here");
  }

  /** A peer that did its handshake. */
  peer(): MemoryStream {
    const stream = this.transport.arrival();
    stream.arrive(hello("DEALER"));
    this.host.turn();
    stream.taken();
    return stream;
  }
}

describe("a listener", () => {
  test("gives a peer no pipe before its handshake is done (CVE-2020-15166)", () => {
    const { host, transport, listener } = new Scene();
    const stream = transport.arrival();
    stream.arrive(hello("DEALER").subarray(0, 64));
    assert.equal(host.pipes.length, 0);
    stream.arrive(hello("DEALER").subarray(64));
    assert.equal(host.pipes.length, 1);
    assert.deepEqual(host.signals, ["opened"]);
    assert.equal(host.told(), "bind, accept, handshake");
    listener.abort();
    host.checkOver(1);
  });

  test("drops what was queued to a peer that left, counts it, and keeps what it sent readable", () => {
    const scene = new Scene();
    const { host, listener } = scene;
    const stream = scene.transport.arrival();
    stream.arrive(hello("DEALER"), short("kept"));
    stream.blocked = true;
    host.turn();
    host.send("taken");
    host.turn();
    host.send("queued", "queued too");
    stream.vanish();
    assert.deepEqual(host.drops, { "peer-lost": 3 });
    assert.equal(String(host.pipe.read()?.[0]), "kept");
    listener.close();
    host.pipe.finish("unread");
    host.checkOver(1);
  });

  test("delivers a disconnect message as if the peer had sent it", () => {
    const scene = new Scene({ disconnectMessage: Buffer.from("left") });
    scene.peer().vanish();
    assert.equal(String(scene.host.pipe.read()?.[0]), "left");
    scene.listener.close();
    scene.host.checkOver(1);
  });

  test("delivers no disconnect message of a peer that never was ready", () => {
    const scene = new Scene({ disconnectMessage: Buffer.from("left") });
    scene.transport.arrival().vanish();
    assert.equal(scene.host.pipes.length, 0);
    scene.listener.close();
    scene.host.checkOver(1);
  });

  test("ends a peer that does no handshake in time", () => {
    const scene = new Scene({ handshakeInterval: 100 });
    const stream = scene.transport.arrival();
    scene.host.pass(100);
    assert.equal(stream.over, "close");
    assert.equal(scene.host.told(), "bind, accept, handshake:error:other, disconnect");
    scene.listener.close();
    scene.host.checkOver(1);
  });

  test("has at most maxHandshakes peers without a handshake: who comes beyond is turned away, and told of", () => {
    const scene = new Scene({ maxHandshakes: 2 });
    const done = scene.peer();
    const idle = [scene.transport.arrival(), scene.transport.arrival()];
    scene.host.told();
    const late = scene.transport.arrival();
    assert.deepEqual([done.over, ...idle.map((stream) => stream.over), late.over], [null, null, null, "close"]);
    assert.equal((scene.host.events[0]?.fields.error as ZmqError | undefined)?.code, "ECONNABORTED");
    assert.equal(scene.host.told(), "accept:error");
    idle[0]?.vanish();
    assert.equal(scene.transport.arrival().over, null, "one that left makes room");
    idle[1]?.arrive(hello("DEALER"));
    assert.equal(scene.transport.arrival().over, null, "one that is done, too");
    scene.listener.abort();
    scene.host.checkOver(1);
  });

  test("takes nobody while maxDeparted peers have left what nobody has read, except for a publisher", () => {
    const scene = new Scene({ maxDeparted: 2 });
    scene.host.departed = 2;
    assert.equal(scene.transport.arrival().over, "close");
    assert.match(String(scene.host.events.at(-1)?.fields.error), /2 peers have left messages .*maxDeparted/);
    scene.host.departed = 1;
    assert.equal(scene.transport.arrival().over, null);
    scene.listener.abort();
    const publisher = new Scene({ maxDeparted: 2 }, "PUB");
    publisher.host.departed = 2;
    assert.equal(publisher.transport.arrival().over, null);
    publisher.listener.abort();
  });

  test("closes the oldest of them for a newcomer once it had time enough", () => {
    const scene = new Scene({ maxHandshakes: 2 });
    const [first, second] = [scene.transport.arrival(), scene.transport.arrival()];
    scene.host.pass(249);
    assert.equal(scene.transport.arrival().over, "close");
    scene.host.pass(1);
    const third = scene.transport.arrival();
    assert.deepEqual([first.over, second.over, third.over], ["close", null, null]);
    assert.equal(scene.host.connections.handshakeTimeout, 1);
    scene.listener.abort();
    scene.host.checkOver(1);
  });
});

describe("events of a listener", () => {
  test("name the resolved endpoint, and of a failure the address without its scheme, as libzmq's do", () => {
    const scene = new Scene();
    assert.deepEqual(scene.host.events, [{ type: "bind", fields: { address: "mem://here" } }]);
    const taken = new ZmqError("EADDRINUSE");
    const listen = (): never => {
      throw taken;
    };
    const busy = Object.assign(new MemoryTransport(), { listen });
    assert.throws(() => new Listener(scene.host, settings()).listen(busy, "mem://here"), taken);
    assert.deepEqual(scene.host.events.at(-1), { type: "bind:error", fields: { address: "here", error: taken } });
    scene.listener.close();
    scene.host.checkOver(1);
  });

  test("tell of a connection that could not be accepted, and the listener goes on", () => {
    const scene = new Scene();
    const error = new ZmqError("EMFILE");
    scene.transport.listeners[0]?.acceptFailed(error);
    assert.deepEqual(scene.host.events.at(-1), { type: "accept:error", fields: { address: "mem://here", error } });
    scene.peer();
    scene.listener.abort();
    scene.host.checkOver(1);
  });

  test("say close when it is closed, and nothing of peers that it lets go of", () => {
    const scene = new Scene();
    scene.peer();
    scene.host.told();
    scene.listener.close();
    assert.equal(scene.host.told(), "close");
    scene.host.checkOver(1);
  });
});

describe("closing a listener", () => {
  test("frees the address before it returns and ends handshakes under way", () => {
    const scene = new Scene();
    const stream = scene.transport.arrival();
    scene.listener.close();
    assert.equal(scene.transport.bound.size, 0);
    assert.ok(stream.over !== null);
    scene.host.checkOver(1);
  });

  test("sends what is queued to its peers for as long as the socket lingers, counted from close()", () => {
    for (const slow of [false, true]) {
      const scene = new Scene();
      scene.host.lingerTime = 500;
      const stream = scene.peer();
      stream.blocked = true;
      scene.host.send("a");
      scene.host.turn();
      scene.host.send("b");
      scene.listener.close();
      scene.host.pass(slow ? 500 : 499);
      assert.equal(stream.over, slow ? "close" : null);
      stream.unblock();
      scene.host.checkOver(1);
      assert.deepEqual(scene.host.drops, slow ? { "peer-lost": 1, "linger-expired": 1 } : {});
    }
  });

  test("keeps what its peers had sent readable, as libzmq's unbind does", () => {
    const scene = new Scene();
    const stream = scene.peer();
    stream.arrive(short("a"), short("b"));
    scene.listener.close();
    scene.host.turn();
    assert.equal(stream.over, "end");
    const { pipe } = scene.host;
    assert.deepEqual([String(pipe.read()?.[0]), String(pipe.read()?.[0]), pipe.read()], ["a", "b", undefined]);
    assert.equal(pipe.write([Buffer.from("no more")]), false);
    pipe.finish("unread");
    scene.host.checkOver(1);
  });

  test("twice is the same as once", () => {
    const scene = new Scene();
    scene.peer();
    scene.listener.close();
    scene.listener.close();
    scene.listener.abort();
    scene.host.checkOver(1);
  });

  test("turns away a connection that the system had accepted before", () => {
    const scene = new Scene();
    scene.listener.close();
    assert.equal(scene.transport.arrival().over, "close");
    scene.host.checkOver(1);
  });
});
