import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Batch } from "../../../src/base/batch.ts";
import { EMPTY, hex, utf8 } from "../../../src/base/bytes.ts";
import {
  appendCommand,
  encodeCommand,
  encodePing,
  errorCommand,
  parseCommand,
  parsePing,
  parseHandshakeCommand,
  peerError,
  subscriptionCommand,
  subscriptionMessage,
  unexpected,
} from "../../../src/wire/zmtp/command.ts";
import { octets, refused, taken } from "../recorder.ts";

test("RFC 37: a command is its name's length, its name and its data", () => {
  assert.equal(hex(encodeCommand("PONG", utf8("ab"))), "04504f4e476162");
  assert.deepEqual(parseCommand(octets("04 504f4e47 6162")), { name: "PONG", data: Buffer.from("ab") });
  assert.deepEqual(parseCommand(octets("04 504f4e47")), { name: "PONG", data: Buffer.alloc(0) });
});

test("a command without a name, or with less of it than it says, is none", () => {
  for (const digits of ["", "00", "00 41", "01", "05 5245 41", "ff 41"])
    assert.equal(parseCommand(octets(digits)), null);
});

test("a command frame is 04 up to 255 octets, 06 above", () => {
  const batch = new Batch();
  appendCommand({ name: "A", data: new Uint8Array(253) }, batch);
  assert.equal(taken(batch).slice(0, 8), "04ff0141");
  appendCommand({ name: "A", data: new Uint8Array(254) }, batch);
  assert.equal(taken(batch).slice(0, 22), "0600000000000001000141");
});

test("RFC 37: an ERROR has a reason with one octet of length", () => {
  assert.equal(hex(errorCommand("no").data), "026e6f");
  assert.equal(errorCommand("x".repeat(300)).data.length, 256);
  assert.match(peerError(octets("03 343031")).message, /refused with ERROR: "401"/);
  assert.match(peerError(octets("02 0a1b")).message, /0x0a1b/);
  for (const digits of ["", "01", "05 61"]) {
    assert.equal(peerError(octets(digits)).code, "ERR_ZMTP_MALFORMED_COMMAND_ERROR");
  }
});

test("libzmq's misspelt ERROR of PLAIN is an ERROR, in a handshake", () => {
  for (const spelt of ["5e52524f52", "054552524f52"]) {
    const { name, data } = parseHandshakeCommand(octets(`${spelt} 03343030`)) ?? { name: "", data: EMPTY };
    assert.deepEqual([name, hex(data)], ["ERROR", "03343030"]);
  }
  assert.equal(parseHandshakeCommand(octets("5e52524f")), null);
  assert.equal(parseCommand(octets("5e52524f52 03343030")), null);
});

test("a command that has no place is named, whatever is in its name", () => {
  const error = unexpected({ name: 'A"\n', data: EMPTY }, "READY");
  assert.equal(error.code, "ERR_ZMTP_UNEXPECTED_COMMAND");
  assert.match(error.message, /"A\\"\\n" instead of READY$/);
});

test("a subscription is a command in 3.1 and a message in 3.0", () => {
  assert.equal(hex(subscriptionCommand(utf8("A"), true)), "0953554253435249424541");
  assert.equal(hex(subscriptionCommand(utf8("A"), false)), "0643414e43454c41");
  assert.equal(hex(subscriptionMessage(utf8("A"), true)), "0141");
  assert.equal(hex(subscriptionMessage(EMPTY, false)), "00");
});

test("RFC 37: a PING has a TTL in tenths of a second, rounded down and at most 6553.5 s", () => {
  assert.equal(hex(encodePing(1000, utf8("ab"))), "0450494e47000a6162");
  assert.equal(hex(encodePing(0)), "0450494e470000");
  assert.equal(hex(encodePing(199)), "0450494e470001");
  assert.equal(hex(encodePing(6_553_500)), "0450494e47ffff");
  assert.equal(hex(encodePing(1e12)), "0450494e47ffff");
});

test("a TTL does not overflow 16 bits, as libzmq's does", () => {
  assert.equal(parsePing(octets("0290")).ttl, 65_600);
  assert.equal(parsePing(octets("ffff")).ttl, 6_553_500);
});

test("a PING shorter than its TTL is refused, and a context is cut to 16 octets", () => {
  for (const digits of ["", "00"]) {
    refused("ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED", () => parsePing(octets(digits)));
  }
  assert.equal(hex(parsePing(octets(`0001 ${"ab".repeat(20)}`)).context), "ab".repeat(16));
});

test("a command read is the command that was written", () => {
  const name = fc.string({ minLength: 1, maxLength: 255, unit: fc.constantFrom("A", "b", "-", "\u00ff") });
  fc.assert(
    fc.property(name, fc.uint8Array({ maxLength: 600 }), (name, data) => {
      const command = parseCommand(encodeCommand(name, data));
      assert.equal(command?.name, name);
      assert.equal(hex(command.data), hex(data));
    }),
  );
});
