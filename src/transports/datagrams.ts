import type { DatagramAddress } from "../base/endpoint.ts";
import type { Dialing, TransportOptions } from "./transport.ts";

/**
 * What the engine may ask of a transport that carries datagrams (udp): ports that send and receive them, and nothing about
 * what is in them. As for streams, nothing is reported inside the call that caused it.
 */

/** A socket of the system, bound to a port. It never holds the process. */
export interface DatagramPort {
  /** As bound, with the port that a wildcard came to; as dialed, where it has one destination. */
  readonly endpoint: string;
  /** From now on datagrams are received. */
  begin(events: DatagramEvents): void;
  /**
   * Hands one datagram to the kernel: to `to`, or where it was dialed to. The bytes must not change until `done`, which is
   * called exactly once, with the error if the system refused it. Returns false when the kernel is behind: `drained`
   * follows.
   */
  send(bytes: Uint8Array, to: DatagramAddress | null, done: (error: Error | null) => void): boolean;
  /** Ends at once, and frees the address. What the kernel has goes out; `done` still comes for all. Safe to call twice. */
  close(): void;
}

export interface DatagramEvents {
  /** One datagram, whole. The memory is whoever hears of it's to keep. */
  received(bytes: Uint8Array, from: DatagramAddress): void;
  /** The kernel caught up after `send` returned false. */
  drained(): void;
}

export interface DatagramDialEvents {
  opened(port: DatagramPort): void;
  /** The name could not be looked up, or there is no way to send to it. */
  failed(error: Error): void;
}

/** Options that concern datagrams. */
export interface DatagramOptions extends Pick<TransportOptions, "ipv6" | "sendBufferSize" | "receiveBufferSize"> {
  /** How many routers what is multicast may pass. */
  readonly multicastHops: number;
  /** Whether this machine receives what it multicasts. */
  readonly multicastLoop: boolean;
}

export interface DatagramTransport {
  /** Without "://". */
  readonly scheme: string;
  /** Throws a ZmqError (EINVAL, ENODEV) when nothing can ever be sent to the address; no I/O. */
  checkConnect(address: string, options: DatagramOptions): void;
  /** Opens a port that sends to one address, after a look-up if that is a name. */
  dial(address: string, options: DatagramOptions, events: DatagramDialEvents): Dialing;
  /** Binds at once. Throws a ZmqError: EINVAL, ENODEV, EADDRINUSE, EADDRNOTAVAIL; ENOTSUP where the runtime can't. */
  listen(address: string, options: DatagramOptions): DatagramPort;
  /** Binds as the runtime likes it best. */
  listenLater(address: string, options: DatagramOptions): Promise<DatagramPort>;
}
