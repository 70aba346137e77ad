import type { KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import { EMPTY } from "../base/bytes.ts";
import type { CryptoPrimitives, KeyPair, SecretBox } from "../base/crypto.ts";

/** RFC 8410: what stands before the 32 octets of a secret key of X25519 in PKCS 8. */
const PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");

/** What is used of sodium-native, which users may install beside us. */
interface SodiumNative {
  readonly crypto_secretbox_easy: SecretBox["seal"];
  readonly crypto_secretbox_open_easy: SecretBox["open"];
}

/**
 * The public key that was derived last, and a digest of the secret one, which is not kept: many sockets have the same keys,
 * and each derivation takes 0.25 ms (2,000 CURVE connections: a fifth of their time).
 */
let latest: { readonly digest: string; readonly publicKey: Uint8Array } = { digest: "", publicKey: EMPTY };

let native: SecretBox | null | undefined;

/** Loaded when it is first asked for: 2.7 ms, for which programs without CURVE have no use. */
const crypto = (): typeof import("node:crypto") => process.getBuiltinModule("node:crypto");

/** The cryptography that Node.js has, and sodium-native where it is installed. */
export const cryptoPrimitives: CryptoPrimitives = {
  randomBytes: (length) => crypto().randomBytes(length),
  keyPair(): KeyPair {
    // RFC 8410: in both forms the key is the last 32 octets. Not key objects that are exported then: Node.js 20 holds the key's
    // lock while it makes the export's strings, and when these make the garbage collector run, which finds the job that made
    // the pair, the end of the job waits for that lock: the process hangs (3 of 144, on a busy machine).
    const { publicKey, privateKey } = crypto().generateKeyPairSync("x25519", {
      publicKeyEncoding: { type: "spki", format: "der" },
      privateKeyEncoding: { type: "pkcs8", format: "der" },
    });
    return {
      publicKey: Uint8Array.from(publicKey.subarray(-32)),
      secretKey: Uint8Array.from(privateKey.subarray(-32)),
    };
  },
  publicKey(secretKey) {
    const digest = crypto().createHash("sha256").update(secretKey).digest("base64");
    if (digest !== latest.digest) latest = { digest, publicKey: derived(secretKey) };
    return Uint8Array.from(latest.publicKey);
  },
  get secretBox() {
    if (native === undefined) native = nativeBox();
    return native;
  },
};

function derived(secretKey: Uint8Array): Uint8Array {
  const { createPrivateKey, createPublicKey } = crypto();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, secretKey]), format: "der", type: "pkcs8" });
  return octets(createPublicKey(key), "x");
}

function octets(key: KeyObject, part: "x" | "d"): Uint8Array {
  return Buffer.from(key.export({ format: "jwk" })[part] as string, "base64url"); // a key of this kind has both
}

/** Whatever is wrong with sodium-native, its absence above all, there is other code that does the same. */
function nativeBox(): SecretBox | null {
  try {
    const sodium = createRequire(import.meta.url)("sodium-native") as SodiumNative;
    return { seal: sodium.crypto_secretbox_easy, open: sodium.crypto_secretbox_open_easy };
  } catch {
    return null;
  }
}
