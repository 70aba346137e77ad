import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { hex } from "../../src/base/bytes.ts";
import { BoxStream, TAG } from "../../src/security/box-stream.ts";
import { PIECE, PlainSalsa20, loadSalsa20 } from "../../src/security/salsa20.ts";
import { loadSodium, type Sodium } from "../../src/security/sodium.ts";
import { Workspace } from "../../src/security/workspace.ts";
import { cryptoPrimitives } from "../../src/platform/node-crypto.ts";
import { counting, seeded } from "./curve-keys.ts";

/** libsodium's own secretbox, which says what a box is. */
interface Secretbox extends Sodium {
  _crypto_secretbox_easy(box: number, plain: number, length: number, high: number, nonce: number, key: number): number;
}

/** In an instance of its own: what is allocated here would move the memory of the other. */
const sodium = (await loadSodium()) as Secretbox; // it has more than is declared for the sources
const NONCE = counting(0x20, 24);
const KEY = counting(0x40, 32);

/** Sizes around everything that changes with size: blocks of both ciphers, native code, pieces. */
const SIZES = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 96, 97, 255, 767, 768, 769, 5000];
for (const pieces of [1, 2, 3]) SIZES.push(...[-33, -32, -31, -1, 0, 1].map((more) => pieces * PIECE + more));

function plainly(plain: Uint8Array): Uint8Array {
  const at = sodium._malloc(2 * plain.length + 200);
  const [key, box, text] = [at + 24, at + 56, at + 56 + plain.length + TAG];
  sodium.HEAPU8.set(NONCE, at);
  sodium.HEAPU8.set(KEY, key);
  sodium.HEAPU8.set(plain, text);
  sodium._crypto_secretbox_easy(box, text, plain.length, 0, at, key);
  return sodium.HEAPU8.slice(box, box + plain.length + TAG);
}

const instance = await loadSodium();
const vectors = await loadSalsa20(instance);
const { secretBox } = cryptoPrimitives;
assert.equal(secretBox !== null, installed(), "native code is used where it is installed, and only there");

for (const [what, salsa20, native] of [
  ["vectors", vectors, null],
  ["libsodium alone", new PlainSalsa20(instance), null],
  ["native code", vectors, secretBox],
] as const) {
  const skip = what === "native code" && native === null ? "sodium-native is not there" : false;
  describe(`boxes by ${what}`, { skip }, () => boxTests(new Workspace(instance, salsa20, native)));
}

function boxTests(space: Workspace): void {
  const stream = (): BoxStream => {
    const made = new BoxStream(space, NONCE.slice(0, 16), KEY);
    made.nonce.set(NONCE.slice(16), 16);
    return made;
  };
  const random = seeded(7);

  test("a box is that of crypto_secretbox_easy, of every size, and opens again", () => {
    for (const size of SIZES) {
      const plain = random(size);
      const [whole, apart] = [new Uint8Array(3 + TAG + size), new Uint8Array(TAG + size)];
      stream().seal(-1, plain, whole, 3);
      assert.equal(hex(whole.subarray(3)), hex(plainly(plain)), `${size} octets`);
      if (size > 0) stream().seal(plain[0] ?? 0, plain.subarray(1), apart, 0);
      if (size > 0) assert.equal(hex(apart), hex(whole.subarray(3)), `${size} octets with the first apart`);
      assert.ok(stream().open(whole, 3));
      assert.equal(hex(whole.subarray(3 + TAG)), hex(plain));
    }
  });

  test("a box with another tag, other contents, nonce or key does not open", () => {
    for (const size of [0, 40, 1000, PIECE + 5]) {
      const box = new Uint8Array(TAG + size);
      stream().seal(-1, random(size), box, 0);
      for (const at of [0, TAG - 1, TAG, TAG + size - 1].filter((place) => place < box.length)) {
        const changed = box.slice();
        changed[at] = (changed[at] ?? 0) ^ 1;
        assert.equal(stream().open(changed, 0), false, `${size} octets, changed at ${at}`);
      }
      const later = stream();
      later.nonce[23] = (later.nonce[23] ?? 0) + 1;
      assert.equal(later.open(box.slice(), 0), false);
      assert.equal(new BoxStream(space, NONCE.slice(0, 16), counting(1, 32)).open(box.slice(), 0), false);
      assert.ok(stream().open(box.slice(), 0));
    }
  });

  test("streams do not disturb each other", () => {
    const [one, other] = [stream(), new BoxStream(space, KEY.slice(0, 16), counting(1, 32))];
    const [box, other2] = [new Uint8Array(TAG + 5), new Uint8Array(TAG + 5)];
    one.seal(1, counting(0, 4), box, 0);
    other.seal(1, counting(0, 4), other2, 0);
    assert.ok(one.open(box, 0) && other.open(other2, 0));
    assert.equal(hex(box.subarray(TAG)), hex(other2.subarray(TAG)));
  });
}

function installed(): boolean {
  try {
    createRequire(import.meta.url).resolve("sodium-native");
    return true;
  } catch {
    return false;
  }
}
