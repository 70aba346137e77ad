import net from "node:net";
import { fromSystem, ZmqError } from "../../base/errors.ts";
import type { DialEvents, Dialing, TransportOptions } from "../transport.ts";
import { type HostPort, parseTarget } from "./addresses.ts";
import { Reader } from "./reader.ts";
import { lookUp, lookUpLocal } from "./resolve.ts";
import { NodeStream } from "./stream.ts";
import { endsOf, tune } from "./tcp-socket.ts";

interface Route {
  /** Addresses still to be tried. */
  readonly hosts: string[];
  readonly port: number;
  readonly source: HostPort | undefined;
}

/** One attempt to connect: looks the name up, then tries all its addresses in turn, each for `connectTimeout`. */
export class TcpDialing implements Dialing {
  readonly #endpoint: string;
  readonly #options: TransportOptions;
  readonly #events: DialEvents;
  #socket: net.Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(address: string, options: TransportOptions, events: DialEvents) {
    this.#endpoint = `tcp://${address}`;
    this.#options = options;
    this.#events = events;
    void routeTo(address, options.ipv6).then(
      (route) => this.#begin(route),
      (error: unknown) => this.#failed(error),
    );
  }

  cancel(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #begin(route: Route): void {
    if (this.#over) return;
    this.#events.delayed();
    this.#tryNext(route);
  }

  #failed(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.failed(fromSystem(error, this.#endpoint));
  }

  /** `error` is why the address before did not do. */
  #tryNext(route: Route, error?: Error): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    const host = route.hosts.shift();
    if (host !== undefined) this.#try(host, route);
    else this.#failed(error ?? new ZmqError("ENOTFOUND", { address: this.#endpoint }));
  }

  #try(host: string, route: Route): void {
    const reader = new Reader();
    const { port, source } = route;
    const socket = net.connect({
      host,
      port,
      ...(source === undefined ? {} : { localAddress: source.host, localPort: source.port }),
      ...(reader.onread === undefined ? {} : { onread: reader.onread }),
    });
    this.#socket = socket.unref();
    const lost = (error: Error): void => this.#tryNext(route, error);
    socket.once("error", lost);
    socket.once("connect", () => {
      socket.off("error", lost);
      this.#connected(socket, reader, route);
    });
    const { connectTimeout } = this.#options;
    if (connectTimeout > 0) this.#timer = setTimeout(() => socket.destroy(this.#late()), connectTimeout).unref();
  }

  #connected(socket: net.Socket, reader: Reader, route: Route): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    const ends = endsOf(socket);
    if (ends === undefined || selfConnected(socket)) {
      socket.destroy();
      this.#tryNext(route, new ZmqError("ECONNREFUSED", { address: this.#endpoint }));
      return;
    }
    this.#over = true;
    this.#socket = undefined;
    tune(socket, this.#options);
    this.#events.opened(new NodeStream(socket, reader, ends));
  }

  #late(): Error {
    return new ZmqError("ETIMEDOUT", { address: this.#endpoint, hint: "connectTimeout passed" });
  }
}

/** TCP can connect a port of the ephemeral range to itself while nobody listens there. */
function selfConnected(socket: net.Socket): boolean {
  return socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
}

async function routeTo(address: string, ipv6: boolean): Promise<Route> {
  const { host, port, source } = parseTarget(address);
  const hosts = await lookUp(host, ipv6);
  if (source === undefined) return { hosts, port, source };
  return { hosts, port, source: { host: await lookUpLocal(source.host, ipv6), port: source.port } };
}
