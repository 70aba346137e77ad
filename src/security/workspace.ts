import type { SecretBox } from "../base/crypto.ts";
import { PIECE, type Salsa20 } from "./salsa20.ts";
import type { Sodium } from "./sodium.ts";

/** The first octets of the key stream are Poly1305's key; what a box holds is sealed with those behind them. */
export const LEAD = 32;

/** What boxes are made with, and where in libsodium's memory its operands lie. All share it: each call is done at once. */
export class Workspace {
  readonly sodium: Sodium;
  readonly salsa20: Salsa20;
  readonly native: SecretBox | null;
  readonly heap: Uint8Array;
  readonly key: number;
  readonly nonce: number;
  readonly tag: number;
  /** Poly1305's. */
  readonly state: number;
  /** Begins with zeros, which nobody overwrites: sealed, they are the key of the tag. */
  readonly input: number;
  readonly output: number;
  /** Whose key lies at `key`. */
  owner: object | null = null;

  constructor(sodium: Sodium, salsa20: Salsa20, native: SecretBox | null) {
    this.sodium = sodium;
    this.salsa20 = salsa20;
    this.native = native;
    const state = (sodium._crypto_onetimeauth_statebytes() + 63) & ~63;
    this.key = sodium._malloc(128 + state + SMALL + PIECE);
    this.nonce = this.key + 32;
    this.tag = this.key + 64;
    this.state = this.key + 128;
    this.input = this.state + state;
    this.output = this.input + SMALL;
    // The instance is ours, and nothing in it allocates after this: its memory stays where it is.
    this.heap = sodium.HEAPU8;
    this.heap.fill(0, this.input, this.input + LEAD);
  }
}

/** Room for the small boxes that libsodium seals as a whole. */
const SMALL = 1024;
