import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ZmqError } from "../../src/base/errors.ts";
import { DatagramEndpoint } from "../../src/engine/datagram-endpoint.ts";
import type { Settings } from "../../src/engine/host.ts";
import type { Pipe } from "../../src/pipe/pipe.ts";
import { GROUPED } from "../../src/wire/udp/datagram.ts";
import { FakeHost, settings } from "../support/engine-host.ts";
import { MemoryDatagrams, MemoryPort } from "../support/memory-port.ts";
import { zmqError } from "../support/zmq-error.ts";

/** One endpoint, the socket it belongs to, and the network. */
class Scene {
  readonly host = new FakeHost();
  readonly transport = new MemoryDatagrams();
  readonly endpoint: DatagramEndpoint;

  constructor(by: "bind" | "connect", changes: Partial<Settings> = {}) {
    const use = { by, codec: GROUPED } as const;
    const target = { transport: this.transport, endpoint: "mem://there", use };
    this.endpoint = new DatagramEndpoint(this.host, settings(changes), target);
  }

  get port(): MemoryPort {
    const port = this.transport.ports.at(-1);
    assert.ok(port, "there is no port");
    return port;
  }

  /** What was dialed is there. */
  opens(): MemoryPort {
    const port = new MemoryPort("mem://10.0.0.1:7");
    this.transport.ports.push(port);
    this.transport.dials.at(-1)?.events.opened(port);
    return port;
  }

  fails(): void {
    this.transport.dials.at(-1)?.events.failed(Object.assign(new Error("unknown"), { code: "ENOTFOUND" }));
  }
}

describe("bind to datagrams", () => {
  test("makes the one pipe, and the port counts as its peer while it is open", () => {
    const scene = new Scene("bind");
    scene.endpoint.listen();
    const { pipe, signals } = scene.host;
    assert.equal(scene.host.told(), "bind");
    assert.deepEqual([pipe.connected, pipe.unfiltered, signals], [true, true, ["opened"]]);
    assert.deepEqual([pipe.peer?.endpoint, pipe.peer?.dialed, pipe.peer?.address], ["mem://there", false, ""]);
    scene.port.arrive(Uint8Array.of(0, 1));
    scene.endpoint.close();
    assert.deepEqual([scene.port.closed, pipe.connected, pipe.queuedIn], [true, false, 1]);
    assert.equal(scene.host.told(), "close");
    pipe.finish("unread");
    scene.host.checkOver(1);
  });

  test("a failure is thrown, and told without the scheme", async () => {
    const scene = new Scene("bind");
    scene.transport.failure = new ZmqError("EADDRNOTAVAIL", { address: "mem://there" });
    assert.throws(() => scene.endpoint.listen(), zmqError("EADDRNOTAVAIL"));
    await assert.rejects(scene.endpoint.listenLater(), zmqError("EADDRNOTAVAIL"));
    assert.equal(scene.host.events[0]?.fields.address, "there");
    assert.equal(scene.host.told(), "bind:error, bind:error");
    assert.equal(scene.host.pipes.length, 0);
  });

  test("a socket that lets go of the pipe at once takes no such endpoint", () => {
    const scene = new Scene("bind");
    const attach = scene.host.attach.bind(scene.host);
    scene.host.attach = (pipe: Pipe): void => {
      attach(pipe);
      pipe.finish("unread");
    };
    assert.throws(() => scene.endpoint.listen(), zmqError("EINVAL", "DEALER is bound already"));
    assert.equal(scene.port.closed, true);
    assert.equal(scene.host.told(), "bind:error");
    scene.host.checkOver(1);
  });

  test("closing twice, or after it was aborted, is closing once", () => {
    const scene = new Scene("bind");
    scene.endpoint.listen();
    scene.endpoint.close();
    scene.endpoint.close();
    scene.endpoint.abort();
    assert.equal(scene.host.told(), "bind, close");
    scene.host.checkOver(1);
  });
});

