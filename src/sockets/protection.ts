import { equal } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import { curveIsPossible } from "../security/index.ts";
import type { SocketSelf } from "./self.ts";

const NO_WEBASSEMBLY = "libsodium is WebAssembly, which this process runs without; start Node.js without --jitless";

/**
 * Looks, at each bind() and connect() over a wire, whether the security options make sense: what can't protect is an error,
 * and so are keys that do not belong together; what lacks a key is a warning, as libzmq lets handshakes fail then.
 */
export function checkProtection(socket: SocketSelf, address: string, wire: "stream" | "datagrams"): void {
  const { options, type, platform } = socket;
  const { securityMechanism: mechanism, curveServer, curveServerKey, curveSecretKey, curvePublicKey } = options;
  if (mechanism === null) return;
  if (wire === "datagrams") throw unprotected(address, mechanism, "datagrams have no handshake");
  if (type.wire === "raw" || options.raw) throw unprotected(address, mechanism, "raw TCP has no handshake");
  if (mechanism !== "curve") return;
  if (!curveIsPossible()) throw unprotected(address, mechanism, NO_WEBASSEMBLY);
  if (curvePublicKey !== null && !belongs(socket, curvePublicKey, curveSecretKey)) {
    throw new ZmqError("EINVAL", { address, hint: "curvePublicKey does not belong to curveSecretKey" });
  }
  if (curveServer && curveSecretKey === null) {
    platform.emitWarning("curveServer without curveSecretKey: no CURVE client can connect to this socket.");
  } else if (!curveServer && curveServerKey === null) {
    platform.emitWarning("CURVE keys without curveServer or curveServerKey: no handshake of this socket can succeed.");
  }
}

function belongs({ platform }: SocketSelf, publicKey: Uint8Array, secretKey: Uint8Array | null): boolean {
  return secretKey !== null && equal(platform.cryptography.publicKey(secretKey), publicKey);
}

function unprotected(address: string, mechanism: string, why: string): ZmqError {
  return new ZmqError("ENOTSUP", { address, hint: `${mechanism.toUpperCase()} can't protect it: ${why}` });
}
