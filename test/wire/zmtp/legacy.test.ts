import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Batch } from "../../../src/base/batch.ts";
import { EMPTY, concat, hex, utf8 } from "../../../src/base/bytes.ts";
import { SOCKETS } from "../../../src/sockets/index.ts";
import type { ZmtpConnection } from "../../../src/wire/zmtp/connection.ts";
import { appendOldFrame, typeName, typeNumber } from "../../../src/wire/zmtp/legacy.ts";
import { Recorder, feed, feedCut, octets, refused, taken } from "../recorder.ts";
import { LIMITS, connection } from "./peers.ts";

const SIGNED = "ff 0000000000000001 7f";
const ABC = { routingId: utf8("ABC") };

/** A connection that has greeted an old peer, the events it had, and what it sent so far. */
function met(
  greeting: string,
  type = "ROUTER",
  changes: Parameters<typeof connection>[1] = {},
): [ZmtpConnection, Recorder, string] {
  const made = connection(type, changes);
  const to = new Recorder();
  made.start(to.output);
  feed(made, octets(greeting), to);
  return [made, to, taken(to.output)];
}

/** What it sends of a message, or of a subscription. */
function sends(made: ZmtpConnection, ...frames: Uint8Array[]): string {
  const batch = new Batch();
  made.encode(frames, batch);
  return taken(batch);
}

function asks(made: ZmtpConnection, topic: string, added = true): string {
  const batch = new Batch();
  made.encodeSubscription(utf8(topic), added, batch);
  return taken(batch);
}

const digits = (to: Recorder): string[][] => to.messages.map((message) => message.map(hex));
const topics = (to: Recorder): [string, boolean][] => to.topics.map(([topic, added]) => [hex(topic), added]);

test("RFC 15: socket types have libzmq's numbers, and those that came after ZMTP 2.0 none", () => {
  for (const { name, number } of SOCKETS) {
    assert.equal(typeNumber(name), number <= 10 ? number : undefined, name);
    assert.equal(typeName(number), number <= 10 ? name : "", name);
  }
});

