import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch } from "../../../src/base/batch.ts";
import { concat, hex, utf8 } from "../../../src/base/bytes.ts";
import { ProtocolError } from "../../../src/base/errors.ts";
import { nullMechanism } from "../../../src/security/null.ts";
import type { Mechanism } from "../../../src/wire/zmtp/mechanism.ts";
import { Recorder, feed, feedCut, octets, refused, taken } from "../recorder.ts";
import { GREETING, GREETING_30, LIMITS, READY_DEALER, READY_ROUTER, READY_SUB, connection, ready } from "./peers.ts";

const READY = "05 5245414459";
const SOCKET_TYPE = "0b 536f636b65742d54797065";

/** A READY with these properties, as a frame. */
function readyWith(properties: string): Uint8Array {
  const body = octets(READY + properties);
  return concat([octets("04"), Uint8Array.of(body.length), body]);
}

/** What a connection sends behind its greeting once it has seen the peer's. */
function firstCommand(type: string, changes: Parameters<typeof connection>[1] = {}): string {
  const to = new Recorder();
  const made = connection(type, changes);
  made.start(to.output);
  feed(made, GREETING, to);
  return taken(to.output).slice(2 * GREETING.length);
}

/** What a refusal says, after greetings were exchanged. */
function refusal(code: ProtocolError["code"], sent: Uint8Array, type = "ROUTER"): string {
  return refused(code, () => feed(connection(type), concat([GREETING, sent]), new Recorder()));
}

test("the signature is sent at once; the rest with READY, in one piece, once the peer's version is there", () => {
  const made = connection("DEALER");
  const to = new Recorder();
  made.start(to.output);
  assert.equal(taken(to.output), hex(GREETING.subarray(0, 10)));
  feed(made, GREETING.subarray(0, 11), to);
  assert.equal(taken(to.output), hex(GREETING.subarray(10)) + hex(READY_DEALER));
  feed(made, GREETING.subarray(11, 63), to);
  assert.equal(made.held, 63);
  feed(made, GREETING.subarray(63), to);
  assert.equal(to.output.size, 0);
  assert.equal(made.held, 0);
});

test("READY is held back from a peer that began with its signature, until it says more than its greeting, or nothing", () => {
  const silent = connection("DEALER");
  const to = new Recorder();
  silent.start(to.output);
  feedCut(silent, GREETING, [10, 11], to);
  assert.equal(taken(to.output), hex(GREETING));
  assert.equal(silent.holding, true);
  silent.proceed(to);
  assert.equal(taken(to.output), hex(READY_DEALER));
  assert.equal(silent.holding, false);
  silent.proceed(to);
  feed(silent, READY_ROUTER, to);
  assert.equal(to.output.size, 0);
  assert.equal(to.facts.length, 1);

  const quick = connection("DEALER");
  feed(quick, GREETING.subarray(0, 10), to);
  feed(quick, GREETING.subarray(10), to);
  assert.equal(quick.holding, true);
  to.output.take();
  feed(quick, READY_ROUTER.subarray(0, 1), to);
  assert.equal(taken(to.output), hex(READY_DEALER));
  assert.equal(quick.holding, false);
});

test("where the mechanism matters, the greeting is sent whole, and nothing else before the peer's is there", () => {
  const made = connection("DEALER", { mechanism: (metadata) => nullMechanism(metadata, true) });
  const to = new Recorder();
  made.start(to.output);
  assert.equal(taken(to.output), hex(GREETING));
  feed(made, GREETING.subarray(0, 63), to);
  assert.equal(to.applicants.length, 0);
  feed(made, GREETING.subarray(63), to);
  assert.equal(to.applicants.length, 1);
  assert.equal(to.output.size, 0);
});

