import { text, utf8 } from "../../base/bytes.ts";
import type { DatagramAddress } from "../../base/endpoint.ts";

/** `127.0.0.1:5555`, `[fe80::1%eth0]:5555`; libzmq's own form ends with a zero byte. */
const ADDRESS = /^(?:((?:\d{1,3}\.){3}\d{1,3})|\[([\da-fA-F:.]+(?:%[\w.-]+)?)\]):(\d{1,5})\0?$/;

/** The longest that one can be: an IPv6 address, a zone and a port. A longer frame is not looked at. */
const LONGEST = 128;

/**
 * The first frame of a message that a DGRAM received: `ip:port` and a zero byte, as libzmq has it (udp_engine.cpp,
 * sockaddr_to_msg). An IPv6 address, which libzmq can't tell, stands in brackets.
 */
export function encodeAddress({ address, port }: DatagramAddress): Uint8Array {
  return utf8(address.includes(":") ? `[${address}]:${port}\0` : `${address}:${port}\0`);
}

/** Where the first frame says that a message goes, with or without the zero byte; null when it is not such an address. */
export function decodeAddress(frame: Uint8Array): DatagramAddress | null {
  const match = frame.length > LONGEST ? null : ADDRESS.exec(text(frame));
  if (match === null) return null;
  const [, ipv4, ipv6, digits] = match;
  const port = Number(digits);
  if (port === 0 || port > 65535) return null;
  if (ipv4 === undefined) return { address: ipv6 as string, port }; // one of the two matched
  return ipv4.split(".").every((octet) => Number(octet) <= 255) ? { address: ipv4, port } : null;
}
