import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "../../src/base/clock.ts";
import { utf8 } from "../../src/base/bytes.ts";
import { DatagramSession } from "../../src/engine/datagram-session.ts";
import type { DropReason } from "../../src/observe/drops.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import { countsOf } from "../../src/sockets/ledger.ts";
import { ADDRESSED, GROUPED } from "../../src/wire/udp/datagram.ts";
import { MemoryPort } from "../support/memory-port.ts";

/** A session between a pipe, whose near end is the socket's, and a port. */
class Scene {
  readonly near: Pipe;
  readonly port = new MemoryPort("mem://port");
  readonly session: DatagramSession;
  readonly clock = new ManualClock();
  emptied = 0;

  constructor({ mark = 0, maxMessageSize = -1, codec = GROUPED } = {}) {
    this.near = Pipe.pair({ outLimit: mark, inLimit: mark, conflate: false, far: "session" });
    const { port, clock } = this;
    const pipe = this.near.far;
    this.session = new DatagramSession({ pipe, port, codec, maxMessageSize, clock, emptied: () => this.emptied++ });
  }

  send(group: string, body: string | Uint8Array): boolean {
    return this.near.write([utf8(group), typeof body === "string" ? utf8(body) : body]);
  }

  /** What the socket finds, as `group body`. */
  received(): string[] {
    const texts: string[] = [];
    for (let message = this.near.read(); message !== undefined; message = this.near.read()) {
      texts.push(message.map(String).join(" "));
    }
    return texts;
  }

  /** What was dropped, and that nothing else is missing. */
  get drops(): Partial<Record<DropReason, number>> {
    const stats = countsOf(this.near);
    assert.equal(unaccounted(stats), 0, JSON.stringify(stats));
    return Object.fromEntries(Object.entries(stats.drops).filter(([, count]) => count > 0));
  }
}

const arrive = (scene: Scene, ...datagrams: string[]): void => {
  for (const datagram of datagrams) scene.port.arrive(Buffer.from(datagram, "hex"));
};

describe("a datagram session, outward", () => {
  test("sends each message as one datagram, what was queued before first", () => {
    const scene = new Scene();
    scene.send("G", "1");
    scene.send("G", "2");
    scene.session.begin();
    scene.send("H", "3");
    assert.deepEqual([countsOf(scene.near).queuedOut, scene.session.empty], [3, false]);
    scene.port.settle();
    assert.deepEqual(scene.port.taken(), ["014731", "014732", "014833"]);
    const { messagesSent, messagesDelivered, queuedOut, bytesSent } = countsOf(scene.near);
    assert.deepEqual([messagesSent, messagesDelivered, queuedOut, bytesSent], [3, 3, 0, 9]);
    assert.deepEqual([scene.session.empty, scene.emptied], [true, 1]);
    assert.deepEqual(scene.drops, {});
  });

  test("leaves messages in the pipe while the kernel is behind, where the mark counts them, and goes on in order", () => {
    const scene = new Scene({ mark: 2 });
    scene.session.begin();
    scene.port.blocked = true;
    assert.ok(scene.send("G", "1"), "the one that finds the kernel behind");
    assert.ok(scene.send("G", "2"));
    assert.ok(scene.send("G", "3"));
    assert.equal(scene.send("G", "4"), false);
    scene.port.unblock();
    scene.port.settle();
    assert.deepEqual(scene.port.taken(), ["014731", "014732", "014733"]);
    assert.deepEqual(scene.drops, {});
  });

  test("drops what does not fit into a datagram, and sends the next", () => {
    const scene = new Scene();
    scene.session.begin();
    scene.send("G", new Uint8Array(8191));
    scene.send("G", new Uint8Array(70_000));
    scene.send("G", "fits");
    scene.port.settle();
    assert.equal(scene.port.taken().length, 1);
    assert.deepEqual(scene.drops, { "too-big": 2 });
  });

  test("counts what the system refuses by what it says, and nothing ends", () => {
    const scene = new Scene();
    scene.session.begin();
    for (const code of ["EMSGSIZE", "ENOBUFS", "ENETUNREACH", "EPERM", "ECONNREFUSED"]) {
      scene.port.errors.push(Object.assign(new Error(code), { code }));
      scene.send("G", code);
    }
    scene.port.errors.push(new Error("without a code"));
    scene.send("G", "odd");
    scene.send("G", "on");
    scene.port.settle();
    assert.deepEqual(scene.port.taken(), ["01476f6e"]);
    assert.deepEqual(scene.drops, { "too-big": 1, hwm: 1, unroutable: 4 });
  });

  test("what the kernel has not taken at the end is counted once it says so", () => {
    const scene = new Scene();
    scene.session.begin();
    scene.port.blocked = true;
    scene.send("G", "given");
    scene.send("G", "queued");
    scene.session.end();
    scene.near.far.finish("linger-expired");
    assert.equal(scene.port.closed, true);
    assert.equal(scene.session.empty, false);
    scene.port.settle(new Error("cancelled"));
    assert.deepEqual(scene.drops, { "linger-expired": 2 });
  });

  test("a DGRAM's first frame says where each goes", () => {
    const scene = new Scene({ codec: ADDRESSED });
    scene.session.begin();
    scene.send("10.0.0.2:7", "x");
    scene.send("[::1]:8\0", "");
    scene.port.settle();
    assert.deepEqual(scene.port.taken(), ["10.0.0.2:7 78", "::1:8 "]);
  });
});

describe("a datagram session, inward", () => {
  test("makes a message of each datagram", () => {
    const scene = new Scene();
    scene.session.begin();
    arrive(scene, "01476869", "0068", "0147");
    assert.deepEqual(scene.received(), ["G hi", " h", "G "]);
    const { messagesReceived, bytesReceived, lastTraffic } = { ...countsOf(scene.near), ...scene.near.traffic };
    assert.deepEqual([messagesReceived, bytesReceived, lastTraffic], [3, 8, 0]);
  });

  test("drops and counts what is malformed or too big, and takes what comes next", () => {
    const scene = new Scene({ maxMessageSize: 100 });
    scene.session.begin();
    arrive(scene, "", "01", "7f47", "8047", "ff47", "02470048");
    scene.port.arrive(new Uint8Array(8193));
    scene.port.arrive(new Uint8Array(102));
    arrive(scene, "0147676f6f64");
    scene.port.arrive(new Uint8Array(101));
    assert.deepEqual(
      scene.received().map((text) => text.slice(0, 6)),
      ["G good", ` ${"\0".repeat(5)}`],
    );
    assert.deepEqual(scene.drops, { "decode-error": 6, "too-big": 2 });
  });

  test("drops and counts what the mark has no room for, and never stops reading", () => {
    const scene = new Scene({ mark: 2 });
    scene.session.begin();
    arrive(scene, "0031", "0032", "0033", "0034");
    assert.deepEqual(scene.received(), [" 1", " 2"]);
    assert.deepEqual(scene.drops, { hwm: 2 });
    arrive(scene, "0035");
    assert.deepEqual(scene.received(), [" 5"]);
    assert.deepEqual(countsOf(scene.near).hwmHitsIn, 1);
  });

  test("hears nothing once the socket let go", () => {
    const scene = new Scene();
    scene.session.begin();
    scene.near.part("unread");
    arrive(scene, "0031");
    assert.deepEqual(scene.received(), []);
    assert.equal(countsOf(scene.near).messagesReceived, 0);
  });
});
