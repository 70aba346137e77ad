import type { Ends } from "../base/disposable.ts";
import { ZmqError } from "../base/errors.ts";
import type { SocketStats } from "../observe/metrics.ts";
import type { Options } from "../options/table.ts";
import { checkedAuthenticator, type Authenticator } from "./authenticator.ts";
import type { ContextCore } from "./context-core.ts";
import { Context, context as defaultContext, contextCore } from "./context.ts";
import { SocketCore } from "./core.ts";
import { CORE, coreOf, openCoreOf as open } from "./core-of.ts";
import { Drain, type DrainOptions, type DrainReport } from "./drain.ts";
import { checkedId, readOption, writeOption } from "./numbered.ts";
import { Observer } from "./observer.ts";
import { peerReports, type PeerReport } from "./peer-report.ts";
import { printPlainly } from "./printed.ts";
import { defineCommonOptions } from "./properties.ts";
import { waitUntilReady, type ReadyOptions } from "./ready.ts";
import { adopt, transfer, type SocketTicket, type TransferOptions } from "./transfer.ts";
import { typeByNumber } from "./type.ts";

type WritableKeys<T> = {
  [Key in keyof T]-?: (<G>() => G extends { [K in Key]: T[K] } ? 1 : 2) extends <G>() => G extends {
    -readonly [K in Key]: T[K];
  }
    ? 1
    : 2
    ? T[Key] extends (...args: never[]) => unknown
      ? never
      : Key
    : never;
}[keyof T];

/** What a socket's constructor takes: any of its options, and its context. */
export type SocketOptions<S> = { [Key in WritableKeys<S>]?: S[Key] | (null extends S[Key] ? Uint8Array : never) } & {
  context?: Context;
};

/**
 * What all sockets have. Made through its subclasses: `new Push()`, `new Subscriber()`.
 *
 * Endpoints are `tcp://127.0.0.1:5555`, `tcp://*:0`, `ipc://path`, `ipc://@abstract`, `inproc://name`; a socket may be
 * bound and connected to any number of them, of any kinds.
 */
export class Socket implements Ends {
  /** `type` is libzmq's number. */
  constructor(type: number, options?: object) {
    if (typeof type !== "number") throw new TypeError("Socket type must be a number");
    if (options !== undefined && (typeof options !== "object" || options === null)) {
      throw new TypeError("Options must be an object");
    }
    const known = typeByNumber(type);
    if (known === undefined) throw new ZmqError("EINVAL", { hint: `there is no socket type ${type}` });
    const { context = defaultContext, ...rest } = (options ?? {}) as { context?: Context };
    // As in zeromq.js, the caller's object loses its context: it can be used for the next socket too.
    if (options !== undefined) delete (options as { context?: Context }).context;
    const holder = contextCore(context);
    const core = new SocketCore(known, holder, defaultsOf(holder));
    core.publicContext = context;
    holder.add(core);
    Object.defineProperty(this, CORE, { value: core });
    Object.seal(this);
    Object.assign(this, rest);
  }

  /** Observer of what happens to this socket's connections. Made when first asked for; earlier events are not in it. */
  get events(): Observer {
    const core = coreOf(this);
    return (core.publicObserver ??= new Observer(this)) as Observer; // only ever set here
  }

  get context(): Context {
    return coreOf(this).publicContext as Context; // set by the constructor
  }

  get closed(): boolean {
    return coreOf(this).closed;
  }

  /** libzmq's number of the socket type. */
  get type(): number {
    return coreOf(this).type.number;
  }

  /** The address of the last bind or connect; after binding with wildcards, what it came to. */
  get lastEndpoint(): string | null {
    return coreOf(this).endpoints.last;
  }

  /** Whether a message could be sent now. */
  get writable(): boolean {
    const core = coreOf(this);
    return !core.closed && core.outgoing.waiting === 0 && core.pattern.canSend;
  }

