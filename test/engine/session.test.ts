import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { role } from "../support/engine-host.ts";
import { hello, PING, PING_TTL_1S, PONG, short } from "../support/peer-bytes.ts";
import { Scene } from "../support/scene.ts";
import { octets } from "../wire/recorder.ts";

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

  test("says whether the user has yet to take some of what came", () => {
    const scene = new Scene();
    assert.equal(scene.session.unread, false);
    scene.stream.arrive(hello("ROUTER"), short("a"), short("b"));
    assert.equal(scene.session.unread, true);
    assert.deepEqual(scene.received, ["a", "b"]);
    assert.equal(scene.session.unread, false);
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

  test("of a publisher has its requests taken out, unless the first frame is none and onlyFirstSubscribe is set", () => {
    const pub = Scene.ready({}, { ...role("PUB"), peers: ["ROUTER"] });
    const mixed = octets("01 02 02 41 01 02 01 42 00 01 43");
    pub.stream.arrive(mixed, octets("01 02 01 44 00 02 00 42"));
    assert.deepEqual(pub.host.signals, ["opened", "+B", "+D", "-B"]);
    assert.deepEqual(pub.received, ["\x02A|C"]);
    pub.host.onlyFirst = true;
    pub.stream.arrive(mixed, octets("01 02 01 45 00 02 01 46"));
    assert.deepEqual(pub.received, ["\x02A|\x01B|C"]);
    assert.deepEqual(pub.host.signals.slice(4), ["+E", "+F"]);
  });

  test("of a publisher may not have a request over maxCommandSize among its frames", () => {
    const pub = Scene.ready({ maxCommandSize: 3 }, { ...role("PUB"), peers: ["ROUTER"] });
    pub.stream.arrive(octets("01 00 00 03 01 41 42"));
    assert.deepEqual(pub.host.signals, ["opened", "+AB"]);
    pub.stream.arrive(octets("01 00 00 04 01 41 42 43"));
    assert.equal(pub.host.drops["too-big"], 1);
    pub.checkEnd("protocol");
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

  test("a peer too old for heartbeats is not given up for its silence, only when it closed", () => {
    for (const greeting of ["01 00", "ff 0000000000000001 7f 01 05 00 00"]) {
      const scene = new Scene(busy);
      scene.stream.arrive(octets(greeting));
      assert.equal(scene.session.established, true);
      scene.host.pass(60_000);
      assert.equal(scene.stream.over, null);
      scene.stream.vanish();
      scene.checkEnd("lost");
    }
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
