import { view } from "../base/bytes.ts";
import type { SecretBox } from "../base/crypto.ts";
import { BoxStream, TAG } from "./box-stream.ts";
import { loadSalsa20, type Salsa20 } from "./salsa20.ts";
import { loadSodium, type Sodium } from "./sodium.ts";
import { Workspace } from "./workspace.ts";

/**
 * The cryptography of CurveZMQ (RFC 26) behind four functions: X25519 keys, and NaCl's boxes under the key that two of them
 * share (docs/decisions/0021). Traffic has its own way, `stream`.
 */
export class CurveBox {
  readonly #sodium: Sodium;
  /** Room for three keys. */
  readonly #keys: number;
  readonly #space: Workspace;

  constructor(sodium: Sodium, salsa20: Salsa20, native: SecretBox | null) {
    this.#sodium = sodium;
    this.#keys = sodium._malloc(3 * 32);
    this.#space = new Workspace(sodium, salsa20, native);
  }

  /** The public key of a secret one: any 32 octets are a secret key. */
  publicKey(secretKey: Uint8Array): Uint8Array {
    const [out, secret] = [this.#keys, this.#keys + 32];
    this.#sodium.HEAPU8.set(secretKey, secret);
    this.#sodium._crypto_scalarmult_base(out, secret);
    return this.#take(out);
  }

  /** The key that both sides compute (crypto_box_beforenm); null when `publicKey` is one that gives any secret away. */
  sharedKey(publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array | null {
    const [out, secret, theirs] = [this.#keys, this.#keys + 32, this.#keys + 64];
    this.#sodium.HEAPU8.set(secretKey, secret);
    this.#sodium.HEAPU8.set(publicKey, theirs);
    const failed = this.#sodium._crypto_box_beforenm(out, theirs, secret);
    const key = this.#take(out);
    return failed === 0 ? key : null;
  }

  /** A box of `plain`, with its tag before it. `nonce` has 24 octets and must be used once with this key. */
  seal(plain: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array {
    const box = new Uint8Array(TAG + plain.length);
    this.#once(nonce, key).seal(-1, plain, box, 0);
    return box;
  }

  /** What is in a box; null when it was not sealed with this nonce and key. `box` stays as it is. */
  open(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | null {
    if (box.length < TAG) return null;
    const opened = Uint8Array.from(box);
    return this.#once(nonce, key).open(opened, 0) ? opened.subarray(TAG) : null;
  }

  /** For many boxes under nonces that begin alike: what is computed of the `prefix`, 16 octets, is computed once. */
  stream(prefix: Uint8Array, key: Uint8Array): BoxStream {
    return new BoxStream(this.#space, prefix, key);
  }

  #once(nonce: Uint8Array, key: Uint8Array): BoxStream {
    const stream = new BoxStream(this.#space, view(nonce, 0, 16), key);
    stream.nonce.set(view(nonce, 16, 8), 16);
    return stream;
  }

  /** Copies the key at `out`, and wipes it and those that it came from. */
  #take(out: number): Uint8Array {
    const { HEAPU8 } = this.#sodium;
    const key = HEAPU8.slice(out, out + 32);
    HEAPU8.fill(0, this.#keys, this.#keys + 3 * 32);
    return key;
  }
}

/** Whether the runtime can do it at all: libsodium is WebAssembly. */
export function curveIsPossible(): boolean {
  return "WebAssembly" in globalThis;
}

let loading: Promise<void> | null = null;
let loaded: CurveBox | null = null;

/**
 * Loads the cryptography, once for the process: 20 ms and 11 MB, which only those pay who use CURVE. `native` seals and
 * opens what is large, where the runtime has such code. Null when it is loaded already.
 */
export function loadCurveBox(native: SecretBox | null): Promise<void> | null {
  if (loaded !== null) return null;
  loading ??= load(native);
  return loading;
}

async function load(native: SecretBox | null): Promise<void> {
  const sodium = await loadSodium();
  loaded = new CurveBox(sodium, await loadSalsa20(sodium), native);
}

/** What `loadCurveBox` loaded. */
export function curveBox(): CurveBox {
  if (loaded === null) throw new Error("bug: the cryptography is used before it is loaded");
  return loaded;
}
