import { context, curveKeyPair, version as libzmq } from "../index.ts";
import { Socket, type SocketType } from "./socket.ts";

export * from "./constants.ts";
export { options } from "./options.ts";
export { Socket, type Callback, type SocketType } from "./socket.ts";

/** The libzmq whose behaviour this library follows. */
export const version: string = libzmq;

/** What the default context is set to; there is no other in this API. */
export class Context {
  constructor() {
    throw new Error("Context cannot be instantiated in compatibility mode");
  }

  static setMaxThreads(value: number): void {
    context.ioThreads = value;
  }

  static getMaxThreads(): number {
    return context.ioThreads;
  }

  static setMaxSockets(value: number): void {
    context.maxSockets = value;
  }

  static getMaxSockets(): number {
    return context.maxSockets;
  }
}

/** Makes a socket and sets its properties: options by their short names, or anything else. */
export function createSocket(type: SocketType, options: Readonly<Record<string, unknown>> = {}): Socket {
  return Object.assign(new Socket(type), options);
}

export { createSocket as socket };

/** A new pair of CURVE keys in Z85. */
export function curveKeypair(): { public: string; secret: string } {
  const { publicKey, secretKey } = curveKeyPair();
  return { public: publicKey, secret: secretKey };
}

/** How many frames of a reply that goes back through a ROUTER are its way, and not shown to `capture`. */
const WAY = 2;
const PROXIES: Readonly<Record<string, number>> = {
  "push/pull": 0,
  "pull/push": 0,
  "xpub/xsub": 0,
  "router/dealer": WAY,
  "xrep/xreq": WAY,
};

/**
 * Sends on, from each of two sockets to the other, what they receive; `capture` gets what comes from the back end.
 *
 * The sockets stay the caller's. `Proxy` of the main module does the same without a queue that grows.
 */
export function proxy(frontend: Socket, backend: Socket, capture?: Socket): void {
  const way = PROXIES[`${frontend.type}/${backend.type}`];
  if (way === undefined) throw new Error("This socket type order is not supported in compatibility mode");
  frontend.on("message", (...frames: Buffer[]) => void backend.send(frames));
  backend.on("message", (...frames: Buffer[]) => {
    frontend.send(frames);
    capture?.send(frames.slice(way));
  });
}
