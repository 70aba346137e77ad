import { allocateSmall, copyOf, view } from "../../base/bytes.ts";
import type { DatagramAddress } from "../../base/endpoint.ts";
import { COPIED, type Message } from "../../base/message.ts";
import { decodeAddress, encodeAddress } from "./address.ts";

/** A datagram on its way out; `to` is null where the port knows its one destination. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly to: DatagramAddress | null;
}

/** What a socket type puts into a datagram: one whole message each, without a handshake and without an answer. */
export interface DatagramCodec {
  /** Most bytes of a datagram, either way. */
  readonly largest: number;
  /** Null when the message does not fit. */
  encode(message: Message): Datagram | null;
  /** Null when the bytes are not what they have to be. The frames are views of `bytes`. */
  decode(bytes: Uint8Array, from: DatagramAddress): Message | null;
}

/** libzmq's MAX_UDP_MSG: its buffer, beyond which it cuts off what it receives. */
const LARGEST_OF_LIBZMQ = 8192;
/** 65,535 less the headers of IPv4 and UDP. IPv6 could carry 20 bytes more. */
const LARGEST_OF_UDP = 65_507;

/**
 * RADIO and DISH over udp (no RFC; libzmq's udp_engine.cpp): one byte with the length of the group, the group, the body.
 * The message is [group, body]. The length is unsigned, 0 to 255; libzmq 4.3.5 takes it as signed and aborts from 128 on.
 */
export const GROUPED: DatagramCodec = {
  largest: LARGEST_OF_LIBZMQ,

  encode(message) {
    const [group, body] = message as [Uint8Array, Uint8Array]; // RADIO sends nothing else
    const size = 1 + group.length + body.length;
    if (group.length > 255 || size > LARGEST_OF_LIBZMQ) return null;
    const bytes = allocateSmall(size);
    bytes[0] = group.length;
    bytes.set(group, 1);
    bytes.set(body, 1 + group.length);
    return { bytes, to: null };
  },

  decode(bytes) {
    const length = bytes[0];
    if (length === undefined || 1 + length > bytes.length) return null;
    const group = view(bytes, 1, length);
    // RFC 48 "group": 01 to FF. With a zero byte, libzmq would take it for a shorter one.
    if (group.includes(0)) return null;
    return [group, view(bytes, 1 + length, bytes.length - 1 - length)];
  },
};

/** DGRAM: the datagram is the body; the message is [address, body]. */
export const ADDRESSED: DatagramCodec = {
  largest: LARGEST_OF_UDP,

  encode(message) {
    const [address, body] = message as [Uint8Array, Uint8Array]; // DGRAM has checked both
    if (body.length > LARGEST_OF_UDP) return null;
    return { bytes: body.length <= COPIED ? copyOf(body) : body, to: decodeAddress(address) };
  },

  decode: (bytes, from) => [encodeAddress(from), view(bytes, 0, bytes.length)],
};