test("READY has Socket-Type, then Identity from REQ, DEALER and ROUTER only, then the user's properties", () => {
  assert.equal(firstCommand("DEALER"), hex(READY_DEALER));
  assert.equal(firstCommand("SUB"), hex(READY_SUB));
  assert.equal(
    firstCommand("REQ"),
    "0426055245414459" + "0b536f636b65742d5479706500000003524551084964656e7469747900000000",
  );
  const named = `042c055245414459 0b536f636b65742d54797065 00000006 4445414c4552 08 4964656e74697479 00000003 414243`;
  assert.equal(firstCommand("DEALER", { routingId: utf8("ABC") }), named.replaceAll(" ", ""));
  const extra = `0422055245414459 0b536f636b65742d54797065 00000003 535542 03 582d41 00000001 31`;
  assert.equal(firstCommand("SUB", { metadata: new Map([["X-A", "1"]]) }), extra.replaceAll(" ", ""));
});

test("RFC 37: the worked example of DEALER and ROUTER ends in ready, with the peer's facts", () => {
  const to = new Recorder();
  feed(connection("DEALER"), concat([GREETING, READY_ROUTER]), to);
  assert.equal(to.facts.length, 1);
  const [facts] = to.facts;
  assert.equal(facts?.socketType, "ROUTER");
  assert.equal(facts.protocol, "3.1");
  assert.equal(facts.mechanism, "NULL");
  assert.equal(facts.routingId.length, 0);
  assert.deepEqual([...facts.properties], [["Socket-Type", "ROUTER"]]);
});

test("facts hold every property, as text cut at its first NUL, and a routing id of their own", () => {
  const to = new Recorder();
  const sent = readyWith(`${SOCKET_TYPE} 00000003 524551 08 4944454e54495459 00000002 ff41 03 582d41 00000003 310032`);
  const chunk = concat([GREETING_30, sent]);
  connection().receive(chunk, to);
  chunk.fill(0);
  const [facts] = to.facts;
  assert.equal(hex(facts?.routingId ?? chunk), "ff41");
  assert.equal(facts?.protocol, "3.0");
  assert.deepEqual([...facts.properties.keys()], ["Socket-Type", "Identity", "X-A"]);
  assert.equal(facts.properties.get("X-A"), "1");
});

test("ZMTP 1.0 and 2.0 peers are refused by name where they can't be secured, on the first octet that tells", () => {
  const first = (digits: string): string => {
    const made = connection("ROUTER", { mechanism: (metadata) => nullMechanism(metadata, true) });
    return refused("ERR_ZMTP_VERSION", () => feed(made, octets(digits), new Recorder()));
  };
  assert.match(first("01"), /ZMTP 1\.0.*zapDomain/);
  assert.match(first("ff 0000000000000001 7e"), /ZMTP 1\.0/);
  assert.match(first("ff 0000000000000001 7f 00"), /ZMTP 1\.0/);
  assert.match(first("ff 0000000000000001 7f 01"), /ZMTP 2\.0/);
});

test("RFC 37: a peer of a higher version is taken, with any padding and as-server octet", () => {
  const greeting = GREETING.slice();
  greeting.set(octets("ff 1122334455667788 01 09 07"));
  greeting[32] = 1;
  const to = new Recorder();
  feed(connection(), concat([greeting, READY_DEALER]), to);
  assert.equal(to.facts[0]?.protocol, "3.1");
});

test("a READY without Socket-Type is taken, as by libzmq; one with an empty type is not", () => {
  const to = new Recorder();
  feed(connection(), concat([GREETING, readyWith("")]), to);
  assert.equal(to.facts[0]?.socketType, "");
  refusal("ERR_ZMTP_SOCKET_TYPE_MISMATCH", readyWith(`${SOCKET_TYPE} 00000000`));
});

test("RFC 37: a peer of a type that can't talk with this one gets ERROR, and both types are named", () => {
  const to = new Recorder();
  const made = connection();
  feed(made, GREETING, to);
  to.output.take();
  const text = refused("ERR_ZMTP_SOCKET_TYPE_MISMATCH", () => feed(made, READY_SUB, to));
  assert.match(text, /ROUTER.*"SUB"/);
  assert.equal(taken(to.output), `041a054552524f5213${hex(utf8("Invalid socket type"))}`);
  assert.equal(to.facts.length, 0);
});

