/** What is used of libsodium: pointers into `HEAPU8`, lengths as 32-bit halves, 0 for success. */
export interface Sodium {
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _crypto_scalarmult_base(out: number, secretKey: number): number;
  _crypto_box_beforenm(out: number, publicKey: number, secretKey: number): number;
  _crypto_core_hsalsa20(out: number, input: number, key: number, constant: number): number;
  _crypto_stream_salsa20_xor(
    out: number,
    bytes: number,
    length: number,
    lengthHigh: number,
    nonce: number,
    key: number,
  ): number;
  _crypto_stream_salsa20_xor_ic(
    out: number,
    bytes: number,
    length: number,
    lengthHigh: number,
    nonce: number,
    block: number,
    blockHigh: number,
    key: number,
  ): number;
  _crypto_onetimeauth(tag: number, bytes: number, length: number, lengthHigh: number, key: number): number;
  _crypto_onetimeauth_verify(tag: number, bytes: number, length: number, lengthHigh: number, key: number): number;
  _crypto_onetimeauth_statebytes(): number;
  _crypto_onetimeauth_init(state: number, key: number): number;
  _crypto_onetimeauth_update(state: number, bytes: number, length: number, lengthHigh: number): number;
  _crypto_onetimeauth_final(state: number, tag: number): number;
}

/** Loads the library, and makes an instance with memory of its own. */
export async function loadSodium(): Promise<Sodium> {
  const { default: instantiate } = await import("libsodium-sumo");
  return (await instantiate()) as Sodium; // it has these, and hundreds more
}
