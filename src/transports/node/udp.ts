import type dgram from "node:dgram";
import { isIPv4, isIPv6 } from "node:net";
import type { DatagramAddress } from "../../base/endpoint.ts";
import { fromSystem } from "../../base/errors.ts";
import type { DatagramEvents, DatagramOptions, DatagramPort, DatagramTransport } from "../datagrams.ts";
import { mustWait } from "./listener.ts";
import { lookUp } from "./resolve.ts";
import { localPlace, parseDestination, placeOf, type UdpPlace, unmapped, withPort } from "./udp-addresses.ts";

/** Most hops that an IP packet can be given. */
const MOST_HOPS = 255;

/**
 * `udp://`: unicast and multicast, IPv4 and, with the ipv6 option, IPv6.
 *
 * Several sockets may be bound to one port, as with libzmq: what is multicast reaches all of them, all else the newest.
 */
export const udp: DatagramTransport = {
  scheme: "udp",

  checkConnect(address, options) {
    parseDestination(address, options.ipv6);
  },

  dial(address, options, events) {
    let cancelled = false;
    openTo(address, options).then(
      (port) => (cancelled ? port.close() : events.opened(port)),
      (error: unknown) => {
        if (!cancelled) events.failed(fromSystem(error, `udp://${address}`));
      },
    );
    return { cancel: () => void (cancelled = true) };
  },

  listen(address, options) {
    const place = localPlace(address, options.ipv6);
    const socket = create(place, options, true);
    let outcome: Error | null | undefined;
    bind(socket, source(place), (error) => (outcome = error));
    if (outcome === null) return new UdpPort(socket, bound(socket, place, options), null);
    socket.close();
    throw outcome === undefined ? mustWait(place.endpoint) : fromSystem(outcome, place.endpoint);
  },

  async listenLater(address, options) {
    const place = localPlace(address, options.ipv6);
    const socket = await opened(place, source(place), { ...options, shared: true });
    return new UdpPort(socket, bound(socket, place, options), null);
  },
};

async function openTo(address: string, options: DatagramOptions): Promise<UdpPort> {
  const target = parseDestination(address, options.ipv6);
  const [ip = ""] = await lookUp(target.host, options.ipv6); // it rejects rather than find nothing
  const place = placeOf(target, ip);
  const any = { address: anyOf(place), port: 0 };
  const socket = await opened(place, any, { ...options, shared: false });
  attempt(socket, place.endpoint, () => tune(socket, place, options));
  return new UdpPort(socket, place.endpoint, { address: place.ip, port: place.port });
}

/** One socket of the system. */
class UdpPort implements DatagramPort {
  readonly endpoint: string;
  readonly #socket: dgram.Socket;
  readonly #to: DatagramAddress | null;
  readonly #ipv6: boolean;
  #events: DatagramEvents | null = null;
  #behind = false;
  #closed = false;

  constructor(socket: dgram.Socket, endpoint: string, to: DatagramAddress | null) {
    this.endpoint = endpoint;
    this.#socket = socket;
    this.#to = to;
    this.#ipv6 = isIPv6(socket.address().address);
    // A datagram that could not be received concerns nobody but its sender, who expects no answer.
    socket.unref().on("error", () => undefined);
  }

  begin(events: DatagramEvents): void {
    this.#events = events;
    this.#socket.on("message", (bytes, { address, port }) => {
      if (!this.#closed) events.received(bytes, { address: this.#ipv6 ? unmapped(address) : address, port });
    });
  }

  send(bytes: Uint8Array, to: DatagramAddress | null, done: (error: Error | null) => void): boolean {
    const target = to ?? this.#to;
    if (target === null) throw new Error("bug: a datagram without an address, from a port that was not dialed");
    const { address, port } = target;
    this.#socket.send(bytes, port, this.#ipv6 && isIPv4(address) ? `::ffff:${address}` : address, (error) => {
      done(error);
      this.#sent();
    });
    this.#behind = this.#socket.getSendQueueCount() > 0;
    return !this.#behind;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  #sent(): void {
    if (!this.#behind || this.#closed || this.#socket.getSendQueueCount() > 0) return;
    this.#behind = false;
    this.#events?.drained();
  }
}

function create(place: UdpPlace, options: DatagramOptions, shared: boolean): dgram.Socket {
  const { sendBufferSize, receiveBufferSize } = options;
  return process.getBuiltinModule("node:dgram").createSocket({
    type: isIPv6(place.ip) ? "udp6" : "udp4",
    reuseAddr: shared,
    ...(sendBufferSize > 0 ? { sendBufferSize } : {}),
    ...(receiveBufferSize > 0 ? { recvBufferSize: receiveBufferSize } : {}),
    // Only numeric addresses come here. Answered at once, bind() and send() act before they return.
    lookup: (host, _, found) => found(null, host, isIPv6(host) ? 6 : 4),
  });
}

/** Calls back within the call where the runtime binds at once, as Node.js does. */
function bind(socket: dgram.Socket, at: DatagramAddress, done: (error: Error | null) => void): void {
  socket.once("error", done);
  // Not shared through a cluster's primary, which would answer later.
  socket.bind({ ...at, exclusive: true }, () => {
    socket.off("error", done);
    done(null);
  });
}

function opened(
  place: UdpPlace,
  at: DatagramAddress,
  options: DatagramOptions & { shared: boolean },
): Promise<dgram.Socket> {
  const socket = create(place, options, options.shared);
  return new Promise((resolve, reject) => {
    bind(socket, at, (error) => {
      if (error === null) return resolve(socket);
      socket.close();
      reject(fromSystem(error, place.endpoint));
    });
  });
}

/** A group is received at the wildcard address, as in libzmq: not every system lets one bind to a group. */
function source(place: UdpPlace): DatagramAddress {
  return { address: place.multicast ? anyOf(place) : place.ip, port: place.port };
}

function anyOf(place: UdpPlace): string {
  return isIPv6(place.ip) ? "::" : "0.0.0.0";
}

/** Makes a socket that was bound ready, and says where it is. */
function bound(socket: dgram.Socket, place: UdpPlace, options: DatagramOptions): string {
  attempt(socket, place.endpoint, () => {
    tune(socket, place, options);
    if (place.multicast) socket.addMembership(place.ip, place.interface);
  });
  return withPort(place, socket.address().port).endpoint;
}

function tune(socket: dgram.Socket, place: UdpPlace, options: DatagramOptions): void {
  socket.setMulticastTTL(Math.min(options.multicastHops, MOST_HOPS));
  socket.setMulticastLoopback(options.multicastLoop);
  if (place.interface !== undefined) socket.setMulticastInterface(place.interface);
}

function attempt(socket: dgram.Socket, endpoint: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    socket.close();
    throw fromSystem(error, endpoint);
  }
}