test("an ERROR of the peer is told with its reason", () => {
  assert.match(refusal("ERR_ZMTP_PEER_ERROR", octets("04 0a 05 4552524f52 03 343031")), /"401"/);
  refusal("ERR_ZMTP_MALFORMED_COMMAND_ERROR", octets("04 07 05 4552524f52 03"));
});

test("commands that have no place in the handshake, and messages, are refused", () => {
  refusal("ERR_ZMTP_UNEXPECTED_COMMAND", octets("04 0a 09 535542534352494245"));
  refusal("ERR_ZMTP_UNEXPECTED_COMMAND", octets("04 07 04 50494e47 0000"));
  refusal("ERR_ZMTP_UNEXPECTED_COMMAND", octets("00 00"));
  refusal("ERR_ZMTP_UNEXPECTED_COMMAND", octets("01 06 05 5245414459"));
  refusal("ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED", octets("04 02 05 41"));
  refusal("ERR_ZMTP_UNSPECIFIED", octets("05 06 05 5245414459"));
  refusal("ERR_ZMTP_INVALID_METADATA", readyWith("00"));
});

test("the COMMAND flag is not asked for in the handshake, as by libzmq", () => {
  const to = new Recorder();
  feed(connection(), concat([GREETING, octets("00"), READY_DEALER.subarray(1)]), to);
  assert.equal(to.facts.length, 1);
});

test("a handshake command over its limit is refused from its header, and the limit ends with the handshake", () => {
  refusal("ERR_ZMTP_TOO_BIG", octets("06 0000000000002001"));
  refusal("ERR_ZMTP_TOO_BIG", octets("02 0000000000002001"));
  const [made, to] = ready();
  feed(made, concat([octets("02 0000000000002001"), new Uint8Array(0x2001)]), to);
  assert.equal(to.messages.length, 1);
});

test("the owner may refuse a peer when it is ready", () => {
  const to = new Recorder();
  to.ready = () => {
    throw new ProtocolError("ERR_ZMTP_REFUSED");
  };
  const made = connection();
  refused("ERR_ZMTP_REFUSED", () => feed(made, concat([GREETING, READY_DEALER, octets("00 01 61")]), to));
  feed(made, octets("00 01 61"), to);
  assert.equal(to.messages.length, 0);
});

test("RFC 37: a PING is answered by a PONG with its context, and its TTL is told", () => {
  const [made, to] = ready();
  feed(made, octets("04 09 04 50494e47 000a 6162"), to);
  assert.equal(taken(to.output), "040704504f4e476162");
  feed(made, octets("04 07 04 50494e47 0290"), to);
  assert.equal(taken(to.output), "040504504f4e47");
  assert.deepEqual(to.pings, [1000, 65_600]);
});

test("a PING between the frames of a message is answered, and the message stays whole", () => {
  const [made, to] = ready();
  feed(made, octets("01 01 61 04 07 04 50494e47 0000 00 01 62"), to);
  assert.equal(taken(to.output), "040504504f4e47");
  assert.deepEqual(
    to.messages.map((message) => message.map(hex)),
    [["61", "62"]],
  );
});

test("a short PING is refused, not answered", () => {
  const [made, to] = ready();
  refused("ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED", () => feed(made, octets("04 06 04 50494e47 00"), to));
  assert.equal(to.output.size, 0);
});

test("PONG, unknown and malformed commands are ignored after the handshake", () => {
  for (const type of ["ROUTER", "PUB"]) {
    const [made, to] = ready(type);
    feed(made, octets("04 05 04 504f4e47  04 02 01 41  04 00  04 01 00  04 02 09 41  04 07 05 5245414459 00"), to);
    feed(made, octets("00 01 61"), to);
    assert.equal(to.messages.length, 1);
    assert.equal(to.output.size, 0);
    assert.equal(to.topics.length, 0);
  }
});

