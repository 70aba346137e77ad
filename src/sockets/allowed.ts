import { utf8 } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import { equalSecrets } from "../base/secret.ts";
import { decodeZ85, encodeZ85 } from "../base/z85.ts";
import type { AuthenticationAnswer, AuthenticationRequest, Authenticator } from "./authenticator.ts";

/** A CURVE key: 40 characters of Z85, or 32 bytes. */
export type CurveKey = string | Uint8Array;

/** An authenticator that lets in the owners of some CURVE keys; a change acts on whoever connects after it. */
export interface CurveKeys extends Authenticator {
  /** Allows one more key. `userId` is what its owner's messages carry as `User-Id`; without it, the key in Z85. */
  add(publicKey: CurveKey, userId?: string): void;
  /** Whether the key was allowed until now. Connections that its owner has stay: see `disconnect` and `close`. */
  delete(publicKey: CurveKey): boolean;
  has(publicKey: CurveKey): boolean;
  readonly size: number;
}

/**
 * An authenticator for CURVE servers: `server.authenticate(curveKeys([alice, bob]))`. It knows public keys, which are no
 * secrets, and refuses every other mechanism.
 *
 * @throws ZmqError EINVAL for what is no key.
 */
export function curveKeys(publicKeys: Iterable<CurveKey> = []): CurveKeys {
  const users = new Map<string, string>();
  const judge = ({ publicKey }: AuthenticationRequest): AuthenticationAnswer => {
    if (publicKey === undefined) return { status: 400, text: "only CURVE clients may come in" };
    const userId = users.get(publicKey);
    return userId === undefined ? { status: 400, text: "its key is not among those allowed" } : { userId };
  };
  const add = (key: CurveKey, userId?: string): void => {
    const name = keyText(key);
    users.set(name, userId ?? name);
  };
  for (const key of publicKeys) add(key);
  const known = {
    add,
    delete: (key: CurveKey) => users.delete(keyText(key)),
    has: (key: CurveKey) => users.has(keyText(key)),
  };
  const allowed = Object.assign(judge, known);
  return Object.defineProperty(allowed, "size", { get: () => users.size }) as typeof allowed & { size: number }; // just defined
}

/**
 * An authenticator for PLAIN servers: `server.authenticate(plainUsers({ alice: "her password" }))`. The user's name becomes
 * `User-Id`. Comparing takes as long for a password that is nearly right as for any other, and for an unknown name.
 */
export function plainUsers(passwords: Readonly<Record<string, string>> | ReadonlyMap<string, string>): Authenticator {
  const entries: Iterable<[string, unknown]> = passwords instanceof Map ? passwords : Object.entries(passwords);
  const known = new Map<string, Uint8Array>();
  for (const [name, password] of entries) {
    if (typeof password !== "string") throw new TypeError(`The password of ${JSON.stringify(name)} must be a string`);
    known.set(name, utf8(password));
  }
  return ({ username, password }) => {
    if (username === undefined || password === undefined)
      return { status: 400, text: "only PLAIN clients may come in" };
    const right = equalSecrets(utf8(password), known.get(username) ?? NOBODYS);
    return right && known.has(username)
      ? { userId: username }
      : { status: 400, text: "no such user, or a wrong password" };
  };
}

const NOBODYS = utf8("the password of nobody");

/** One spelling for each key. */
function keyText(key: CurveKey): string {
  const bytes = typeof key === "string" ? decodeZ85(key) : key;
  if (bytes instanceof Uint8Array && bytes.length === 32) return encodeZ85(bytes);
  throw new ZmqError("EINVAL", { hint: "a CURVE key has 40 characters of Z85, or 32 bytes" });
}
