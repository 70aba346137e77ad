import type { DatagramTransport } from "../transports/datagrams.ts";
import type { Transport } from "../transports/transport.ts";
import { DatagramEndpoint } from "./datagram-endpoint.ts";
import { Dialer } from "./dialer.ts";
import type { DatagramUse, EngineHost, Settings } from "./host.ts";
import { Listener } from "./listener.ts";

/** What bind() or connect() made. */
export interface Part {
  /** Ends it; what is queued goes out for as long as the socket lingers. */
  close(): void;
  /** Ends it at once. */
  abort(): void;
  /** Writes what is queued before it returns: the process exits. */
  flushSync(limit: number): void;
}

/** A connect() of a stream: see Dialer. */
export interface DialerPart extends Part {
  start(): void;
}

/** A bind() of a stream: see Listener. */
export interface ListenerPart extends Part {
  readonly endpoint: string;
  listen(transport: Transport, endpoint: string): void;
  listenLater(transport: Transport, endpoint: string): Promise<void>;
}

/** A bind() or connect() of datagrams: see DatagramEndpoint. */
export interface DatagramPart extends Part {
  readonly endpoint: string;
  listen(): void;
  listenLater(): Promise<void>;
  connect(): void;
}

/** Makes what moves a socket's bytes: in the socket's own thread (`here`), or in I/O threads (background/). */
export interface Engine {
  dialer(host: EngineHost, settings: Settings, target: { transport: Transport; endpoint: string }): DialerPart;
  listener(host: EngineHost, settings: Settings): ListenerPart;
  datagrams(
    host: EngineHost,
    settings: Settings,
    target: { transport: DatagramTransport; endpoint: string; use: DatagramUse },
  ): DatagramPart;
  /** What a socket answers when it is asked may have changed: whether it is watched, how many peers departed. */
  changed?(host: EngineHost): void;
  /** A socket has wholly ended. */
  forget?(host: EngineHost): void;
}

/** All in the socket's thread. */
export const here: Engine = {
  dialer: (host, settings, target) => new Dialer(host, settings, target),
  listener: (host, settings) => new Listener(host, settings),
  datagrams: (host, settings, target) => new DatagramEndpoint(host, settings, target),
};
