import { allocateSmall, keyOf, readU32, text, utf8, view, writeU32 } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";
import type { Verdict } from "../connection.ts";

/** Names the connection itself reads; a peer's other spelling of them is put right. */
export const SOCKET_TYPE = "Socket-Type";
export const IDENTITY = "Identity";

/** Said only by whoever authenticates. */
const USER_ID = "User-Id";

const OWN_SPELLING: ReadonlyMap<string, string> = new Map(
  [SOCKET_TYPE, IDENTITY].map((name) => [name.toLowerCase(), name]),
);

/** Types whose READY tells their routing id, also an empty one (libzmq; RFC 37 lets others leave it out). */
const IDENTIFIED: ReadonlySet<string> = new Set(["REQ", "DEALER", "ROUTER"]);

interface Property {
  readonly name: string;
  readonly value: Uint8Array;
}

/**
 * What a peer says of itself (RFC 37 "metadata"): names, which are the same in any case, and values.
 *
 * A Map holds them, so that no name (`__proto__`) means more than its letters; the first of equal names counts. Values
 * are views of what was decoded.
 */
export class Metadata {
  readonly #properties = new Map<string, Property>();

  add(name: string, value: Uint8Array): void {
    const key = name.toLowerCase();
    if (!this.#properties.has(key)) this.#properties.set(key, { name: OWN_SPELLING.get(key) ?? name, value });
  }

  get(name: string): Uint8Array | undefined {
    return this.#properties.get(name.toLowerCase())?.value;
  }

  get size(): number {
    return this.#properties.size;
  }

  /** All as text, by name; each cut at its first NUL, as libzmq hands them out. */
  texts(): Map<string, string> {
    const texts = new Map<string, string>();
    for (const { name, value } of this.#properties.values()) {
      const end = value.indexOf(0);
      texts.set(name, text(end < 0 ? value : view(value, 0, end)));
    }
    return texts;
  }
}

/** Properties as they stand in READY, in the order given. Names have 1 to 255 octets. */
export function encodeMetadata(properties: Iterable<readonly [name: string, value: Uint8Array]>): Uint8Array {
  const encoded = [...properties].map(([name, value]) => ({ name: utf8(name), value }));
  const bytes = allocateSmall(encoded.reduce((size, { name, value }) => size + 5 + name.length + value.length, 0));
  let at = 0;
  for (const { name, value } of encoded) {
    bytes[at] = name.length;
    bytes.set(name, at + 1);
    at += 1 + name.length;
    writeU32(bytes, at, value.length);
    bytes.set(value, at + 4);
    at += 4 + value.length;
  }
  return bytes;
}

/** Reads all properties; throws a ProtocolError when one is cut off or nameless, or when `bytes` is over `limit`. */
export function decodeMetadata(bytes: Uint8Array, limit: number): Metadata {
  if (bytes.length > limit) throw invalid(`${bytes.length} bytes, where ${limit} are allowed`);
  const metadata = new Metadata();
  for (let at = 0; at < bytes.length;) {
    const value = at + 1 + (bytes[at] as number) + 4; // in bounds: the loop's condition
    if (value > bytes.length) throw invalid("a property is cut off");
    if (value === at + 5) throw invalid("a property has no name");
    const length = readU32(bytes, value - 4);
    if (length > bytes.length - value) throw invalid("a value is cut off");
    metadata.add(keyOf(bytes.subarray(at + 1, value - 4)), view(bytes, value, length));
    at = value + length;
  }
  return metadata;
}

/**
 * What messages of a peer carry as properties: what whoever authenticated says of the peer goes before what it says of
 * itself (libzmq), and who the peer is, only the former can say.
 */
export function propertiesOf(metadata: Metadata, verdict: Verdict | null): Map<string, string> {
  const properties = new Map(verdict?.properties);
  if (verdict !== null && verdict.userId !== "") properties.set(USER_ID, verdict.userId);
  const said = new Set([USER_ID, ...properties.keys()].map((name) => name.toLowerCase()));
  for (const [name, value] of metadata.texts()) if (!said.has(name.toLowerCase())) properties.set(name, value);
  return properties;
}

/** What a READY of this side tells. */
export interface OwnMetadata {
  readonly socketType: string;
  readonly routingId: Uint8Array;
  readonly metadata: ReadonlyMap<string, string>;
}

/** What all connections of the same settings tell of themselves: a listener makes thousands. */
const told = new WeakMap<OwnMetadata, Uint8Array>();

/** This side's properties, encoded once for each object. */
export function ownMetadata(own: OwnMetadata): Uint8Array {
  const known = told.get(own);
  if (known !== undefined) return known;
  const properties: [string, Uint8Array][] = [[SOCKET_TYPE, utf8(own.socketType)]];
  if (IDENTIFIED.has(own.socketType)) properties.push([IDENTITY, own.routingId]);
  for (const [name, value] of own.metadata) properties.push([name, utf8(value)]);
  const encoded = encodeMetadata(properties);
  told.set(own, encoded);
  return encoded;
}

function invalid(detail: string): ProtocolError {
  return new ProtocolError("ERR_ZMTP_INVALID_METADATA", detail);
}
