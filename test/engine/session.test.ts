import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Pipe } from "../../src/pipe/pipe.ts";
import type { Ending } from "../../src/engine/ending.ts";
import type { Role } from "../../src/engine/host.ts";
import { pipeSettings } from "../../src/engine/pipes.ts";
import { Session, type SessionOwner } from "../../src/engine/session.ts";
import type { Options } from "../../src/options/table.ts";
import { FakeHost, role, settings } from "../support/engine-host.ts";
import { MemoryStream } from "../support/memory-transport.ts";
import { hello, PING, PING_TTL_1S, PONG, short } from "../support/peer-bytes.ts";
import { octets } from "../wire/recorder.ts";

/** A DEALER's session with a stream, and what became of it. */
class Scene implements SessionOwner {
  readonly endpoint = "mem://here";
  readonly dialed = false;
  readonly host: FakeHost;
  readonly stream = new MemoryStream("mem://peer");
  readonly session: Session;
  readonly ends: Ending[] = [];
  joins = 0;
  wanted = true;
  readonly #options: ReturnType<typeof settings>;

  constructor(changes: Partial<Options> = {}, as: Role = role("DEALER")) {
    this.host = new FakeHost(as);
    this.#options = settings(changes);
    this.session = new Session(this.host, this.#options, this, this.stream);
    this.session.begin();
    this.host.turn();
  }

  /** The same with its handshake done, and what was sent so far forgotten. */
  static ready(changes: Partial<Options> = {}, as?: Role): Scene {
    const scene = new Scene(changes, as);
    scene.stream.arrive(hello("ROUTER", "peer"));
    scene.host.turn();
    scene.stream.taken();
    return scene;
  }

  join(): Pipe | null {
    this.joins++;
    if (!this.wanted) return null;
    const near = Pipe.pair(pipeSettings(this.#options));
    this.host.attach(near);
    return near.far;
  }

  ended(session: Session, why: Ending): void {
    assert.equal(session, this.session);
    this.ends.push(why);
    for (const pipe of this.host.pipes) pipe.far.finish("peer-lost");
  }

  /** Checks that it ended once, for that reason, and left nothing behind. */
  checkEnd(kind: Ending["kind"]): void {
    this.session.end({ kind: "lost", reason: "once more" });
    assert.deepEqual(
      this.ends.map((end) => end.kind),
      [kind],
    );
    assert.ok(this.stream.over !== null);
    assert.equal(this.session.established, false);
    this.host.checkOver(0);
  }

  get received(): (string | undefined)[] {
    const texts = [];
    for (let message = this.host.pipe.read(); message !== undefined; message = this.host.pipe.read()) {
      texts.push(message.map(String).join("|"));
    }
    return texts;
  }
}

describe("the handshake", () => {
  test("begins with the whole greeting and goes on with READY once the peer's greeting is whole", () => {
    const { stream, host } = new Scene();
    assert.equal(stream.taken(), `ff00000000000000017f03014e554c4c${"00".repeat(48)}`);
    stream.arrive(hello("ROUTER").subarray(0, 63));
    host.turn();
    assert.equal(stream.taken(), "");
    stream.arrive(hello("ROUTER").subarray(63, 64));
    host.turn();
    // READY with Socket-Type DEALER and an empty Identity (RFC 37).
    const ready = "0429055245414459 0b536f636b65742d54797065 00000006 4445414c4552 084964656e74697479 00000000";
    assert.equal(stream.taken(), ready.replaceAll(" ", ""));
  });

  test("asks for a pipe when it is done, and tells who the peer is", () => {
    const scene = new Scene();
    scene.stream.arrive(hello("ROUTER", "peer").subarray(0, 80));
    assert.equal(scene.joins, 0);
    assert.equal(scene.session.established, false);
    scene.stream.arrive(hello("ROUTER", "peer").subarray(80));
    assert.equal(scene.joins, 1);
    assert.equal(scene.session.established, true);
    const peer = scene.host.pipe.peer;
    assert.equal(peer?.socketType, "ROUTER");
    assert.equal(String(peer?.routingId), "peer");
    assert.equal(peer?.protocol, "3.1");
    assert.equal(peer?.mechanism, "NULL");
    assert.equal(peer?.address, "mem://peer");
    assert.equal(peer?.properties.get("Peer-Address"), "10.0.0.2");
    assert.equal(scene.host.told(), "handshake");
    assert.equal(scene.host.clock.waiting, 0, "its time limit is off");
  });

  test("tells a peer of a wrong type ERROR before it closes", () => {
    const scene = new Scene();
    scene.stream.taken();
    scene.stream.arrive(hello("SUB"));
    const sent = Buffer.from(scene.stream.taken(), "hex").toString("latin1");
    assert.ok(sent.endsWith("\x05ERROR\x13Invalid socket type"), sent);
    assert.equal(scene.stream.over, "end", "after what was written");
    assert.equal(scene.host.told(), "handshake:error:protocol, disconnect");
    scene.checkEnd("protocol");
  });

  test("ends quietly when the socket wants the peer no more", () => {
    const scene = new Scene();
    scene.wanted = false;
    scene.stream.arrive(hello("ROUTER"));
    scene.checkEnd("finished");
  });
});

describe("traffic", () => {
  test("goes both ways, and what comes in one chunk with the handshake is not lost", () => {
    const scene = new Scene();
    scene.stream.taken();
    scene.stream.arrive(Buffer.concat([hello("ROUTER"), short("a"), octets("01 01 62 00 01 63")]));
    assert.deepEqual(scene.received, ["a", "b|c"]);
    scene.host.turn();
    scene.stream.taken();
    scene.host.send("out");
    scene.host.turn();
    assert.equal(scene.stream.taken(), "0003" + Buffer.from("out").toString("hex"));
    scene.session.end({ kind: "lost", reason: "test" });
    scene.checkEnd("lost");
  });

  test("starts with the probe and the hello message, before anything queued", () => {
    const scene = Scene.ready({ probeRouter: true, helloMessage: Buffer.from("hi") });
    const again = new Scene({ probeRouter: true, helloMessage: Buffer.from("hi") });
    again.stream.taken();
    again.stream.arrive(hello("ROUTER"));
    again.host.send("queued");
    again.host.turn();
    assert.ok(again.stream.taken().endsWith("0000" + "00026869" + "0006717565756564"));
    assert.equal(scene.host.pipe.traffic.generated, 2);
  });

  test("announces the peer's coming and going when the option says so", () => {
    const scene = Scene.ready({ routerNotify: 3 });
    assert.deepEqual(scene.received, [""]);
    scene.stream.vanish();
    assert.deepEqual(scene.received, [""]);
  });

  test("of subscriptions passes the queues both ways", () => {
    const pub = Scene.ready({}, { ...role("PUB"), peers: ["ROUTER"] });
    pub.stream.arrive(octets("04 0b 09 535542534352494245 41 04 08 06 43414e43454c 41"), octets("00 02 01 42"));
    assert.deepEqual(pub.host.signals, ["opened", "+A", "-A", "+B"]);
    const sub = Scene.ready();
    sub.host.pipe.subscription(Buffer.from("A"), true);
    sub.host.pipe.subscription(Buffer.from("A"), false);
    sub.host.turn();
    assert.equal(sub.stream.taken(), "040b0953554253435249424541" + "04080643414e43454c41");
  });

  test("that a socket's type does not allow ends the connection, and is counted", () => {
    const scene = Scene.ready({}, { ...role("DEALER"), inbound: (message) => message.length === 2 });
    scene.stream.arrive(octets("01 00 00 01 61"), short("malformed"));
    assert.deepEqual(scene.received, ["|a"]);
    assert.equal(scene.host.drops["decode-error"], 1);
    scene.checkEnd("protocol");
  });

  test("over maxMessageSize ends the connection before its body came, and is counted as too big", () => {
    const scene = Scene.ready({ maxMessageSize: 100 });
    scene.stream.arrive(octets("00 65"));
    assert.deepEqual(scene.received, []);
    assert.equal(scene.host.drops["too-big"], 1);
    scene.checkEnd("protocol");
  });

  test("that was cut off in the middle of a message is counted as incomplete", () => {
    const scene = Scene.ready();
    scene.stream.arrive(octets("01 01 61 00 05 62"));
    scene.stream.vanish();
    assert.deepEqual(scene.received, []);
    assert.equal(scene.host.drops.incomplete, 1);
    scene.checkEnd("lost");
  });
});

describe("a full queue", () => {
  test("stops the reading, which goes on when the user took (HWM + 1) / 2 messages", () => {
    const scene = Scene.ready({ receiveHighWaterMark: 10 });
    const { stream, host } = scene;
    for (let count = 0; count < 15; count++) stream.arrive(short(String(count)));
    assert.equal(stream.paused, true);
    assert.equal(host.pipe.queuedIn, 10);
    for (let count = 0; count < 4; count++) host.pipe.read();
    assert.equal(stream.paused, true);
    host.pipe.read();
    assert.equal(stream.paused, false);
    stream.arrive();
    assert.equal(host.pipe.queuedIn, 10);
  });

  test("stops in the middle of a chunk, and nothing of the chunk is lost", () => {
    const scene = Scene.ready({ receiveHighWaterMark: 2 });
    scene.stream.arrive(Buffer.concat(["a", "b", "c", "d", "e"].map(short)));
    assert.equal(scene.host.pipe.queuedIn, 2);
    assert.deepEqual(scene.received, ["a", "b", "c", "d", "e"]);
    assert.equal(scene.stream.paused, false);
  });

  test("is no silence of the peer: heartbeats wait until it is read again", () => {
    const scene = Scene.ready({ receiveHighWaterMark: 1, heartbeatInterval: 100, heartbeatTimeout: 50 });
    scene.stream.arrive(short("a"), short("b"));
    scene.host.pass(1000);
    assert.equal(scene.stream.over, null);
    assert.deepEqual(scene.received, ["a"]);
    scene.stream.arrive();
    assert.deepEqual(scene.received, ["b"]);
    scene.host.pass(200);
    assert.equal(scene.stream.over, "close");
  });
});

describe("a peer that asks and does not read", () => {
  test("is not read any more, so that a flood of PINGs fills no memory", () => {
    const scene = Scene.ready();
    const { stream, host } = scene;
    stream.blocked = true;
    const flood = Buffer.concat(Array.from({ length: 100 }, () => PING));
    for (let count = 0; count < 1000; count++) {
      stream.arrive(flood);
      host.turn();
    }
    assert.equal(stream.paused, true);
    const held = stream.pending + scene.session.output.size;
    assert.ok(held <= 3 * 100 * PONG.length, `${held} bytes wait`);
  });

  test("is read again once it read its answers", () => {
    const scene = Scene.ready();
    const { stream, host } = scene;
    stream.blocked = true;
    for (let count = 0; count < 3; count++) {
      stream.arrive(PING);
      host.turn();
    }
    assert.equal(stream.paused, true);
    stream.arrive(short("after"));
    stream.unblock();
    assert.equal(stream.paused, false);
    stream.arrive();
    host.turn();
    assert.equal(stream.taken(), Buffer.concat([PONG, PONG, PONG]).toString("hex"));
    assert.deepEqual(scene.received, ["after"]);
  });
});

describe("every way to end goes through one end, once, and leaves no timer", () => {
  const busy = { heartbeatInterval: 100, heartbeatTimeout: 300, heartbeatTimeToLive: 400 };

  test("the peer closed", () => {
    const scene = Scene.ready(busy);
    scene.stream.vanish();
    assert.equal(scene.host.told(), "handshake, disconnect");
    scene.checkEnd("lost");
  });

  test("the network broke: the event has the system's error", () => {
    const scene = Scene.ready(busy);
    const error = new Error("reset");
    scene.stream.vanish(error);
    assert.equal(scene.host.events.at(-1)?.fields.error, error);
    scene.checkEnd("lost");
  });

  test("the peer closed during the handshake", () => {
    const scene = new Scene(busy);
    scene.stream.arrive(hello("ROUTER").subarray(0, 20));
    scene.stream.vanish();
    assert.equal(scene.host.told(), "handshake:error:other, disconnect");
    scene.checkEnd("lost");
  });

  test("no handshake in time", () => {
    const scene = new Scene({ ...busy, handshakeInterval: 50 });
    scene.host.pass(50);
    scene.checkEnd("timeout");
  });

  test("the peer broke the protocol", () => {
    const scene = Scene.ready({ ...busy, maxMessageSize: 10 });
    scene.stream.arrive(octets("00 0b"));
    assert.equal(scene.host.told(), "handshake, disconnect");
    scene.checkEnd("protocol");
  });

  test("heartbeats stayed out", () => {
    const scene = Scene.ready(busy);
    scene.host.pass(400);
    assert.match(scene.ends[0]?.reason ?? "", /heartbeat timeout/);
    scene.checkEnd("lost");
  });

  test("the peer's time to live ran out", () => {
    const scene = Scene.ready();
    scene.stream.arrive(PING_TTL_1S);
    scene.host.pass(1000);
    assert.match(scene.ends[0]?.reason ?? "", /heartbeat ttl/);
    scene.checkEnd("lost");
  });

  test("the socket let go and all was sent", () => {
    const scene = Scene.ready(busy);
    scene.host.send("last");
    scene.host.pipe.finish("unread");
    scene.host.turn();
    assert.equal(scene.stream.taken(), "00046c617374");
    assert.equal(scene.host.told(), "handshake");
    scene.checkEnd("finished");
  });

  test("the socket let go and the linger time ran out", () => {
    const scene = Scene.ready(busy);
    scene.host.lingerTime = 200;
    scene.stream.blocked = true;
    scene.host.send("never");
    scene.host.pipe.finish("unread");
    scene.host.pass(199);
    assert.equal(scene.stream.over, null);
    scene.host.pass(1);
    scene.checkEnd("linger");
  });

  test("the socket refused the peer", () => {
    const scene = Scene.ready(busy);
    scene.host.pipe.close("refused", "refused");
    assert.equal(scene.host.connections.refused, 1);
    scene.checkEnd("refused");
  });

  test("the socket refused the peer inside its handshake", () => {
    const scene = new Scene(busy);
    scene.host.opened = (): void => scene.host.pipe.close("refused", "refused");
    scene.stream.arrive(hello("ROUTER"));
    scene.checkEnd("refused");
  });
});
