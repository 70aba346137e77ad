/** Keys of X25519, 32 octets each. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/**
 * XSalsa20-Poly1305 (NaCl's secretbox) by native code. A box is a tag of 16 octets and what it holds; the memory of `plain`
 * may be that of `box` behind the tag.
 */
export interface SecretBox {
  /** Fills `box`, which is 16 octets longer than `plain`. `nonce` has 24 octets, `key` 32. */
  seal(box: Uint8Array, plain: Uint8Array, nonce: Uint8Array, key: Uint8Array): void;
  /** Fills `plain`, or returns false when the box was not sealed with this key and nonce. */
  open(plain: Uint8Array, box: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean;
}

/** What a runtime offers at once, without loading anything. */
export interface CryptoPrimitives {
  /** Random octets, fit for keys. */
  randomBytes(size: number): Uint8Array;
  /** A new pair. */
  keyPair(): KeyPair;
  /** The public key of a secret one. */
  publicKey(secretKey: Uint8Array): Uint8Array;
  /** Null where nobody installed any. */
  readonly secretBox: SecretBox | null;
}
