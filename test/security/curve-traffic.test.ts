import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Batch } from "../../src/base/batch.ts";
import { concat, copyOf, hex, readU64, writeU64 } from "../../src/base/bytes.ts";
import { MESSAGE_PREFIXES } from "../../src/security/curve-commands.ts";
import { CurveTraffic, OVERHEAD } from "../../src/security/curve-traffic.ts";
import { curveBox } from "../../src/security/index.ts";
import { MORE } from "../../src/wire/zmtp/frame.ts";
import { octets, refused } from "../wire/recorder.ts";
import { boxLoaded, counting } from "./curve-keys.ts";

before(boxLoaded);

const NONCE_AT = 8;
const BOX_AT = 16;

const stream = (from: "client" | "server") => curveBox().stream(MESSAGE_PREFIXES[from], counting(1, 32));

/** The two ends of a connection, whose handshake left the nonces so far. */
function ends(clients: number, servers: number): { client: CurveTraffic; server: CurveTraffic } {
  return {
    client: new CurveTraffic({ boxes: stream("client"), nonce: clients }, { boxes: stream("server"), nonce: servers }),
    server: new CurveTraffic({ boxes: stream("server"), nonce: servers }, { boxes: stream("client"), nonce: clients }),
  };
}

/** A MESSAGE of the client's, sealed in earnest with any nonce there is. */
function sealedWith(nonce: Uint8Array): Uint8Array {
  const boxes = stream("client");
  boxes.nonce.set(nonce, 16);
  const message = new Uint8Array(BOX_AT + 16 + 2);
  message.set(octets("07 4d455353414745"));
  message.set(nonce, NONCE_AT);
  boxes.seal(0, octets("61"), message, BOX_AT);
  return message;
}

const u64 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  writeU64(bytes, 0, value);
  return bytes;
};

test("RFC 26: the nonce of each message is one more than that before it, and goes on where the handshake ended", () => {
  const { client } = ends(2, 1);
  const batch = new Batch();
  for (let count = 0; count < 3; count++) client.seal(0, octets("61"), batch);
  const bytes = concat(batch.take().parts);
  const frame = bytes.length / 3;
  assert.deepEqual(
    [0, 1, 2].map((at) => readU64(bytes, at * frame + 2 + NONCE_AT)),
    [3, 4, 5],
  );
});

test("libzmq: a nonce may skip any number, up to the highest there is; nothing comes after that, and no nonce counts twice", () => {
  const { server } = ends(2, 1);
  for (const nonce of [u64(3), u64(10), u64(2 ** 32), u64(2 ** 53), new Uint8Array(8).fill(0xff)]) {
    assert.equal(hex(server.open(0, sealedWith(nonce)).body), "61");
    refused("ERR_ZMTP_INVALID_SEQUENCE", () => server.open(0, sealedWith(nonce)));
  }
  for (const wrapped of [u64(0), u64(1), u64(2), u64(3), u64(2 ** 53 + 2)]) {
    refused("ERR_ZMTP_INVALID_SEQUENCE", () => server.open(0, sealedWith(wrapped)));
  }
});

test("the handshake's own nonces are used up", () => {
  const { server } = ends(2, 1);
  for (const nonce of [0, 1, 2]) refused("ERR_ZMTP_INVALID_SEQUENCE", () => server.open(0, sealedWith(u64(nonce))));
});

test("what one side sealed is not the other's: each direction has nonces that begin in its own way", () => {
  const { client } = ends(2, 1);
  refused("ERR_ZMTP_CRYPTOGRAPHIC", () => client.open(0, sealedWith(u64(3))));
});

for (const [name, size, flags] of [
  ["test_roundtrip_empty", 0, 0],
  ["test_roundtrip_small", 32, 0],
  ["test_roundtrip_large", 2048, 0],
  ["test_roundtrip_empty_more", 0, MORE],
] as const) {
  test(`unittest_curve_encoding/${name}: what one end seals the other opens, with its flags, and not without its key`, () => {
    const { client, server } = ends(2, 1);
    const body = counting(0, size);
    const batch = new Batch();
    client.seal(flags, body, batch);
    const frame = concat(batch.take().parts);
    const header = frame.length - size - OVERHEAD;
    const message = frame.subarray(header);
    if (size > 0) assert.ok(!hex(message).includes(hex(body)), "it can't be read on the way");
    const stranger = new CurveTraffic(
      { boxes: stream("server"), nonce: 1 },
      { boxes: curveBox().stream(MESSAGE_PREFIXES.client, counting(2, 32)), nonce: 2 },
    );
    refused("ERR_ZMTP_CRYPTOGRAPHIC", () => stranger.open(0, copyOf(message)));
    const opened = server.open(0, message);
    assert.deepEqual([opened.flags, hex(opened.body)], [flags, hex(body)]);
  });
}