describe("a ZMTP 1.0 peer", () => {
  test("gets the octets that libzmq was measured to send: an identity frame, then messages", () => {
    const [push, , greeting] = met("01 00", "PUSH", ABC);
    assert.equal(greeting, "ff00000000000000047f" + "414243");
    assert.equal(sends(push, utf8("x"), utf8("yy")), "020178" + "03007979");
    const [sub] = met("01 00", "SUB");
    assert.equal(asks(sub, "A"), "03000141");
    assert.equal(asks(sub, "A", false), "03000041");
    assert.equal(asks(sub, ""), "020001");
  });

  test("gets a long length from a body of 254 octets on, which with the flags makes 255", () => {
    const [made] = met("01 00");
    assert.equal(sends(made, new Uint8Array(253)).slice(0, 4), "fe00");
    assert.equal(sends(made, new Uint8Array(254)).slice(0, 20), "ff00000000000000ff00");
    assert.equal(sends(made, new Uint8Array(70_000), EMPTY).slice(0, 20), "ff000000000001117101");
    assert.equal(sends(made, new Uint8Array(70_000)).length, 2 * 70_010);
  });

  test("is described by its identity, and says nothing else of itself", () => {
    const [, to] = met("04 00 414243");
    assert.equal(to.facts.length, 1);
    const [facts] = to.facts;
    assert.equal(hex(facts?.routingId ?? EMPTY), "414243");
    assert.deepEqual([facts?.protocol, facts?.mechanism, facts?.socketType], ["1.0", "NULL", ""]);
    assert.equal(facts?.properties.size, 0);
    assert.equal(met("01 00")[1].facts[0]?.routingId.length, 0);
  });

  test("is ready with the last octet of its identity frame, and not before", () => {
    const made = connection();
    const to = new Recorder();
    feedCut(made, octets("ff 0000000000000004 00 4142"), [0, 1, 9, 10, 11], to);
    assert.equal(to.facts.length, 0);
    feed(made, octets("43 01 01"), to);
    assert.equal(to.facts.length, 1);
    assert.equal(made.held, 0, "the first frame of a message, which is empty");
  });

  test("keeps its identity's memory to itself", () => {
    const made = connection();
    const to = new Recorder();
    const chunk = octets("04 00 414243 04 00 646566");
    made.receive(chunk, to);
    assert.notEqual(to.facts[0]?.routingId.buffer, to.messages[0]?.[0]?.buffer);
  });

  test("may set MORE and other flags in its identity frame's long form, as libzmq's own has them", () => {
    const [, to] = met("ff 0000000000000004 7e 414243 02 00 61");
    assert.deepEqual(digits(to), [["61"]]);
    const [, signed] = met(`${SIGNED} 00 05 04 7f 414243 02 00 61`);
    assert.deepEqual(digits(signed), [["61"]]);
  });

  test("may set any other bit of the flags: only the first means something", () => {
    const [, to] = met("01 00 02 ff 61 02 fe 62");
    assert.deepEqual(digits(to), [["61", "62"]]);
  });

  test("is subscribed to everything at a publisher, and heard when it subscribes and cancels by messages", () => {
    const [, to] = met("01 00 03 00 01 41 03 00 00 41 02 00 01 02 00 02", "PUB");
    assert.deepEqual(topics(to), [
      ["", true],
      ["41", true],
      ["41", false],
      ["", true],
    ]);
    assert.deepEqual(digits(to), [["02"]]);
    assert.equal(to.facts.length, 1);
  });

  test("is subscribed to nothing if it told a revision, and when the socket does not publish", () => {
    assert.deepEqual(topics(met(`${SIGNED} 00 02 01 00`, "PUB")[1]), []);
    assert.deepEqual(topics(met("01 00", "ROUTER")[1]), []);
  });

  test("gets no PING", () => {
    const [made] = met("01 00");
    const batch = new Batch();
    assert.equal(made.encodePing(1000, batch), false);
    assert.equal(batch.size, 0);
  });

  test("is not sent packed frames as they are", () => {
    const made = connection();
    assert.equal(made.plainFrames, true);
    feed(made, octets("01"), new Recorder());
    assert.equal(made.plainFrames, true, "not before it is sure that this is ZMTP");
    feed(made, octets("00"), new Recorder());
    assert.equal(made.plainFrames, false);
  });

  test("is refused for a length of 0, after what came before it was handed out", () => {
    for (const fault of ["00", "ff 0000000000000000 00"]) {
      const made = connection();
      const to = new Recorder();
      to.stops = true;
      feed(made, octets(`01 00 02 00 61 02 00 62 ${fault}`), to);
      assert.deepEqual(digits(to), [["61"]]);
      feed(made, octets("02 00 63"), to);
      made.resume(to);
      assert.deepEqual(digits(to), [["61"], ["62"]]);
      assert.match(
        refused("ERR_ZMTP_UNSPECIFIED", () => made.resume(to)),
        /length of 0/,
      );
    }
  });

  test("is refused for a length that nobody has memory for, whatever its digits", () => {
    for (const length of ["0020000000000001", "7fffffffffffffff", "8000000000000000", "ffffffffffffffff"]) {
      const [made, to] = met("01 00");
      refused("ERR_ZMTP_TOO_BIG", () => feed(made, octets(`ff ${length} 00`), to));
    }
  });

  test("is held to maxMessageSize, which counts no flags", () => {
    const limits = { ...LIMITS, maxMessageSize: 5 };
    const [made, to] = met("01 00 06 00 0102030405", "ROUTER", { limits });
    assert.equal(to.messages.length, 1);
    refused("ERR_ZMTP_TOO_BIG", () => feed(made, octets("07 00"), to));
    const [long, events] = met("01 00 ff 0000000000000006 00 0102030405", "ROUTER", { limits });
    assert.equal(events.messages.length, 1);
    refused("ERR_ZMTP_TOO_BIG", () => feed(long, octets("ff 0000000000000007 00"), events));
  });

  test("is held to maxFrames, and to 255 octets of identity or maxHandshakeSize", () => {
    const [made, to] = met("01 00");
    refused("ERR_ZMTP_TOO_BIG", () => feed(made, octets("01 01".repeat(65)), to));
    const identity = (length: number): Uint8Array =>
      concat([octets(`ff ${(length + 1).toString(16).padStart(16, "0")} 00`), new Uint8Array(length)]);
    const events = new Recorder();
    feed(connection(), identity(255), events);
    assert.equal(events.facts[0]?.routingId.length, 255);
    refused("ERR_ZMTP_TOO_BIG", () => feed(connection(), identity(256), new Recorder()));
    const limits = { ...LIMITS, maxHandshakeSize: 100 };
    refused("ERR_ZMTP_TOO_BIG", () => feed(connection("ROUTER", { limits }), identity(101), new Recorder()));
  });

  test("CVE-2021-20235: messages over 8192 octets, one after the other, are read as they are", () => {
    const body = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 31) & 0xff);
    const sent = [8193, 10_000, 20, 70_000, 8192].map(body);
    const batch = new Batch();
    for (const frame of sent) appendOldFrame(0, frame, batch);
    const bytes = concat([octets("01 00"), ...batch.take().parts]);
    for (const chunk of [bytes.length, 8192, 1000]) {
      const made = connection();
      const to = new Recorder();
      for (let at = 0; at < bytes.length; at += chunk) feed(made, bytes.subarray(at, at + chunk), to);
      assert.deepEqual(
        digits(to),
        sent.map((frame) => [hex(frame)]),
      );
    }
  });

  test("counts what is held of a message and of a header", () => {
    const [made, to] = met("01 00 03 01 6161 06 00 62");
    assert.equal(made.held, 3);
    feed(made, octets("62626262 ff 00000000"), to);
    assert.equal(made.held, 5);
  });
});

