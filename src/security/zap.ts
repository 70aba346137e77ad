import { EMPTY, keyOf, text, utf8 } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { AuthenticationRequest, Verdict } from "../wire/connection.ts";
import { decodeMetadata } from "../wire/zmtp/metadata.ts";

/** RFC 27: the version of the protocol, in every request and reply. */
const VERSION = "1.0";

/** Delimiter, version, request id, status code, status text, user id, metadata. */
const REPLY_FRAMES = 7;

const STATUSES: ReadonlyMap<string, Verdict["status"]> = new Map([
  ["200", 200],
  ["300", 300],
  ["400", 400],
  ["500", 500],
]);

/** Most bytes of metadata in a reply: as much as a peer may say of itself (maxHandshakeSize's default). */
const MAX_METADATA = 65_536;

/** What a request says beside the credentials. */
export interface ZapRequestFacts extends AuthenticationRequest {
  readonly domain: string;
  readonly address: string;
  /** RFC 27 "identity". libzmq fills in the server's own routing id. */
  readonly routingId: Uint8Array;
}

/** A request to a ZAP handler (RFC 27), with the delimiter of a REQ before it. */
export function encodeRequest(id: string, request: ZapRequestFacts): Message {
  const { domain, address, routingId, mechanism, credentials } = request;
  return [EMPTY, ...[VERSION, id, domain, address].map(utf8), routingId, utf8(mechanism), ...credentials];
}

/** The verdict in a reply to the request `id`. Throws a ProtocolError, with libzmq's code, for what is none. */
export function decodeReply(reply: Message, id: string): Verdict {
  const [delimiter = EMPTY, version = EMPTY, requestId = EMPTY, code = EMPTY, why = EMPTY] = reply;
  const [userId = EMPTY, metadata = EMPTY] = reply.slice(5);
  if (reply.length !== REPLY_FRAMES || delimiter.length > 0) {
    throw new ProtocolError("ERR_ZAP_MALFORMED_REPLY", `${reply.length} frames, where ${REPLY_FRAMES} belong`);
  }
  if (text(version) !== VERSION) throw new ProtocolError("ERR_ZAP_BAD_VERSION", `${VERSION} is spoken here`);
  if (text(requestId) !== id) throw new ProtocolError("ERR_ZAP_BAD_REQUEST_ID", `the request was ${id}`);
  const status = STATUSES.get(keyOf(code));
  if (status === undefined) throw new ProtocolError("ERR_ZAP_INVALID_STATUS_CODE", "200, 300, 400 and 500 are known");
  return { status, text: text(why), userId: text(userId), properties: propertiesIn(metadata) };
}

function propertiesIn(metadata: Uint8Array): Map<string, string> {
  try {
    return decodeMetadata(metadata, MAX_METADATA).texts();
  } catch (error) {
    throw new ProtocolError("ERR_ZAP_INVALID_METADATA", error instanceof Error ? error.message : String(error));
  }
}