  /** Whether a message could be received now. */
  get readable(): boolean {
    const core = coreOf(this);
    return !core.closed && core.pattern.canReceive;
  }

  /**
   * Binds to an address; others may then connect.
   *
   * @throws ZmqError EINVAL, EPROTONOSUPPORT, EADDRINUSE, EADDRNOTAVAIL, ENODEV, ENOENT, ENAMETOOLONG, EMTHREAD, EBADF,
   * ETERM (rejects)
   */
  bind(address: string): Promise<void> {
    return open(this).endpoints.bind(checked(address));
  }

  /** As `bind`, before it returns. Names that only DNS knows need `bind`. */
  bindSync(address: string): void {
    open(this).endpoints.bindSync(checked(address));
  }

  /** Stops listening at an address, and lets go of the peers that came through it. ENOENT when it is not bound. */
  unbind(address: string): Promise<void> {
    const { endpoints } = open(this);
    const given = checked(address);
    return (async () => endpoints.remove("bind", given))();
  }

  unbindSync(address: string): void {
    open(this).endpoints.remove("bind", checked(address));
  }

  /**
   * Connects to an address, now or whenever somebody is there, and again whenever the connection is lost.
   *
   * @throws ZmqError EINVAL, EPROTONOSUPPORT, ENAMETOOLONG, EMTHREAD, EBADF, ETERM. That nobody answers is no error: see
   * `events`.
   */
  connect(address: string): void {
    connectNamed(this, address);
  }

  /** Ends the connections made to an address. ENOENT when there are none. */
  disconnect(address: string): void {
    open(this).endpoints.remove("connect", checked(address));
  }

  /**
   * Calls `authenticator` with each peer before it comes in: clients of a PLAIN or CURVE server, and with NULL whoever is
   * at the other end. It takes the place of a ZAP handler, and goes before {@link Context.authenticate}; null takes it
   * away. Peers that are already in stay; inproc has no handshake, and so nobody to judge.
   *
   * @throws ZmqError ENOTSUP for raw TCP (Stream), which has no handshake either.
   */
  authenticate(authenticator: Authenticator | null): void {
    const core = open(this);
    const checked = checkedAuthenticator(authenticator);
    if (checked !== null && (core.type.wire === "raw" || core.options.raw)) {
      throw new ZmqError("ENOTSUP", { hint: "raw TCP has no handshake in which a peer could show who it is" });
    }
    core.authenticator = checked;
  }

  /** Closes: addresses are free at once, pending calls end with EAGAIN, queued messages go out for as long as `linger`. */
  close(): void {
    coreOf(this).close();
  }

  /** Resolves when nothing is left of the socket after `close`: all sent or given up, all connections ended. */
  ended(): Promise<void> {
    return new Promise((resolve) => coreOf(this).whenEnded(resolve));
  }

  /**
   * Resolves when every message sent so far has left this process, or when `timeout` is over; says, per peer, what was
   * delivered and what was not. The socket stays open.
   */
  drain(options?: DrainOptions): Promise<DrainReport> {
    return new Drain(open(this)).run(options);
  }

  /** Resolves when as many peers are there, or subscribers for a topic: nobody has to sleep for slow joiners. */
  ready(options?: ReadyOptions): Promise<void> {
    return waitUntilReady(open(this), options);
  }

  /**
   * Hands this socket to another thread: closes it here and resolves with a ticket to post there, for `adopt`. Options,
   * subscriptions, endpoints, what was received and not read, and what waits for a peer that is not connected go along.
   * What is queued for peers that are connected is sent first, for as long as `timeout` (default: `linger`) says; their
   * connections end, and those that connected to this socket connect anew.
   *
   * @throws ZmqError EBUSY while calls wait at it, EFSM in the middle of a request or reply, EINVAL when it has an
   * authenticator of its own, EBADF, ETERM (rejects)
   */
  transfer(options?: TransferOptions): Promise<SocketTicket> {
    return transfer(coreOf(this), options);
  }

