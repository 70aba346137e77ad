import assert from "node:assert/strict";
import { before, test } from "node:test";
import { hex } from "../../src/base/bytes.ts";
import { cryptoPrimitives } from "../../src/platform/node-crypto.ts";
import { curveBox } from "../../src/security/index.ts";
import { CLIENT, SERVER, boxLoaded } from "../security/curve-keys.ts";

before(boxLoaded);

test("the public key of a secret one is the one that libzmq's manual pages show", () => {
  for (const { publicKey, secretKey } of [SERVER, CLIENT]) {
    assert.equal(hex(cryptoPrimitives.publicKey(secretKey)), hex(publicKey));
    assert.equal(hex(curveBox().publicKey(secretKey)), hex(publicKey));
  }
});

test("whichever was asked for last, and whatever was done to the answer, a secret key has its own public key", () => {
  for (const { publicKey, secretKey } of [SERVER, SERVER, CLIENT, SERVER]) {
    const derived = cryptoPrimitives.publicKey(secretKey);
    assert.equal(hex(derived), hex(publicKey));
    derived.fill(0);
  }
});

test("a new pair belongs together, and is another each time", () => {
  const [one, other] = [cryptoPrimitives.keyPair(), cryptoPrimitives.keyPair()];
  assert.equal(hex(curveBox().publicKey(one.secretKey)), hex(one.publicKey));
  assert.notEqual(hex(one.secretKey), hex(other.secretKey));
  const shared = curveBox().sharedKey(one.publicKey, other.secretKey);
  assert.deepEqual(shared, curveBox().sharedKey(other.publicKey, one.secretKey));
  assert.equal(shared?.length, 32);
});

test("a public key that gives every secret away shares none", () => {
  assert.equal(curveBox().sharedKey(new Uint8Array(32), SERVER.secretKey), null);
  assert.equal(curveBox().sharedKey(Uint8Array.of(1, ...new Uint8Array(31)), SERVER.secretKey), null);
});

test("random octets are as many as asked for, and others each time", () => {
  const [one, other] = [cryptoPrimitives.randomBytes(32), cryptoPrimitives.randomBytes(32)];
  assert.equal(one.length, 32);
  assert.notEqual(hex(one), hex(other));
});
