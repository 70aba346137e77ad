import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, concat } from "../../../src/base/bytes.ts";
import { AuthenticationError } from "../../../src/base/errors.ts";
import { nullMechanism } from "../../../src/security/null.ts";
import { ZmtpHandshake, refuseSplit, type ZmtpSettings } from "../../../src/wire/zmtp/handshake.ts";
import { ownMetadata } from "../../../src/wire/zmtp/metadata.ts";
import { Recorder, octets, refused, taken } from "../recorder.ts";
import { GREETING, LIMITS, READY_DEALER } from "./peers.ts";

const ROUTER: ZmtpSettings = {
  socketType: "ROUTER",
  routingId: EMPTY,
  peers: ["REQ", "DEALER", "ROUTER"],
  mechanism: nullMechanism,
  metadata: new Map(),
  limits: LIMITS,
  subscriptions: false,
};

function begun(asks = false): [ZmtpHandshake, Recorder] {
  const handshake = new ZmtpHandshake(ROUTER, nullMechanism(ownMetadata(ROUTER), asks));
  const to = new Recorder();
  handshake.start(to.output, false);
  to.output.take();
  return [handshake, to];
}

/** What it has told of the peer. */
function told({ facts }: ZmtpHandshake): string[] {
  return facts === null ? [] : [facts.socketType, facts.protocol, String(facts.routingId)];
}

/** The body of a frame with a header of two octets. */
const body = (frame: Uint8Array): Uint8Array => frame.subarray(2);

test("it takes the greeting's bytes and no others, and says how many they were", () => {
  const [handshake, to] = begun();
  assert.equal(handshake.greet(GREETING.subarray(0, 20), to), 20);
  assert.equal(handshake.greeting, true);
  assert.equal(handshake.held, 20);
  assert.equal(handshake.greet(concat([GREETING.subarray(20), READY_DEALER]), to), 44);
  assert.equal(handshake.greeting, false);
  assert.equal(handshake.version, "3.1");
});

test("the peer's READY tells who it is, and nothing is told before", () => {
  const [handshake, to] = begun();
  handshake.greet(GREETING, to);
  handshake.proceed(to);
  assert.deepEqual(told(handshake), []);
  handshake.frame(4, body(READY_DEALER), to);
  assert.deepEqual(told(handshake), ["DEALER", "3.1", ""]);
});

test("what a peer of 2.0 says of itself is its greeting and its identity", () => {
  const [handshake, to] = begun();
  assert.equal(handshake.greet(octets("ff 0000000000000001 7f 01 05"), to), 12);
  assert.equal(handshake.old?.version, "2.0");
  handshake.frame(0, Buffer.from("me"), to);
  assert.deepEqual(told(handshake), ["DEALER", "2.0", "me"]);
});

test("while somebody judges the peer it waits, and goes on as the verdict says", () => {
  for (const status of [200, 400] as const) {
    const [handshake, to] = begun(true);
    handshake.greet(concat([GREETING, READY_DEALER]), to);
    assert.equal(handshake.waiting, true);
    assert.equal(to.applicants.length, 1);
    to.output.take();
    const verdict = { status, text: "", userId: "", properties: new Map<string, string>() };
    if (status === 200) handshake.authenticated(verdict, to);
    else assert.throws(() => handshake.authenticated(verdict, to), AuthenticationError);
    assert.equal(handshake.waiting, false);
    assert.match(taken(to.output), status === 200 ? /^0429055245414459/ : /^040a054552524f5203343030/);
  }
});

test("a message, or a command cut in frames, has no place in it", () => {
  for (const flags of [0, 1]) {
    const [handshake, to] = begun();
    handshake.greet(GREETING, to);
    refused("ERR_ZMTP_UNEXPECTED_COMMAND", () => handshake.frame(flags, EMPTY, to));
  }
  refused("ERR_ZMTP_UNSPECIFIED", () => refuseSplit(5));
  refuseSplit(4);
});
