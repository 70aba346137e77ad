import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat, hex } from "../../../src/base/bytes.ts";
import { ProtocolError } from "../../../src/base/errors.ts";
import type { ZmtpConnection } from "../../../src/wire/zmtp/connection.ts";
import { feed, octets, Recorder, taken } from "../recorder.ts";
import { ready as readyOf } from "../../support/raw-peer.ts";
import { connection, GREETING, GREETING_30 } from "./peers.ts";

/** RFC 37: JOIN and LEAVE of the group "G1". */
const JOIN = octets("04 07 04 4a4f494e 4731");
const LEAVE = octets("04 08 05 4c45415645 4731");

/** A RADIO or DISH with its handshake done, and what it recorded. */
function ready(type: "RADIO" | "DISH", greeting: Uint8Array = GREETING): [ZmtpConnection, Recorder] {
  const peer = type === "RADIO" ? "DISH" : "RADIO";
  const made = connection(type, { peers: [peer], subscriptions: type === "RADIO", groups: true });
  const to = new Recorder();
  made.start(to.output);
  feed(made, concat([greeting, readyOf(peer)]), to);
  to.output.take();
  return [made, to];
}

function topics(to: Recorder): unknown {
  return to.topics.map(([topic, added]) => [hex(topic), added]);
}

describe("RFC 37, groups", () => {
  test("JOIN and LEAVE are told to a RADIO, also with an empty name and with one of 255 octets", () => {
    const [radio, to] = ready("RADIO");
    const long = "67".repeat(255);
    feed(
      radio,
      concat([JOIN, LEAVE, octets("04 05 04 4a4f494e"), octets(`06 0000000000000104 04 4a4f494e ${long}`)]),
      to,
    );
    assert.deepEqual(topics(to), [
      ["4731", true],
      ["4731", false],
      ["", true],
      [long, true],
    ]);
  });

  test("a group of 256 octets, on which libzmq ends its process, ends the connection", () => {
    for (const name of ["04 4a4f494e", "05 4c45415645"]) {
      const [radio, to] = ready("RADIO");
      const size = (256 + name.replaceAll(" ", "").length / 2).toString(16).padStart(16, "0");
      assert.throws(
        () => feed(radio, octets(`06 ${size} ${name} ${"67".repeat(256)}`), to),
        (error) => error instanceof ProtocolError && error.code === "ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED",
      );
      assert.deepEqual(to.topics, []);
    }
  });

  test("a RADIO takes no topics, and no message for a subscription; a DISH takes no JOIN", () => {
    const [radio, toRadio] = ready("RADIO");
    feed(radio, octets("04 0b 09 535542534352494245 41  00 02 01 41"), toRadio);
    assert.deepEqual(toRadio.topics, []);
    assert.deepEqual(
      toRadio.messages.map((message) => message.map(hex)),
      [["0141"]],
    );
    const [dish, toDish] = ready("DISH");
    feed(dish, JOIN, toDish);
    assert.deepEqual([toDish.topics, toDish.messages], [[], []]);
  });

  test("a publisher of topics takes no JOIN", () => {
    const made = connection("PUB");
    const to = new Recorder();
    feed(made, concat([GREETING, readyOf("SUB"), JOIN]), to);
    assert.deepEqual(to.topics, []);
  });

  test("a DISH joins and leaves by commands, of a 3.0 peer too, as libzmq does", () => {
    for (const greeting of [GREETING, GREETING_30]) {
      const [dish, to] = ready("DISH", greeting);
      dish.encodeSubscription(octets("4731"), true, to.output);
      dish.encodeSubscription(octets("4731"), false, to.output);
      assert.equal(taken(to.output), hex(concat([JOIN, LEAVE])));
    }
  });

  test("a message is its group and its body", () => {
    const [radio, to] = ready("RADIO");
    radio.encode([octets("4731"), octets("48656c6c6f")], to.output);
    assert.equal(taken(to.output), "01024731000548656c6c6f");
    const [dish, read] = ready("DISH");
    feed(dish, octets("01 02 4731 00 05 48656c6c6f"), read);
    assert.deepEqual(
      read.messages.map((message) => message.map(hex)),
      [["4731", "48656c6c6f"]],
    );
  });
});
