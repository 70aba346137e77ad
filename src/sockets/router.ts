import { printable } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { AddressBook } from "../routing/address-book.ts";
import type { FairQueue } from "../routing/fair-queue.ts";
import { inbound, letGo } from "./inbound.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { connectNamed, Socket, type ConnectOptions, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/**
 * RFC 28 "ROUTER": the first frame names the peer, both ways. Also the base of STREAM, which does the same with raw
 * bytes.
 */
export class RouterPattern implements Pattern {
  /** For the next connect() only. */
  nextId: Uint8Array | null = null;
  protected readonly host: PatternHost;
  protected readonly book: AddressBook;
  readonly #queue: FairQueue;
  /** Pipes whose id connect() chose: the peer's own counts for nothing. */
  readonly #named: Set<Pipe> = new Set();
  /** Ids of pipes that ended with messages left to read; others may have taken those ids since. */
  readonly #former: WeakMap<Pipe, Uint8Array> = new WeakMap();

  constructor(host: PatternHost) {
    this.host = host;
    this.book = new AddressBook(host.random32());
    this.#queue = inbound(host);
  }

  attach(pipe: Pipe): void {
    this.#queue.attach(pipe);
    const id = this.nextId;
    if (id === null) return;
    this.nextId = null;
    this.#named.add(pipe);
    this.book.add(pipe, id);
  }

  /** Before connect() does anything: libzmq aborts on a routing id in use. */
  checkId(id: Uint8Array): void {
    if (id.length < 1 || id.length > 255) {
      throw new ZmqError("EINVAL", { hint: `a routing id has 1 to 255 bytes, not ${id.length}` });
    }
    if (this.book.lookup(id) !== undefined) {
      throw new ZmqError("EINVAL", { hint: `the routing id ${printable(id)} is in use by another peer` });
    }
  }

  nameOf(pipe: Pipe): Uint8Array | undefined {
    return this.#named.has(pipe) ? this.book.idOf(pipe) : undefined;
  }

  detach(pipe: Pipe): void {
    this.#named.delete(pipe);
    const id = this.book.idOf(pipe);
    if (id !== undefined && pipe.queuedIn > 0) this.#former.set(pipe, id);
    this.book.remove(pipe);
    letGo(this.#queue, pipe, this.host);
  }

  opened(pipe: Pipe): void {
    if (this.#named.has(pipe)) return;
    const wanted = pipe.peer?.routingId ?? NO_ID;
    if (this.book.lookup(wanted) === pipe && wanted.length > 0) return;
    if (this.host.options.handover) {
      const old = this.book.takeOver(pipe, wanted);
      if (old !== undefined) this.host.refuse(old, `its routing id ${printable(wanted)} was handed over to a new peer`);
    } else if (this.book.add(pipe, wanted) === "duplicate") {
      this.host.refuse(pipe, `its routing id ${printable(wanted)} is in use by another peer`);
    }
  }

  readable(pipe: Pipe): void {
    this.#queue.readable(pipe);
  }

  writable(): void {}

  send(message: Message): boolean {
    if (this.host.options.raw) return this.#sendRaw(message);
    const id = message[0] as Uint8Array; // a message has a frame
    const pipe = this.book.lookup(id);
    if (pipe === undefined || !pipe.alive) return this.#unroutable(id);
    if (message.length === 1) {
      this.host.drop("unroutable");
      return true;
    }
    if (pipe.write(message.length === 2 ? [message[1] as Uint8Array] : message.slice(1))) return true;
    if (this.host.options.mandatory) return false;
    pipe.reject("hwm");
    return true;
  }

  receive(): Message | undefined {
    const message = this.#queue.receive();
    if (message === undefined) return undefined;
    const from = this.#queue.last as Pipe; // a message came from a pipe
    const id = this.book.idOf(from) ?? this.#former.get(from) ?? NO_ID;
    return message.length === 1 ? [id, message[0] as Uint8Array] : [id, ...message];
  }

  /** [id, bytes] as they are; [id, empty] ends the connection (ZMQ_ROUTER_RAW; STREAM does the same). */
  protected writeRaw(pipe: Pipe, message: Message): boolean {
    const [, body] = message;
    if (body === undefined || message.length > 2) {
      throw new ZmqError("EINVAL", { hint: "a message of raw bytes has two frames: routing id and bytes" });
    }
    if (body.length > 0) return pipe.write([body]);
    this.host.copies(0);
    pipe.finish("unread");
    this.detach(pipe);
    return true;
  }

  #sendRaw(message: Message): boolean {
    const id = message[0] as Uint8Array; // a message has a frame
    const pipe = this.book.lookup(id);
    if (pipe === undefined || !pipe.alive) return this.#unroutable(id);
    if (this.writeRaw(pipe, message)) return true;
    if (this.host.options.mandatory) return false;
    pipe.reject("hwm");
    return true;
  }

  /** As libzmq: always, unless `mandatory`, which wants a peer with room. */
  get canSend(): boolean {
    if (!this.host.options.mandatory) return true;
    for (const pipe of this.book) if (pipe.ready()) return true;
    return false;
  }

  get canReceive(): boolean {
    return this.#queue.ready;
  }

  get source(): Pipe | null {
    return this.#queue.last;
  }

  #unroutable(id: Uint8Array): boolean {
    if (this.host.options.mandatory) {
      throw new ZmqError("EHOSTUNREACH", { hint: `no peer has the routing id ${printable(id)}` });
    }
    this.host.drop("unroutable");
    return true;
  }
}

const NO_ID = new Uint8Array(0);

export const ROUTER: SocketType = socketType({
  name: "ROUTER",
  number: 6,
  className: "Router",
  peers: ["REQ", "DEALER", "ROUTER"],
  wire: "zmtp",
  identifies: true,
  publishes: false,
  sends: true,
  receives: true,
  whenMute: "drop",
  connectsOnce: false,
  doc: "Names the peer in the first frame of each message, both ways.",
  pattern: (host) => new RouterPattern(host),
});

/**
 * Receives from each peer in turn with the peer's routing id as the first frame, and sends to the peer that the first
 * frame names (RFC 28). A message to nobody is dropped and counted; with `mandatory` it is an error (EHOSTUNREACH).
 */
export class Router extends Socket {
  constructor(options?: SocketOptions<Router>) {
    super(ROUTER.number, options);
  }

  /** As {@link Socket.connect}; `routingId` is how this side will know the peer. */
  override connect(address: string, options?: ConnectOptions): void {
    connectNamed(this, address, options);
  }
}
export interface Router extends Sending, Receiving, OptionsOf<"ROUTER"> {}
equip(Router, ROUTER);
