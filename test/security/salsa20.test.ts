import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../src/base/bytes.ts";
import { salsa20Module } from "../../src/security/salsa20-code.ts";
import {
  NONCE_AT,
  PIECE,
  PlainSalsa20,
  loadSalsa20,
  salsa20State,
  type Salsa20,
  type WebAssemblyRuntime,
} from "../../src/security/salsa20.ts";
import { loadSodium, type Sodium } from "../../src/security/sodium.ts";
import { counting, seeded } from "./curve-keys.ts";

/** That of this process: without the types of browsers it has none. */
const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyRuntime };

const sodium = await loadSodium();
const plain = new PlainSalsa20(sodium);
const vectors = await loadSalsa20(sodium);

/** libsodium's whole cipher, in an instance of its own. */
const whole: Sodium = await loadSodium();

for (const [what, salsa20] of [
  ["vectors", vectors],
  ["libsodium", plain],
] as const) {
  describe(`Salsa20 by ${what}`, () => cipherTests(salsa20));
}

function cipherTests(salsa20: Salsa20): void {
  /** The key stream's octets `from` to `to`, of one piece. */
  function stream(state: Uint8Array, from: number, to: number): string {
    salsa20.begin(state);
    salsa20.heap.fill(0, salsa20.start, salsa20.start + to);
    salsa20.xor(to);
    return hex(salsa20.heap.subarray(salsa20.start + from, salsa20.start + to));
  }

  test("the key stream is that of the ECRYPT test vectors (256 bits, set 1, vector 0)", () => {
    const state = salsa20State(Uint8Array.of(0x80, ...new Uint8Array(31)));
    const expected = [
      [
        0,
        "e3be8fdd8beca2e3ea8ef9475b29a6e7003951e1097a5c38d23b7a5fad9f6844b22c97559e2723c7cbbd3fe4fc8d9a0744652a83e72a9c461876af4d7ef1a117",
      ],
      [
        192,
        "57be81f47b17d9ae7c4ff15429a73e10acf250ed3a90a93c711308a74c6216a9ed84cd126da7f28e8abf8bb63517e1ca98e712f4fb2e1a6aed9fdc73291faa17",
      ],
      [
        448,
        "696afcfd0cddcc83c7e77f11a649d79acdc3354e9635ff137e929933a0bd6f5377efa105a3a4266b7c0d089d08f1e855cc32b15b93784a36e56a76cc64bc8477",
      ],
    ] as const;
    for (const [from, digits] of expected) assert.equal(stream(state, from, from + 64), digits);
  });

  test("what it changes is what crypto_stream_salsa20_xor changes, whatever the key, the nonce, the contents and the size", () => {
    const random = seeded(3);
    const at = whole._malloc(2 * PIECE + 100);
    for (const size of [1, 63, 64, 255, 256, 257, 1000, PIECE - 1, PIECE]) {
      const [key, nonce, contents] = [random(32), random(8), random(size)];
      const state = salsa20State(key);
      state.set(nonce, NONCE_AT);
      salsa20.begin(state);
      salsa20.heap.set(contents, salsa20.start);
      salsa20.xor(size);
      whole.HEAPU8.set(key, at);
      whole.HEAPU8.set(nonce, at + 32);
      whole.HEAPU8.set(contents, at + 40);
      whole._crypto_stream_salsa20_xor(at + 40, at + 40, size, 0, at + 32, at);
      const changed = salsa20.heap.subarray(salsa20.start, salsa20.start + size);
      assert.ok(Buffer.from(changed).equals(whole.HEAPU8.subarray(at + 40, at + 40 + size)), `${size} octets`);
    }
  });

  test("the key stream goes on from piece to piece", () => {
    const state = salsa20State(counting(1, 32));
    const atOnce = stream(state, 0, 1024);
    salsa20.begin(state);
    let pieces = "";
    for (const size of [256, 512, 256]) {
      salsa20.heap.fill(0, salsa20.start, salsa20.start + size);
      salsa20.xor(size);
      pieces += hex(salsa20.heap.subarray(salsa20.start, salsa20.start + size));
    }
    assert.equal(pieces, atOnce);
  });

  test("the number of the block has 64 bits: block 2^32 is not block 0", () => {
    const state = salsa20State(counting(1, 32));
    const first = stream(state, 0, 64);
    state.set([0xfc, 0xff, 0xff, 0xff], NONCE_AT + 8);
    const carried = stream(state, 256, 320);
    assert.notEqual(carried, first);
    state.set([0, 0, 0, 0, 1, 0, 0, 0], NONCE_AT + 8);
    assert.equal(stream(state, 0, 64), carried);
  });
}

test("vectors are used where the runtime has them", () => {
  assert.equal(vectors instanceof PlainSalsa20, !WebAssembly.validate(salsa20Module()));
});

test("libsodium's is used where the runtime has no vectors", async () => {
  const runtime = { validate: () => false, instantiate: () => assert.fail("nothing else is asked of it") };
  assert.ok((await loadSalsa20(sodium, runtime)) instanceof PlainSalsa20);
});

/** Mistakes that the module could have: the instruction, and the wrong one. */
const MISTAKES = {
  "a rotation": { right: [0x41, 13, 0xfd], wrong: [0x41, 12, 0xfd] },
  "the number of rounds": { right: [0x41, 10, 0x21], wrong: [0x41, 4, 0x21] },
  "how far it counts": { right: [0x42, 4, 0x7c], wrong: [0x42, 3, 0x7c] },
  "a count of 32 bits": { right: [0x37, 3], wrong: [0x3e, 2] },
};

for (const [mistake, { right, wrong }] of Object.entries(MISTAKES)) {
  const skip = vectors instanceof PlainSalsa20 && "the runtime has no vectors";
  test(`libsodium's is used where what comes out of the vectors is wrong: ${mistake}`, { skip }, async () => {
    const runtime: WebAssemblyRuntime = {
      validate: (module) => WebAssembly.validate(module),
      instantiate(module) {
        const at = Buffer.from(module).indexOf(Buffer.from(right));
        assert.notEqual(at, -1);
        const changed = Uint8Array.from(module);
        changed.set(wrong, at);
        return WebAssembly.instantiate(changed);
      },
    };
    assert.ok((await loadSalsa20(sodium, runtime)) instanceof PlainSalsa20);
  });
}