test("SUBSCRIBE and CANCEL are told to a publisher and ignored by others", () => {
  const sent = octets("04 0b 09 535542534352494245 41  04 08 06 43414e43454c 41  04 0a 09 535542534352494245");
  const [pub, to] = ready("PUB");
  feed(pub, sent, to);
  assert.deepEqual(
    to.topics.map(([topic, added]) => [hex(topic), added]),
    [
      ["41", true],
      ["41", false],
      ["", true],
    ],
  );
  const [router, others] = ready();
  feed(router, sent, others);
  assert.equal(others.topics.length, 0);
});

test("a publisher takes the message form of a subscription from any peer; with more frames it is the user's", () => {
  const [pub, to] = ready("PUB");
  feed(pub, octets("00 02 01 41  00 02 00 41  00 01 01  00 01 02  01 02 01 41 00 01 01  00 00"), to);
  assert.deepEqual(
    to.topics.map(([topic, added]) => [hex(topic), added]),
    [
      ["41", true],
      ["41", false],
      ["", true],
    ],
  );
  assert.deepEqual(
    to.messages.map((message) => message.map(hex)),
    [["02"], ["0141", "01"], [""]],
  );
});

test("a topic has memory of its own", () => {
  const [pub, to] = ready("PUB");
  feed(pub, octets(`00 05 01 41414141 04 0b 09 535542534352494245 41 00 ff ${"41".repeat(255)}`), to);
  const [first] = to.topics[0] ?? [utf8("")];
  const [message] = to.messages[0] ?? [utf8("")];
  assert.notEqual(first.buffer, message?.buffer);
});

test("subscriptions over the limit of commands are refused in both forms", () => {
  const limits = { ...LIMITS, maxCommandSize: 300 };
  const long = concat([octets("02 000000000000012d 01"), new Uint8Array(300)]);
  refused("ERR_ZMTP_TOO_BIG", () => feed(...pair(ready("PUB", { limits }), long)));
  refused("ERR_ZMTP_TOO_BIG", () => feed(...pair(ready("PUB", { limits }), octets("06 000000000000012d"))));
  const [made, to] = ready("PUB", { limits });
  feed(made, concat([octets("02 000000000000012c 01"), new Uint8Array(299)]), to);
  assert.equal(to.topics[0]?.[0].length, 299);
});

test("a message with too many frames is refused, however they come", () => {
  const [made, to] = ready();
  const frames = octets("01 00".repeat(63));
  feed(made, concat([frames, octets("00 00")]), to);
  assert.equal(to.messages[0]?.length, 64);
  refused("ERR_ZMTP_TOO_BIG", () => {
    for (let count = 0; count < 3; count++) feed(made, frames, to);
  });
});

test("frames over maxMessageSize are refused, and frames of just that size taken", () => {
  const [made, to] = ready("ROUTER", { limits: { ...LIMITS, maxMessageSize: 5 } });
  feed(made, octets("00 05 0102030405"), to);
  assert.equal(to.messages.length, 1);
  refused("ERR_ZMTP_TOO_BIG", () => feed(made, octets("00 06"), to));
});

test("held counts the frames of a message that is not whole", () => {
  const [made, to] = ready();
  feed(made, octets("01 02 6161 00 05 62"), to);
  assert.equal(made.held, 3);
  feed(made, octets("62626262"), to);
  assert.equal(made.held, 0);
  assert.equal(to.messages.length, 1);
});

test("messages are encoded frame by frame, with MORE on all but the last", () => {
  const [made] = ready();
  const batch = new Batch();
  made.encode([utf8(""), utf8("Hello")], batch);
  assert.equal(taken(batch), "0100000548656c6c6f");
  made.encode([utf8("a"), new Uint8Array(256)], batch);
  assert.equal(taken(batch), `010161020000000000000100${"00".repeat(256)}`);
  assert.equal(made.plainFrames, true);
  assert.equal(made.handshakes, true);
});