describe("a ZMTP 2.0 peer", () => {
  test("gets the octets that libzmq was measured to send: type, identity frame, then messages", () => {
    const [push, , greeting] = met(`${SIGNED} 01 07 00 00`, "PUSH", ABC);
    assert.equal(greeting, "ff00000000000000047f" + "03080003414243");
    assert.equal(sends(push, utf8("x"), utf8("yy")), "010178" + "00027979");
    const [sub, , hello] = met(`${SIGNED} 01 01 00 00`, "SUB");
    assert.equal(hello, "ff00000000000000017f" + "03020000");
    assert.equal(asks(sub, "A"), "00020141");
    assert.equal(asks(sub, "A", false), "00020041");
    assert.equal(push.plainFrames, true);
  });

  test("is described by its identity and the type it tells, which nobody checks", () => {
    const [, to] = met(`${SIGNED} 01 05 00 03 414243`, "PUB");
    const [facts] = to.facts;
    assert.equal(hex(facts?.routingId ?? EMPTY), "414243");
    assert.deepEqual([facts?.protocol, facts?.mechanism, facts?.socketType], ["2.0", "NULL", "DEALER"]);
    assert.equal(facts?.properties.size, 0);
    assert.deepEqual(topics(to), [], "it subscribes by itself");
  });

  test("subscribes by messages; commands, which it has none of, are ignored", () => {
    const commands = "04 0b 09 535542534352494245 41  04 07 04 50494e47 000a  04 01 00";
    const [, to] = met(`${SIGNED} 01 02 00 00 00 02 01 41 ${commands} 00 02 00 41`, "PUB");
    assert.deepEqual(topics(to), [
      ["41", true],
      ["41", false],
    ]);
    assert.deepEqual(to.pings, []);
    const [made] = met(`${SIGNED} 01 02 00 00`);
    assert.equal(made.encodePing(1000, new Batch()), false);
  });

  test("is not asked for anything in its identity frame's flags", () => {
    for (const flags of ["01", "04", "02 00000000000000"]) {
      const [, to] = met(`${SIGNED} 01 05 ${flags} 03 414243 00 01 61`);
      assert.deepEqual(digits(to), [["61"]]);
    }
  });
});