  /**
   * The socket that another thread handed over with `transfer`, bound and connected as it was there. A ticket can be used
   * once; if one of its addresses can't be bound, the error is thrown, and the ticket can be used again.
   *
   * @throws ZmqError EBUSY when it was used already, EINVAL when it is for another type, and as `bind` and `connect`
   */
  static adopt<S extends Socket>(
    this: new (options?: { context?: Context }) => S,
    ticket: SocketTicket,
    options?: { context?: Context },
  ): S {
    const socket = new this(options);
    adopt(coreOf(socket), ticket);
    return socket;
  }

  /** Counters of this socket, since it was made: its peers, past ones included. */
  stats(): SocketStats {
    return coreOf(this).ledger.stats();
  }

  /** The peers behind this socket, with their counters. */
  peers(): PeerReport[] {
    return peerReports(coreOf(this));
  }

  /** `close`, and waits until it has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.ended();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  protected getBoolOption(option: number): boolean {
    return readOption(coreOf(this), option, "bool") as boolean;
  }

  protected setBoolOption(option: number, value: boolean): void {
    writeOption(coreOf(this), option, "bool", value);
  }

  protected getInt32Option(option: number): number {
    return readOption(coreOf(this), option, "int32") as number;
  }

  protected setInt32Option(option: number, value: number): void {
    writeOption(coreOf(this), option, "int32", value);
  }

  protected getUint32Option(option: number): number {
    return readOption(coreOf(this), option, "uint32") as number;
  }

  protected setUint32Option(option: number, value: number): void {
    writeOption(coreOf(this), option, "uint32", value);
  }

  protected getInt64Option(option: number): number {
    return readOption(coreOf(this), option, "int64") as number;
  }

  protected setInt64Option(option: number, value: number): void {
    writeOption(coreOf(this), option, "int64", value);
  }

  protected getUint64Option(option: number): number {
    return readOption(coreOf(this), option, "uint64") as number;
  }

  protected setUint64Option(option: number, value: number): void {
    writeOption(coreOf(this), option, "uint64", value);
  }

  protected getStringOption(option: number): string | null {
    return readOption(coreOf(this), option, "string") as string | null;
  }

  protected setStringOption(option: number, value: string | Uint8Array | null): void {
    writeOption(coreOf(this), option, "string", value);
  }
}

defineCommonOptions(Socket.prototype);

printPlainly(Socket.prototype);

/** What the context decides for its sockets. */
function defaultsOf(context: ContextCore): Partial<Options> {
  const { ipv6, blocky } = context.options.snapshot();
  return { ...(ipv6 ? { ipv6 } : {}), ...(blocky ? {} : { linger: 0 }) };
}

/** What `connect` of a Router or Stream takes beside the address. */
export interface ConnectOptions {
  /** Routing id by which this side knows the peer, instead of the peer's own (ZMQ_CONNECT_ROUTING_ID). */
  readonly routingId?: string | Uint8Array;
}

/** For Router and Stream: the next connect() names its peer (ZMQ_CONNECT_ROUTING_ID). */
export function connectNamed(socket: Socket, address: string, options: ConnectOptions = {}): void {
  const core = open(socket);
  if (typeof options !== "object" || options === null) throw new TypeError("Options must be an object");
  const id = options.routingId === undefined ? core.nextRoutingId : checkedId(core, options.routingId);
  core.nextRoutingId = null;
  const { pattern } = core;
  if (id === null) return core.endpoints.connect(checked(address));
  pattern.checkId?.(id);
  pattern.nextId = id;
  try {
    core.endpoints.connect(checked(address));
  } finally {
    pattern.nextId = null;
  }
}

function checked(address: unknown): string {
  if (typeof address === "string") return address;
  throw new TypeError(`Address must be a string (got ${typeof address})`);
}