test("subscriptions go as commands to a 3.1 peer and as messages to a 3.0 peer, with the length their size needs", () => {
  const sent = (greeting: Uint8Array, topic: Uint8Array, added: boolean): string => {
    const made = connection("SUB");
    feed(made, greeting, new Recorder());
    const batch = new Batch();
    made.encodeSubscription(topic, added, batch);
    return taken(batch);
  };
  assert.equal(sent(GREETING, utf8("A"), true), "040b0953554253435249424541");
  assert.equal(sent(GREETING, utf8("A"), false), "04080643414e43454c41");
  assert.equal(sent(GREETING, new Uint8Array(245), true).slice(0, 6), "04ff09");
  assert.equal(sent(GREETING, new Uint8Array(246), true).slice(0, 20), "06000000000000010009");
  assert.equal(sent(GREETING_30, utf8("A"), true), "00020141");
  assert.equal(sent(GREETING_30, utf8("A"), false), "00020041");
  assert.equal(sent(GREETING_30, new Uint8Array(254), true).slice(0, 6), "00ff01");
  assert.equal(sent(GREETING_30, new Uint8Array(255), true).slice(0, 20), "02000000000000010001");
});

test("PING goes to every 3.x peer", () => {
  const [made] = ready();
  const batch = new Batch();
  assert.equal(made.encodePing(1000, batch), true);
  assert.equal(taken(batch), "04070450494e47000a");
});

test("a mechanism that seals gets every frame of traffic, and what it opens counts", () => {
  const [made, to] = ready("PUB", { mechanism: sealing });
  assert.equal(made.plainFrames, false);
  const batch = new Batch();
  made.encode([utf8("a"), utf8("b")], batch);
  made.encodePing(0, batch);
  assert.equal(taken(batch), "00020161" + "00020062" + "00080404" + "50494e470000");
  feed(made, octets("00 08 04 04 50494e47 0000  00 02 01 61  00 02 00 62"), to);
  assert.deepEqual(
    to.messages.map((message) => message.map(hex)),
    [["61", "62"]],
  );
  assert.equal(taken(to.output), "00060404504f4e47");
  refused("ERR_ZMTP_UNSPECIFIED", () => feed(made, octets("00 02 05 00"), to));
});

test("what sealing adds does not count against the largest message", () => {
  const [made, to] = ready("ROUTER", { mechanism: sealing, limits: { ...LIMITS, maxMessageSize: 3 } });
  feed(made, octets("00 04 00 616263"), to);
  assert.deepEqual(
    to.messages.map((message) => message.map(hex)),
    [["616263"]],
  );
  refused("ERR_ZMTP_TOO_BIG", () => feed(made, octets("00 05"), to));
});

test("a sealed command over the limit is refused", () => {
  const limits = { ...LIMITS, maxCommandSize: 100 };
  const [made, to] = ready("PUB", { mechanism: sealing, limits });
  refused("ERR_ZMTP_TOO_BIG", () => feed(made, concat([octets("00 66 04"), new Uint8Array(101)]), to));
});

function pair([made, to]: ReturnType<typeof ready>, bytes: Uint8Array): Parameters<typeof feed> {
  return [made, bytes, to];
}

/** NULL's handshake, and traffic with the flags in front of the body. */
function sealing(metadata: Uint8Array): Mechanism {
  return {
    name: "NULL",
    chosenBy: "",
    begin: () => ({ kind: "continue", send: [{ name: "READY", data: metadata }] }),
    handle: (command) => ({ kind: "ready", send: [], metadata: command.data }),
    seal: (flags, body, into) => into.frame(0, concat([Uint8Array.of(flags), body])),
    open: (_flags, body) => ({ flags: body[0] ?? 0, body: body.subarray(1) }),
    overhead: 1,
  };
}
