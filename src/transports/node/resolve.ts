import { isIPv4, isIPv6 } from "node:net";
import { ZmqError } from "../../base/errors.ts";
import { localAddress } from "./addresses.ts";

/**
 * All IP addresses of a host, in the order to try them: a literal is its own. Names go through the system's resolver
 * (hosts file first), as libzmq's do. Without `ipv6` only IPv4 counts.
 */
export async function lookUp(host: string, ipv6: boolean): Promise<string[]> {
  if (isIPv4(host)) return [host];
  if (isIPv6(host)) {
    if (ipv6) return [host];
    throw new ZmqError("EINVAL", { address: `tcp://[${host}]`, hint: "an IPv6 address needs the ipv6 option" });
  }
  const found = await process.getBuiltinModule("node:dns").promises.lookup(host, { all: true, family: ipv6 ? 0 : 4 });
  return found.map((each) => each.address);
}

/** The IP address to bind to, with a name look-up where nothing else says what it is. Throws ENODEV. */
export async function lookUpLocal(host: string, ipv6: boolean): Promise<string> {
  const known = localAddress(host, ipv6);
  if (known !== undefined) return known;
  try {
    const [first] = await lookUp(host, ipv6);
    if (first !== undefined) return first;
    throw new ZmqError("ENOTFOUND", { address: host });
  } catch (cause) {
    throw new ZmqError("ENODEV", { hint: `${host} is neither an interface nor a name that can be looked up`, cause });
  }
}