describe("connect to datagrams", () => {
  test("messages queue until the port is open, and then go out", () => {
    const scene = new Scene("connect");
    scene.endpoint.connect();
    const { host } = scene;
    assert.equal(host.pipe.connected, false);
    host.pipe.write([Buffer.from("G"), Buffer.from("1")]);
    const port = scene.opens();
    assert.equal(host.told(), "connect");
    assert.deepEqual(
      [host.pipe.connected, host.pipe.peer?.address, host.pipe.peer?.dialed],
      [true, "mem://10.0.0.1:7", true],
    );
    assert.equal(host.connections.connects, 1);
    port.settle();
    assert.deepEqual(port.taken(), ["014731"]);
    scene.endpoint.close();
    assert.equal(port.closed, true);
    host.checkOver(1);
  });

  test("a name that is not known is tried again, after the reconnect interval", () => {
    const scene = new Scene("connect", { reconnectInterval: 100, reconnectMaxInterval: 1000 });
    scene.endpoint.connect();
    scene.fails();
    assert.equal(scene.host.events[0]?.fields.reason, "Host name not found (mem://there)");
    assert.equal(scene.host.told(), "close, connect:retry");
    scene.host.pass(100);
    assert.equal(scene.transport.dials.length, 2);
    scene.opens();
    scene.endpoint.close();
    scene.host.checkOver(1);
  });

  test("with a reconnectInterval of 0 it is forgotten, and what was queued is lost", () => {
    const scene = new Scene("connect", { reconnectInterval: 0 });
    scene.endpoint.connect();
    scene.host.pipe.write([Buffer.from("G"), Buffer.from("1")]);
    scene.fails();
    assert.deepEqual(scene.host.drops, { "linger-expired": 1 });
    scene.host.checkOver(1);
  });

  test("after close, what is queued waits for the port for as long as the socket lingers", () => {
    const scene = new Scene("connect");
    scene.host.lingerTime = 500;
    scene.endpoint.connect();
    scene.host.pipe.write([Buffer.from("G"), Buffer.from("1")]);
    scene.endpoint.close();
    assert.equal(scene.host.lingerers, 1);
    const port = scene.opens();
    assert.equal(scene.host.lingerers, 1, "the system has not said yet what became of it");
    port.settle();
    assert.deepEqual(port.taken(), ["014731"]);
    assert.equal(port.closed, true);
    scene.host.checkOver(1);
  });

  test("when the linger time is over first, it is dropped and no port is opened any more", () => {
    const scene = new Scene("connect");
    scene.host.lingerTime = 500;
    scene.endpoint.connect();
    scene.host.pipe.write([Buffer.from("G"), Buffer.from("1")]);
    scene.endpoint.close();
    scene.host.pass(500);
    assert.equal(scene.transport.dials[0]?.cancelled, true);
    assert.deepEqual(scene.host.drops, { "linger-expired": 1 });
    scene.host.checkOver(1);
  });

  test("without a linger time, what the system has is out, and the rest is dropped", () => {
    const scene = new Scene("connect");
    scene.host.lingerTime = 0;
    scene.endpoint.connect();
    const port = scene.opens();
    scene.host.pipe.write([Buffer.from("G"), Buffer.from("1")]);
    scene.endpoint.close();
    assert.equal(port.closed, true);
    port.settle();
    assert.deepEqual(port.taken(), ["014731"]);
    assert.deepEqual(scene.host.drops, {});
    scene.host.checkOver(1);
  });

  test("while the kernel is behind, a socket that lingers waits for it", () => {
    const scene = new Scene("connect");
    scene.endpoint.connect();
    const port = scene.opens();
    port.blocked = true;
    for (const body of ["1", "2"]) scene.host.pipe.write([Buffer.from("G"), Buffer.from(body)]);
    scene.endpoint.close();
    assert.equal(port.closed, false);
    port.unblock();
    port.settle();
    assert.deepEqual(port.taken(), ["014731", "014732"]);
    scene.host.checkOver(1);
  });
});
