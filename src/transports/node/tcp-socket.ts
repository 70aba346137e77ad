import type net from "node:net";
import type { TransportOptions } from "../transport.ts";
import { format } from "./addresses.ts";
import type { Ends } from "./stream.ts";

/** Calls that only newer Node versions have. */
interface NewerSocket {
  setKeepAlive(enable: boolean, delay: number, interval?: number, count?: number): void;
  setTypeOfService?(value: number): void;
}

/** Sets a connected socket's options: no delay always, the others where they were asked for. */
export function tune(socket: net.Socket, options: TransportOptions): void {
  socket.setNoDelay(true);
  const newer = socket as unknown as NewerSocket;
  if (options.tcpKeepalive === 0) socket.setKeepAlive(false);
  // Node 24 and later know interval and count; before, libuv's own hold once an idle time is given (1 s, 10 probes).
  else if (options.tcpKeepalive === 1) {
    const { tcpKeepaliveIdle: idle, tcpKeepaliveInterval: interval, tcpKeepaliveCount: count } = options;
    newer.setKeepAlive(true, idle > 0 ? idle * 1000 : 0, interval > 0 ? interval * 1000 : undefined, positive(count));
  }
  if (options.typeOfService > 0) prefer(newer, options.typeOfService);
}

/** A hint to routers, of which the kernel takes eight bits: not worth a connection if the system refuses it. */
function prefer(socket: NewerSocket, typeOfService: number): void {
  try {
    socket.setTypeOfService?.(typeOfService & 0xff);
  } catch {
    // It goes as it would have without.
  }
}

/** Where a connected socket's peer is; undefined when it is gone already. */
export function endsOf(socket: net.Socket): Ends | undefined {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return {
    remote: format("tcp", remoteAddress, remotePort),
    peerAddress: remoteAddress,
    closeOvertakes: false,
  };
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}
