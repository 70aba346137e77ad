import { ZmqError } from "./base/errors.ts";

/** The libzmq whose behaviour this library follows; zeromq.js gives the version that it was built with. */
export const version: string = "4.3.5";

/** What zeromq.js asks libzmq for with zmq_has(): false for what is not here. */
export const capability: {
  readonly ipc: boolean;
  readonly pgm: boolean;
  readonly tipc: boolean;
  readonly norm: boolean;
  readonly curve: boolean;
  readonly gssapi: boolean;
  readonly draft: boolean;
} = { ipc: true, pgm: false, tipc: false, norm: false, curve: false, gssapi: false, draft: false };

/**
 * A new pair of CURVE keys in Z85; as long as `capability.curve` is false, an error.
 *
 * @throws ZmqError ENOTSUP
 */
export function curveKeyPair(): { publicKey: string; secretKey: string } {
  throw new ZmqError("ENOTSUP", { hint: "CURVE comes with the security release" });
}
