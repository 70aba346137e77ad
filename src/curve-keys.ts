import { platform } from "#platform";
import { ZmqError } from "./base/errors.ts";
import { decodeZ85, encodeZ85 } from "./base/z85.ts";

/** A new pair of CURVE keys, in Z85: 40 characters each. Hand on the public one, and keep the secret one. */
export function curveKeyPair(): { publicKey: string; secretKey: string } {
  const { publicKey, secretKey } = platform.cryptography.keyPair();
  return { publicKey: encodeZ85(publicKey), secretKey: encodeZ85(secretKey) };
}

/**
 * The public key of a secret one, in Z85 (zmq_curve_public).
 *
 * @throws ZmqError EINVAL for what is neither 40 characters of Z85 nor 32 bytes.
 */
export function curvePublicKey(secretKey: string | Uint8Array): string {
  const bytes = typeof secretKey === "string" ? decodeZ85(secretKey) : secretKey;
  if (!(bytes instanceof Uint8Array) || bytes.length !== 32) {
    throw new ZmqError("EINVAL", { hint: "a secret key has 40 characters of Z85, or 32 bytes" });
  }
  return encodeZ85(platform.cryptography.publicKey(bytes));
}
