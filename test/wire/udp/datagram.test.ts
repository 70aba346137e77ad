import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hex, utf8 } from "../../../src/base/bytes.ts";
import { ADDRESSED, type DatagramCodec, GROUPED } from "../../../src/wire/udp/datagram.ts";

const FROM = { address: "192.0.2.7", port: 5555 };

/** `[group, body]`. */
function message(group: Uint8Array | string, body: Uint8Array | string): Uint8Array[] {
  return [group, body].map((frame) => (typeof frame === "string" ? utf8(frame) : frame));
}

function encoded(codec: DatagramCodec, parts: Uint8Array[]): string | null {
  const datagram = codec.encode(parts);
  return datagram === null ? null : hex(datagram.bytes);
}

function decoded(bytes: Uint8Array | string): string[] | null {
  const given = typeof bytes === "string" ? Buffer.from(bytes, "hex") : bytes;
  return GROUPED.decode(given, FROM)?.map(hex) ?? null;
}

describe("RADIO and DISH over udp", () => {
  test("a datagram is the group's length in one byte, the group, the body", () => {
    assert.equal(encoded(GROUPED, message("G1", "Hello")), "02473148656c6c6f");
    assert.equal(encoded(GROUPED, message("", "Hello")), "0048656c6c6f");
    assert.equal(encoded(GROUPED, message("G1", "")), "024731");
    assert.equal(GROUPED.encode(message("G1", "Hello"))?.to, null);
  });

  test("what is received is the group and the body, as two frames", () => {
    assert.deepEqual(decoded("02473148656c6c6f"), ["4731", "48656c6c6f"]);
    assert.deepEqual(decoded("0048656c6c6f"), ["", "48656c6c6f"]);
    assert.deepEqual(decoded("024731"), ["4731", ""]);
    assert.deepEqual(decoded("00"), ["", ""]);
  });

  test("a group's length is unsigned: 127, 128 and 255 bytes are groups", () => {
    for (const length of [0x7f, 0x80, 0xff]) {
      const group = new Uint8Array(length).fill(0x67);
      const bytes = Uint8Array.of(length, ...group, 0x62);
      assert.equal(encoded(GROUPED, message(group, "b")), hex(bytes));
      assert.deepEqual(decoded(bytes), [hex(group), "62"]);
    }
  });

  test("a datagram without a byte, or shorter than its group, is malformed", () => {
    assert.equal(decoded(""), null);
    for (const length of [0x01, 0x7f, 0x80, 0xff]) {
      assert.equal(decoded(Uint8Array.of(length)), null, `length ${length} and nothing else`);
      assert.equal(
        decoded(Uint8Array.of(length, ...new Uint8Array(length - 1).fill(0x67))),
        null,
        `one less than ${length}`,
      );
    }
  });

  test("a group with a zero byte is malformed: in libzmq it would end there", () => {
    assert.equal(decoded("0347003148"), null);
    assert.equal(decoded("010048"), null);
    assert.deepEqual(decoded("024731480048"), ["4731", "480048"]);
  });

  test("8192 bytes in all are the most, and a group has 255", () => {
    const datagram = GROUPED.encode(message("G", new Uint8Array(8190)));
    assert.equal(datagram?.bytes.length, 8192);
    assert.equal(GROUPED.encode(message("G", new Uint8Array(8191))), null);
    assert.equal(GROUPED.encode(message(new Uint8Array(255).fill(1), new Uint8Array(7937))), null);
    assert.equal(GROUPED.encode(message(new Uint8Array(256).fill(1), "b")), null);
    assert.equal(GROUPED.largest, 8192);
  });

  test("whatever a datagram holds, it decodes to what encodes to it again, or is malformed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const frames = GROUPED.decode(bytes, FROM);
        if (frames !== null) assert.equal(encoded(GROUPED, frames), hex(bytes));
      }),
    );
  });
});

describe("DGRAM", () => {
  test("a datagram is the body, to the address of the first frame", () => {
    const datagram = ADDRESSED.encode(message("192.0.2.7:5555", "Hello"));
    assert.deepEqual(datagram?.to, FROM);
    assert.equal(hex(datagram?.bytes ?? new Uint8Array(0)), "48656c6c6f");
  });

  test("what is received is the sender's address, with a zero byte at its end, and the body", () => {
    const frames = ADDRESSED.decode(utf8("Hello"), FROM);
    assert.deepEqual(frames?.map(String), ["192.0.2.7:5555\0", "Hello"]);
    assert.deepEqual(ADDRESSED.decode(utf8(""), FROM)?.map(String), ["192.0.2.7:5555\0", ""]);
  });

  test("bodies up to 128 bytes are copied, larger ones are not", () => {
    const small = new Uint8Array(128);
    const large = new Uint8Array(129);
    assert.notEqual(ADDRESSED.encode(message("192.0.2.7:1", small))?.bytes.buffer, small.buffer);
    assert.equal(ADDRESSED.encode(message("192.0.2.7:1", large))?.bytes.buffer, large.buffer);
  });

  test("a body that no datagram holds does not fit", () => {
    assert.equal(ADDRESSED.encode(message("192.0.2.7:1", new Uint8Array(65_508))), null);
    assert.notEqual(ADDRESSED.encode(message("192.0.2.7:1", new Uint8Array(65_507))), null);
  });
});
