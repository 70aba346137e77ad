import { equal, view } from "../base/bytes.ts";
import { salsa20Module } from "./salsa20-code.ts";
import type { Sodium } from "./sodium.ts";

/** The most that is changed at a time: whole groups of four blocks (256 octets). */
export const PIECE: number = 32 * 1024;

/** Where a state has its nonce's last eight octets, and the number of the block, from its lowest octet on. */
export const NONCE_AT = 24;
const COUNTER_AT = 32;
const BLOCK = 64;

/** The stream cipher, over memory of its own: whoever uses it puts there, from `start` on, what is to be changed. */
export interface Salsa20 {
  readonly heap: Uint8Array;
  readonly start: number;
  /** From now on the key stream is that of this state; its number of the block is a multiple of four. */
  begin(state: Uint8Array): void;
  /** Changes so many octets from `start` on: whole groups, but in the last piece. Up to 255 behind them are lost. */
  xor(length: number): void;
}

/** The state for a key of 32 octets, at block 0, with a nonce of zeros. */
export function salsa20State(key: Uint8Array): Uint8Array {
  const state = new Uint8Array(64);
  const text = "expand 32-byte k";
  for (let at = 0; at < text.length; at++) state[20 * (at >> 2) + (at & 3)] = text.charCodeAt(at);
  state.set(view(key, 0, 16), 4);
  state.set(view(key, 16, 16), 44);
  return state;
}

/** libsodium's. It says what is right: `VectorSalsa20` must change the same octets. */
export class PlainSalsa20 implements Salsa20 {
  readonly start: number;
  readonly #sodium: Sodium;
  readonly #key: number;
  readonly #nonce: number;
  #low = 0;
  #high = 0;

  constructor(sodium: Sodium) {
    this.#sodium = sodium;
    this.#key = sodium._malloc(64 + PIECE);
    this.#nonce = this.#key + 32;
    this.start = this.#key + 64;
  }

  get heap(): Uint8Array {
    return this.#sodium.HEAPU8;
  }

  begin(state: Uint8Array): void {
    const { heap } = this;
    heap.set(view(state, 4, 16), this.#key);
    heap.set(view(state, 44, 16), this.#key + 16);
    heap.set(view(state, NONCE_AT, 8), this.#nonce);
    const counter = new DataView(state.buffer, state.byteOffset + COUNTER_AT, 8);
    this.#low = counter.getUint32(0, true);
    this.#high = counter.getUint32(4, true);
  }

  xor(length: number): void {
    const { start } = this;
    const [nonce, key] = [this.#nonce, this.#key];
    this.#sodium._crypto_stream_salsa20_xor_ic(start, start, length, 0, nonce, this.#low, this.#high, key);
    const next = this.#low + Math.ceil(length / BLOCK);
    this.#low = next >>> 0;
    if (next > this.#low) this.#high++;
  }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly xor: (from: number, to: number) => void;
}

/** Ours, by vectors (`salsa20Module`). */
class VectorSalsa20 implements Salsa20 {
  readonly heap: Uint8Array;
  /** Behind the state. */
  readonly start = 64;
  readonly #xor: (from: number, to: number) => void;

  constructor({ memory, xor }: Exports) {
    this.heap = new Uint8Array(memory.buffer);
    this.#xor = xor;
  }

  begin(state: Uint8Array): void {
    this.heap.set(state);
  }

  xor(length: number): void {
    this.#xor(this.start, this.start + length);
  }
}

/** What is used of WebAssembly; Node.js' types leave it to those of browsers. */
export interface WebAssemblyRuntime {
  validate(module: Uint8Array): boolean;
  instantiate(module: Uint8Array): Promise<{ instance: { exports: object } }>;
}
declare const WebAssembly: WebAssemblyRuntime;

/** By vectors where the runtime has them and what comes out is right; otherwise libsodium's. */
export async function loadSalsa20(sodium: Sodium, runtime: WebAssemblyRuntime = WebAssembly): Promise<Salsa20> {
  const plain = new PlainSalsa20(sodium);
  const module = salsa20Module();
  if (!runtime.validate(module)) return plain;
  const { instance } = await runtime.instantiate(module);
  const vectors = new VectorSalsa20(instance.exports as Exports); // as the module says
  return agree(vectors, plain) ? vectors : plain;
}

/** Whether both change the same: some blocks, two pieces, an odd end, and the carry that a count of 32 bits would lose. */
function agree(one: Salsa20, other: Salsa20): boolean {
  const state = salsa20State(Uint8Array.from({ length: 32 }, (_, at) => 0xa5 ^ (7 * at)));
  state.set([1, 2, 3, 4, 5, 6, 7, 8, 0xfc, 0xff, 0xff, 0xff], NONCE_AT);
  one.begin(state);
  other.begin(state);
  return [512, 333].every((length) => equal(changed(one, length), changed(other, length)));
}

function changed(salsa20: Salsa20, length: number): Uint8Array {
  for (let at = 0; at < length; at++) salsa20.heap[salsa20.start + at] = at;
  salsa20.xor(length);
  return view(salsa20.heap, salsa20.start, length);
}
