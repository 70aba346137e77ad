import { ZmqError } from "./errors.ts";

/** Where a datagram comes from or goes to. */
export interface DatagramAddress {
  /** A numeric IP address, without brackets. */
  readonly address: string;
  readonly port: number;
}

/** An endpoint in its two halves: what carries it, and what that makes of the rest. */
export interface Endpoint {
  /** Without "://"; not checked for existence. */
  readonly scheme: string;
  readonly address: string;
}

/**
 * Splits "tcp://host:port". What the address means is the transport's business, and an unknown scheme is
 * EPROTONOSUPPORT where transports are looked up; here only a missing half is an error (EINVAL), as in libzmq.
 */
export function parseEndpoint(endpoint: string): Endpoint {
  const colon = endpoint.indexOf("://");
  const scheme = endpoint.slice(0, Math.max(colon, 0));
  const address = endpoint.slice(colon + 3);
  if (scheme !== "" && address !== "") return { scheme, address };
  throw new ZmqError("EINVAL", {
    address: endpoint,
    hint: 'an endpoint is "transport://address", as in tcp://127.0.0.1:5555',
  });
}
