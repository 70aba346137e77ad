import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { role } from "../support/engine-host.ts";
import { hello } from "../support/peer-bytes.ts";
import { Scene } from "../support/scene.ts";
import { octets } from "../wire/recorder.ts";

describe("the handshake", () => {
  // READY with Socket-Type DEALER and an empty Identity (RFC 37).
  const ready = "0429055245414459 0b536f636b65742d54797065 00000006 4445414c4552 084964656e74697479 00000000";
  const greeting = `ff00000000000000017f03014e554c4c${"00".repeat(48)}`;

  test("begins with the signature, goes on with the rest once the peer's version is there, and READY to its READY", () => {
    const { stream, host } = new Scene();
    assert.equal(stream.taken(), greeting.slice(0, 20));
    stream.arrive(hello("ROUTER").subarray(0, 10));
    host.turn();
    assert.equal(stream.taken(), "03");
    stream.arrive(hello("ROUTER").subarray(10, 64));
    host.turn();
    assert.equal(stream.taken(), greeting.slice(22));
    stream.arrive(hello("ROUTER").subarray(64));
    host.turn();
    assert.equal(stream.taken(), ready.replaceAll(" ", ""));
  });

  test("goes on with READY all the same when the peer says nothing", () => {
    const { stream, host } = new Scene();
    for (const [from, to] of [
      [0, 10],
      [10, 64],
    ]) {
      stream.arrive(hello("ROUTER").subarray(from, to));
    }
    host.pass(9);
    assert.equal(stream.taken(), greeting);
    host.pass(1);
    assert.equal(stream.taken(), ready.replaceAll(" ", ""));
  });

  test("takes two writes of either side when both are this library", () => {
    const [dialer, listener] = [new Scene({}, role("DEALER"), true), new Scene({}, role("ROUTER"), false)];
    const writes = { dialer: 0, listener: 0 };
    for (let quiet = 0; quiet < 2;) {
      const said = dialer.stream.taken();
      if (said !== "") writes.dialer++;
      listener.stream.arrive(octets(said));
      listener.host.turn();
      const answer = listener.stream.taken();
      if (answer !== "") writes.listener++;
      dialer.stream.arrive(octets(answer));
      dialer.host.turn();
      quiet = said === "" && answer === "" ? quiet + 1 : 0;
    }
    assert.deepEqual(writes, { dialer: 2, listener: 2 });
    assert.deepEqual([dialer.session.established, listener.session.established], [true, true]);
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
