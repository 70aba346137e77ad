import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { until } from "../conformance/recorders.ts";
import { frames, GREETING, RawPeer, ready } from "../support/raw-peer.ts";
import { octets } from "../wire/recorder.ts";
import { buffers, type Ours, type OurSocket, using } from "./ours.ts";

/** RFC 23: as 3.1, but for the minor version. */
const GREETING_30: Buffer = Buffer.from(GREETING);
GREETING_30[11] = 0;

test("a ZMTP 3.0 SUB subscribes by messages, and gets what it asked for", (t) =>
  using(async (side) => {
    const [ours, peer] = await dialed(t, side, side.open("XPUB"));
    peer.send(GREETING_30, ready("SUB"), frames("\x01news"));
    assert.deepEqual(await ours.receive(), buffers(["\x01news"]));
    assert.equal(ours.peers()[0]?.protocol, "3.0");
    await ours.send(["sports"]);
    await ours.send(["news", "body"]);
    await peer.gets("body");
    assert.ok(!peer.received.includes("sports"));
    peer.send(frames("\x00news"));
    assert.deepEqual(await ours.receive(), buffers(["\x00news"]));
  })());

test("our SUB subscribes at a ZMTP 3.0 PUB by messages, not commands", (t) =>
  using(async (side) => {
    const [ours, peer] = await dialed(t, side, side.open("SUB"));
    ours.subscribe("early");
    peer.send(GREETING_30, ready("PUB"));
    await ours.ready();
    ours.subscribe("late");
    ours.unsubscribe("early");
    const said = octets("00 06 01 6561726c79   00 05 01 6c617465   00 06 00 6561726c79");
    await until("the subscriptions", () => peer.received.length >= 64 + 25 + 2 + said.length);
    assert.deepEqual([...peer.received.subarray(-said.length)], [...said]);
    peer.send(frames("early"), frames("late", "body"));
    assert.deepEqual(await ours.receive(), buffers(["late", "body"]));
  })());

test("a ZMTP 3.0 DEALER and our ROUTER exchange multipart messages and heartbeats", (t) =>
  using(async (side) => {
    const [ours, peer] = await dialed(t, side, side.open("ROUTER"));
    peer.send(GREETING_30, ready("DEALER", "id"), frames("a", "", "b"));
    assert.deepEqual(await ours.receive(), buffers(["id", "a", "", "b"]));
    peer.send(Buffer.from(octets("04 0a 04 50494e47 0000 616263")));
    await until("the PONG with its context", () => peer.received.includes("\x04PONGabc"));
    await ours.send(["id", "answer"]);
    await peer.gets("answer");
  })());

async function dialed(t: TestContext, side: Ours, ours: OurSocket): Promise<[OurSocket, RawPeer]> {
  await ours.bind(side.address("tcp"));
  return [ours, await RawPeer.dial(t, ours.lastEndpoint ?? "")];
}
