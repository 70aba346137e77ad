import { isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { ZmqError } from "../../base/errors.ts";

/** A host and a port as they were written; the host without brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Where to connect, and from where if that was said. */
export interface Target extends HostPort {
  readonly source: HostPort | undefined;
}

/** Characters that libzmq lets through, and what it lets an address begin with. */
const CONNECTABLE = /^[A-Za-z0-9[:][A-Za-z0-9.\-:%;[\]_*]*$/;

/**
 * The syntax check of connecting, as lenient as libzmq's (socket_base.cpp, "quick and dirty check"): what it lets
 * through may still fail at each attempt.
 */
export function checkTarget(address: string): void {
  if (!CONNECTABLE.test(address)) throw invalid(`tcp://${address}`, "expected [source;]host:port");
  const port = address.slice(address.lastIndexOf(":") + 1);
  if (!address.includes(":") || !/^[0-9]/.test(port))
    throw invalid(`tcp://${address}`, "expected a port number after the last ':'");
}

/** `[source;]host:port`. Throws EINVAL. */
export function parseTarget(address: string): Target {
  checkTarget(address);
  const cut = address.lastIndexOf(";");
  const target = parseHostPort(address.slice(cut + 1), `tcp://${address}`);
  if (target.port === 0) throw invalid(`tcp://${address}`, "port 0 can't be connected to");
  return { ...target, source: cut < 0 ? undefined : parseHostPort(address.slice(0, cut), `tcp://${address}`) };
}

/** `host:port` of a listener; port 0 for `*`. Throws EINVAL. */
export function parseLocal(address: string): HostPort {
  return parseHostPort(address, `tcp://${address}`);
}

/**
 * The IP address to bind to, found without a name look-up: `*`, a literal, `localhost` or an interface's name.
 * Undefined when the name would have to be looked up. Throws ENODEV for an IPv6 address without the ipv6 option.
 */
export function localAddress(host: string, ipv6: boolean): string | undefined {
  if (host === "*") return ipv6 ? "::" : "0.0.0.0";
  if (isIPv4(host)) return host;
  if (isIPv6(host)) {
    if (ipv6) return host;
    throw new ZmqError("ENODEV", { address: `tcp://[${host}]`, hint: "an IPv6 address needs the ipv6 option" });
  }
  // Never anything else in practice (RFC 6761), and so good enough to bind without asking.
  return host === "localhost" ? "127.0.0.1" : interfaceAddress(host, ipv6);
}

/**
 * `tcp://127.0.0.1:5555`, `tcp://[::1]:5555`. Joined, as every connection keeps one: what is put together otherwise stays in
 * pieces, which take 150 bytes more.
 */
export function format(scheme: string, host: string, port: number): string {
  return [scheme, host.includes(":") ? "://[" : "://", host, host.includes(":") ? "]:" : ":", port].join("");
}

/** `host:port`, a part of an endpoint; port 0 for `*`. Throws EINVAL. */
export function parseHostPort(text: string, endpoint: string): HostPort {
  const colon = text.lastIndexOf(":");
  const bracketed = text.slice(0, colon);
  const host = /^\[(.*)\]$/.exec(bracketed)?.[1] ?? bracketed;
  if (colon < 0 || host === "") throw invalid(endpoint, `expected host:port in ${JSON.stringify(text)}`);
  if (!/^[A-Za-z0-9.\-:%_*]+$/.test(host)) throw invalid(endpoint, `${JSON.stringify(host)} is not a host`);
  const port = text.slice(colon + 1);
  if (port === "*") return { host, port: 0 };
  if (!/^[0-9]+$/.test(port) || Number(port) > 65535) {
    throw invalid(endpoint, `expected a port from 0 to 65535 or *, not ${JSON.stringify(port)}`);
  }
  return { host, port: Number(port) };
}

/** The first address of an interface, of the wanted family if it has one. */
function interfaceAddress(name: string, ipv6: boolean): string | undefined {
  const all = networkInterfaces()[name];
  const v4 = all?.find((each) => each.family === "IPv4")?.address;
  if (!ipv6) return v4;
  const v6 = all?.find((each) => each.family === "IPv6");
  if (v6 === undefined) return v4;
  return v6.scopeid > 0 ? `${v6.address}%${name}` : v6.address; // a link-local address is nothing without its link
}

function invalid(address: string, hint: string): ZmqError {
  return new ZmqError("EINVAL", { address, hint });
}
