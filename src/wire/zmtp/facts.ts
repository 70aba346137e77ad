import { EMPTY, copyOf, text } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";
import type { PeerFacts, Verdict } from "../connection.ts";
import { IDENTITY, SOCKET_TYPE, decodeMetadata, propertiesOf } from "./metadata.ts";

/** RFC 37 "Identity": libzmq takes more, but has no socket that could send it; events and books would keep them all. */
export const MAX_IDENTITY = 255;

/** How much of a stranger's text an error repeats. */
const TOLD = 32;

/** What this side demands of a peer, and what the handshake showed beside metadata. */
export interface FactsBasis {
  readonly socketType: string;
  /** The socket types a peer may have. */
  readonly peers: readonly string[];
  /** Most bytes of metadata. */
  readonly limit: number;
  readonly protocol: string;
  readonly mechanism: string;
  /** Null when nobody judged. */
  readonly verdict: Verdict | null;
}

/** What a peer's metadata tells of it; throws a ProtocolError when it is malformed, or the peer can't talk with this side. */
export function factsOf(encoded: Uint8Array, basis: FactsBasis): PeerFacts {
  const { limit, protocol, mechanism, verdict } = basis;
  const metadata = decodeMetadata(encoded, limit);
  const identity = metadata.get(IDENTITY) ?? EMPTY;
  if (identity.length > MAX_IDENTITY) {
    throw new ProtocolError("ERR_ZMTP_INVALID_METADATA", `an Identity of ${identity.length} octets`);
  }
  const socketType = metadata.get(SOCKET_TYPE);
  // A peer that does not tell its type is taken, as by libzmq.
  if (socketType !== undefined) checkType(text(socketType), basis);
  return {
    socketType: text(socketType ?? EMPTY),
    routingId: copyOf(identity),
    protocol,
    mechanism,
    properties: propertiesOf(metadata, verdict),
  };
}

/** RFC 37 "socket type compatibility". */
function checkType(socketType: string, { socketType: own, peers }: FactsBasis): void {
  if (peers.includes(socketType)) return;
  const detail = `this side is ${own}, the peer ${JSON.stringify(socketType.slice(0, TOLD))}`;
  throw new ProtocolError("ERR_ZMTP_SOCKET_TYPE_MISMATCH", detail);
}
