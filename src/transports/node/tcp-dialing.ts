import net, { isIPv4 } from "node:net";
import { fromSystem, ZmqError } from "../../base/errors.ts";
import { SocksHandshake } from "../socks.ts";
import type { DialEvents, Dialing, TransportOptions } from "../transport.ts";
import { type HostPort, parseLocal, parseTarget, type Target } from "./addresses.ts";
import { Reader } from "./reader.ts";
import { lookUp, lookUpLocal } from "./resolve.ts";
import { SocksTunnel } from "./socks-tunnel.ts";
import { NodeStream } from "./stream.ts";
import { endsOf, tune } from "./tcp-socket.ts";

interface Route {
  /** Addresses still to be tried. */
  readonly hosts: string[];
  readonly port: number;
  readonly source: HostPort | undefined;
  /** What to ask of the proxy that the addresses are of; undefined when they are the target's own. */
  readonly handshake: SocksHandshake | undefined;
}

/**
 * One attempt to connect: looks the name up, then tries all its addresses in turn, each for `connectTimeout`. With a
 * proxy, name and addresses are the proxy's, and what it says of the target is final.
 */
export class TcpDialing implements Dialing {
  readonly #endpoint: string;
  readonly #options: TransportOptions;
  readonly #events: DialEvents;
  #socket: net.Socket | undefined;
  #tunnel: SocksTunnel | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(address: string, options: TransportOptions, events: DialEvents) {
    this.#endpoint = `tcp://${address}`;
    this.#options = options;
    this.#events = events;
    void new Promise<Route>((resolve) => resolve(routeTo(address, options))).then(
      (route) => this.#begin(route),
      (error: unknown) => this.#failed(error),
    );
  }

  cancel(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#tunnel?.cancel();
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
    this.#socket = undefined;
    tune(socket, this.#options);
    const stream = new NodeStream(socket, reader, ends);
    if (route.handshake === undefined) this.#opened(stream);
    else this.#ask(route.handshake, stream, socket);
  }

  #opened(stream: NodeStream): void {
    this.#over = true;
    this.#events.opened(stream);
  }

  #ask(handshake: SocksHandshake, stream: NodeStream, socket: net.Socket): void {
    const { connectTimeout, handshakeInterval } = this.#options;
    const limit = connectTimeout > 0 ? connectTimeout : handshakeInterval;
    this.#tunnel = new SocksTunnel(stream, handshake, limit, {
      opened: (rest) => {
        // Only where the runtime reads as it likes: else nothing is read that the handshake does not want.
        if (rest.length > 0) socket.unshift(rest);
        this.#opened(stream);
      },
      failed: (error) => this.#failed(error),
    });
  }

  #late(): Error {
    return new ZmqError("ETIMEDOUT", { address: this.#endpoint, hint: "connectTimeout passed" });
  }
}

/** TCP can connect a port of the ephemeral range to itself while nobody listens there. */
function selfConnected(socket: net.Socket): boolean {
  return socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
}

/** At once where nothing has to be looked up: a promise for each step is a tenth of what a connection allocates. */
function routeTo(address: string, options: TransportOptions): Route | Promise<Route> {
  const target = parseTarget(address);
  const { host, port, source } = target;
  if (options.socksProxy !== null || source !== undefined || !isIPv4(host)) return lookUpRoute(target, options);
  return { hosts: [host], port, source, handshake: undefined };
}

async function lookUpRoute(target: Target, options: TransportOptions): Promise<Route> {
  const { ipv6, socksProxy, socksUsername: username, socksPassword: password } = options;
  const { host, port, source } = target;
  const handshake = socksProxy === null ? undefined : new SocksHandshake({ host, port, username, password });
  const first = socksProxy === null ? target : parseLocal(socksProxy);
  const hosts = await lookUp(first.host, ipv6);
  const local = source && { host: await lookUpLocal(source.host, ipv6), port: source.port };
  return { hosts, port: first.port, source: local, handshake };
}
