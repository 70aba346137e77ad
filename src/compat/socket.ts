import { EventEmitter } from "node:events";
import { platform } from "#platform";
import * as zmq from "../index.ts";
import type { MessageLike, Receiving, Sending } from "../index.ts";
import { ZMQ_SNDMORE } from "./constants.ts";
import { Inbox } from "./inbox.ts";
import { monitor } from "./monitor.ts";
import { getOption, options, setOption, type Option, type OptionValue } from "./options.ts";
import { Outbox } from "./outbox.ts";

/** The names of socket types. */
export type SocketType =
  | "pair"
  | "req"
  | "rep"
  | "pub"
  | "sub"
  | "dealer"
  | "xreq"
  | "router"
  | "xrep"
  | "pull"
  | "push"
  | "xpub"
  | "xsub"
  | "stream";

const CLASSES: Readonly<Record<SocketType, new () => zmq.Socket>> = {
  pair: zmq.Pair,
  req: zmq.Request,
  rep: zmq.Reply,
  pub: zmq.Publisher,
  sub: zmq.Subscriber,
  dealer: zmq.Dealer,
  xreq: zmq.Dealer,
  router: zmq.Router,
  xrep: zmq.Router,
  pull: zmq.Pull,
  push: zmq.Push,
  xpub: zmq.XPublisher,
  xsub: zmq.XSubscriber,
  stream: zmq.Stream,
};

/** Called when an operation is over, with an error when it failed. */
export type Callback = (error?: Error) => void;

/**
 * A socket of zeromq.js 4 and 5: messages come as `message` events, one argument for each frame; results go to callbacks,
 * or as `error` events where there are none. Around a socket of version 6, which does the work.
 *
 * Options are properties under their short names, and unknown properties are allowed.
 */
export class Socket extends EventEmitter {
  // eslint-disable-next-line typescript/no-explicit-any -- as in zeromq.js, whose users read and call what they set
  [property: string]: any;
  readonly type: SocketType;
  readonly #socket: zmq.Socket;
  readonly #inbox: Inbox | null;
  readonly #outbox: Outbox | null;
  #frames: MessageLike[] = [];
  #unmonitor: (() => void) | null = null;

  constructor(type: SocketType) {
    super();
    if (!Object.hasOwn(CLASSES, type)) throw new Error(`Invalid socket type: ${type}`);
    this.type = type;
    const socket: zmq.Socket = new CLASSES[type]();
    this.#socket = socket;
    this.#inbox = receives(socket) ? new Inbox(socket, this) : null;
    this.#outbox = sends(socket) ? new Outbox(socket) : null;
  }

  get closed(): boolean {
    return this.#socket.closed;
  }

  /** Binds; then calls `callback` and emits `bind`. */
  bind(address: string, callback?: Callback): this {
    void this.#settle(this.#socket.bind(address), "bind", address, callback);
    return this;
  }

  bindSync(address: string): void {
    this.#socket.bindSync(address);
  }

  /** Unbinds; then calls `callback` and emits `unbind`. */
  unbind(address: string, callback?: Callback): this {
    void this.#settle(this.#socket.unbind(address), "unbind", address, callback);
    return this;
  }

  unbindSync(address: string): void {
    this.#socket.unbindSync(address);
  }

  connect(address: string): this {
    this.#socket.connect(address);
    return this;
  }

  disconnect(address: string): this {
    this.#socket.disconnect(address);
    return this;
  }

  /**
   * Sends a frame or several; with ZMQ_SNDMORE, keeps them until the rest of the message comes. Waits, in order and
   * without a limit, while nobody can take it. `callback` is called once the socket has the message.
   */
  send(message: MessageLike | readonly MessageLike[], flags?: number | null, callback?: Callback): this {
    this.#frames = this.#frames.concat(message);
    if (((flags ?? 0) & ZMQ_SNDMORE) !== 0) return this;
    const frames = this.#frames;
    this.#frames = [];
    const settle = (error?: Error): void => this.#tell(callback, error);
    if (this.#outbox === null) settle(new Error("Cannot send on this socket type."));
    else this.#outbox.send(frames, settle);
    return this;
  }

  /** Neither emits messages nor sends until `resume`. */
  pause(): void {
    this.#pause(true);
  }

  resume(): void {
    this.#pause(false);
  }

  close(): this {
    this.#socket.close();
    this.#outbox?.close();
    return this;
  }

  /** Emits what happens to connections; see docs/from-zeromq-5.md for the events. */
  monitor(interval?: number, count?: number): this {
    if (Boolean(interval) || Boolean(count)) {
      platform.emitWarning(
        "Arguments to monitor() are ignored in compatibility mode; all events are read automatically",
      );
    }
    this.#unmonitor ??= monitor(this.#socket, (name, ...details) => void this.emit(name, ...details));
    return this;
  }

  unmonitor(): this {
    this.#unmonitor?.();
    this.#unmonitor = null;
    return this;
  }

  subscribe(topic: string | Uint8Array): this {
    setOption(this.#socket, "_subscribe", topic);
    return this;
  }

  unsubscribe(topic: string | Uint8Array): this {
    setOption(this.#socket, "_unsubscribe", topic);
    return this;
  }

  setsockopt(option: Option, value: unknown): this {
    setOption(this.#socket, option, value);
    return this;
  }

  getsockopt(option: Option): OptionValue {
    return getOption(this.#socket, option);
  }

  read(): never {
    throw new Error("read() has been removed from compatibility mode; use on('message', ...) instead.");
  }

  #pause(paused: boolean): void {
    this.#inbox?.pause(paused);
    this.#outbox?.pause(paused);
  }

  async #settle(done: Promise<void>, event: string, address: string, callback: Callback | undefined): Promise<void> {
    try {
      await done;
    } catch (error) {
      return this.#tell(callback, error as Error); // what sockets throw
    }
    platform.atEndOfTurn(() => {
      this.emit(event, address);
      callback?.();
    });
  }

  /** Where no promise and no connection is in the middle of something, so that what is thrown is the caller's alone. */
  #tell(callback: Callback | undefined, error?: Error): void {
    platform.atEndOfTurn(() => {
      if (typeof callback === "function") callback(error);
      else if (error !== undefined && (!this.closed || this.listenerCount("error") > 0)) this.emit("error", error);
    });
  }

  static {
    const methods = ["on", "addListener", "prependListener", "off", "removeListener", "removeAllListeners"] as const;
    for (const name of methods) {
      // Not known here is which of them it is, and with which arguments: they go through as they are.
      const inherited = EventEmitter.prototype[name] as (...given: unknown[]) => unknown;
      const value = function (this: Socket, ...given: unknown[]): unknown {
        const result = inherited.apply(this, given);
        this.#inbox?.update();
        return result;
      };
      Object.defineProperty(this.prototype, name, { value, writable: true, configurable: true });
    }
    for (const name of Object.keys(options) as (keyof typeof options)[]) {
      const get = function (this: Socket): OptionValue {
        return this.getsockopt(name);
      };
      const set = function (this: Socket, value: unknown): void {
        this.setsockopt(name, typeof value === "string" ? Buffer.from(value) : value);
      };
      Object.defineProperty(this.prototype, name, { get, set, configurable: true });
    }
  }
}

function receives(socket: zmq.Socket): socket is zmq.Socket & Receiving {
  return "onMessage" in socket;
}

function sends(socket: zmq.Socket): socket is zmq.Socket & Sending {
  return "trySend" in socket;
}
