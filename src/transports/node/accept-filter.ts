import net from "node:net";
import { ZmqError } from "../../base/errors.ts";

/** Whether a peer with this numeric address may connect. */
export type AcceptFilter = (address: string) => boolean;

/**
 * Reads `tcpAcceptFilter`: networks like `192.168.0.0/16` or `::1`, separated by commas or spaces; a peer must be in
 * one of them. Empty or null lets all in. An IPv4 network also holds for IPv4 peers of an IPv6 listener. Throws EINVAL.
 */
export function parseFilter(text: string | null): AcceptFilter {
  const networks = (text ?? "").split(/[\s,]+/).filter((each) => each !== "");
  if (networks.length === 0) return () => true;
  const list = new net.BlockList();
  for (const network of networks) add(list, network);
  return (address) => list.check(address.replace(/%.*$/, ""), net.isIPv4(address) ? "ipv4" : "ipv6");
}

function add(list: net.BlockList, network: string): void {
  const [address = "", bits, ...rest] = network.split("/");
  const family = net.isIP(address);
  const most = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  if (family === 0 || rest.length > 0 || !/^\d*$/.test(bits ?? "") || bits === "" || prefix > most) {
    throw new ZmqError("EINVAL", { hint: `expected networks like 192.168.0.0/16, not ${JSON.stringify(network)}` });
  }
  list.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6");
}
