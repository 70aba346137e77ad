import { isIP, isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { ZmqError } from "../../base/errors.ts";
import { format, type HostPort, localAddress, parseHostPort } from "./addresses.ts";

const SCHEME = "udp";

/** What stands behind `udp://`: `[interface;]host:port`. */
export interface UdpAddress extends HostPort {
  /** The interface for multicast, by name or address, as it was written. */
  readonly via: string | undefined;
}

/** The same with all names known. */
export interface UdpPlace {
  readonly ip: string;
  readonly port: number;
  readonly multicast: boolean;
  /** The interface for multicast as node:dgram wants it; undefined leaves it to the system. */
  readonly interface: string | undefined;
  readonly endpoint: string;
}

/** Where datagrams are to go: a name, or an address of any kind. Throws EINVAL or ENODEV for what can never work. */
export function parseDestination(address: string, ipv6: boolean): UdpAddress {
  const target = parse(address);
  if (target.host === "*" || target.port === 0) throw invalid(address, "a wildcard can't be sent to");
  if (isIPv6(target.host) && !ipv6) throw invalid(address, "an IPv6 address needs the ipv6 option");
  if (isIP(target.host) !== 0) placeOf(target, target.host);
  return target;
}

/**
 * Where datagrams are to come in: a local address, a wildcard, an interface's name, or a multicast group. Names are not
 * looked up (libzmq neither). Throws EINVAL or ENODEV.
 */
export function localPlace(address: string, ipv6: boolean): UdpPlace {
  const local = parse(address);
  const endpoint = `${SCHEME}://${address}`;
  if (isIPv6(local.host) && !ipv6) {
    throw new ZmqError("ENODEV", { address: endpoint, hint: "an IPv6 address needs the ipv6 option" });
  }
  const ip = localAddress(local.host, ipv6);
  if (ip !== undefined) return placeOf(local, ip);
  throw new ZmqError("ENODEV", { address: endpoint, hint: `${local.host} is neither an address nor an interface` });
}

/** With the address that the host came to. */
export function placeOf(address: UdpAddress, ip: string): UdpPlace {
  const { via, port } = address;
  const multicast = isMulticast(ip);
  const endpoint = format(SCHEME, ip, port);
  if (via === undefined) return { ip, port, multicast, interface: undefined, endpoint };
  const whole = `${SCHEME}://${via};${endpoint.slice(SCHEME.length + 3)}`;
  if (!multicast) throw new ZmqError("EINVAL", { address: whole, hint: "an interface goes with a multicast address" });
  return { ip, port, multicast, interface: interfaceFor(via, ip, whole), endpoint: whole };
}

/** The place with the port that the system chose. */
export function withPort(place: UdpPlace, port: number): UdpPlace {
  const endpoint = place.endpoint.replace(/:\d+$/, `:${port}`);
  return { ...place, port, endpoint };
}

/** `127.0.0.1` for what a socket for both families calls `::ffff:127.0.0.1`. */
export function unmapped(ip: string): string {
  return ip.startsWith("::ffff:") && isIPv4(ip.slice(7)) ? ip.slice(7) : ip;
}

function parse(address: string): UdpAddress {
  const cut = address.lastIndexOf(";");
  const via = cut < 0 ? undefined : address.slice(0, cut);
  if (via === "") throw invalid(address, "expected [interface;]host:port");
  return { ...parseHostPort(address.slice(cut + 1), `${SCHEME}://${address}`), via };
}

/** 224.0.0.0/4 and ff00::/8. */
function isMulticast(ip: string): boolean {
  if (!isIPv4(ip)) return /^ff[0-9a-f]{2}:/i.test(ip);
  const first = Number(ip.slice(0, ip.indexOf(".")));
  return first >= 224 && first <= 239;
}

/** IPv4 names an interface by its address, IPv6 by its zone. Throws ENODEV, and EINVAL for another group's address. */
function interfaceFor(via: string, group: string, endpoint: string): string | undefined {
  const name = via.replace(/^\[(.*)\]$/, "$1");
  if (name === "*") return undefined;
  if (isMulticast(name) || (isIPv4(name) && isIPv6(group))) {
    throw new ZmqError("EINVAL", { address: endpoint, hint: `${via} can't be the interface for ${group}` });
  }
  const found = isIPv4(group) ? localAddress4(name) : zoneOf(name);
  if (found !== undefined) return found;
  throw new ZmqError("ENODEV", { address: endpoint, hint: `no interface is called ${via}, or has that address` });
}

function localAddress4(name: string): string | undefined {
  return isIPv6(name) ? undefined : localAddress(name, false);
}

/** An address will do too, where libzmq wants a name (it can't tell an interface's number from its address). */
function zoneOf(name: string): string | undefined {
  for (const [each, addresses = []] of Object.entries(networkInterfaces())) {
    if (each !== name && !addresses.some(({ address }) => address === name)) continue;
    const number = addresses.find((address) => address.family === "IPv6" && address.scopeid > 0) as
      { scopeid: number } | undefined; // the family says so
    return process.platform === "win32" ? `::%${number?.scopeid ?? 0}` : `::%${each}`;
  }
  return undefined;
}

function invalid(address: string, hint: string): ZmqError {
  return new ZmqError("EINVAL", { address: `${SCHEME}://${address}`, hint });
}
