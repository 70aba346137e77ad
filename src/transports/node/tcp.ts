import net from "node:net";
import { ZmqError } from "../../base/errors.ts";
import type { ListenEvents, Listening, Transport, TransportOptions } from "../transport.ts";
import { parseFilter } from "./accept-filter.ts";
import { checkTarget, format, type HostPort, localAddress, parseLocal } from "./addresses.ts";
import { bindHandle, native, type ServerHandle, type SocketName, takeHandle } from "./internals.ts";
import { HandleListener, listenPlainly, mustWait, type Place, startListening } from "./listener.ts";
import { lookUpLocal } from "./resolve.ts";
import { NodeStream } from "./stream.ts";
import { TcpDialing } from "./tcp-dialing.ts";
import { endsOf, tune } from "./tcp-socket.ts";

const SCHEME = "tcp";

/**
 * `tcp://`: addresses as libzmq reads them, dual-stack listeners, DNS at each attempt.
 *
 * Options that Node has no means for (buffer sizes, interface, retransmit time) are ignored here: refusing them is the
 * option layer's business. Connections go through a SOCKS proxy where one is set.
 */
export const tcp: Transport = {
  scheme: SCHEME,
  checkConnect: checkTarget,
  dial: (address, options, events) => new TcpDialing(address, options, events),

  listen(address, options, events) {
    const { host, port } = parseLocal(address);
    if (!native) throw mustWait(`tcp://${address}`);
    const ip = localAddress(host, options.ipv6);
    if (ip !== undefined) return listenAt({ host: ip, port }, host === "*", options, events);
    const hint = `no interface is called ${host}, and other names can only be looked up by bind()`;
    throw new ZmqError("ENODEV", { address: `tcp://${address}`, hint });
  },

  async listenLater(address, options, events) {
    const { host, port } = parseLocal(address);
    const ip = await lookUpLocal(host, options.ipv6);
    if (native) return listenAt({ host: ip, port }, host === "*", options, events);
    const { backlog, useFd } = options;
    const where = useFd >= 0 ? { fd: useFd } : { host: ip, port };
    return listenPlainly({ ...where, backlog }, (server) => {
      const name = server.address() as net.AddressInfo; // it listens on a port, not on a path
      return placeOf(name, options, events);
    });
  },
};

function listenAt(at: HostPort, wildcard: boolean, options: TransportOptions, events: ListenEvents): Listening {
  const { backlog, useFd } = options;
  const given = useFd >= 0;
  const handle = given ? take(useFd, backlog) : open(at, wildcard, backlog);
  const name: SocketName = {};
  handle.getsockname?.(name);
  const { address = at.host, port = at.port } = name;
  const place = placeOf({ address, port }, options, events);
  const again = (): ServerHandle => open({ host: address, port }, wildcard, backlog);
  return new HandleListener(place, handle, given ? null : again);
}

/** ZMQ_USE_FD: the address was bound by somebody else, and is what the descriptor says. */
function take(fd: number, backlog: number): ServerHandle {
  const handle = takeHandle(fd);
  if (handle.getsockname !== undefined) return startListening(handle, backlog, `descriptor ${fd}`);
  handle.close();
  throw new ZmqError("EINVAL", { hint: `descriptor ${fd} (useFd) is no TCP socket` });
}

function open(at: HostPort, wildcard: boolean, backlog: number): ServerHandle {
  const endpoint = format(SCHEME, at.host, at.port);
  try {
    return startListening(bindHandle(at.host, at.port, net.isIPv6(at.host) ? 6 : 4), backlog, endpoint);
  } catch (error) {
    // Without IPv6 in the kernel, libzmq's wildcard means IPv4 too.
    if (wildcard && at.host === "::" && lacksIpv6(error)) return open({ ...at, host: "0.0.0.0" }, false, backlog);
    throw error;
  }
}

function lacksIpv6(error: unknown): boolean {
  return error instanceof ZmqError && ["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"].includes(error.code);
}

function placeOf(at: SocketName, options: TransportOptions, events: ListenEvents): Place {
  const allowed = parseFilter(options.tcpAcceptFilter);
  const endpoint = format(SCHEME, at.address ?? "", at.port ?? 0);
  return {
    endpoint,
    events,
    admit(socket, reader) {
      const ends = endsOf(socket);
      if (ends === undefined) {
        socket.destroy();
        events.acceptFailed(new ZmqError("ECONNABORTED", { address: endpoint }));
      } else if (!allowed(ends.peerAddress)) {
        socket.destroy();
        events.acceptFailed(new ZmqError("ECONNREFUSED", { address: ends.remote, hint: "not in tcpAcceptFilter" }));
      } else {
        tune(socket, options);
        events.accepted(new NodeStream(socket, reader, ends));
      }
    },
  };
}
