import { readU32 } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import type { Message, MessageLike } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { FairQueue } from "../routing/fair-queue.ts";
import { PeerNumbers } from "../routing/peer-numbers.ts";
import { demandOnePart, frames, ROUTING_ID } from "./beside.ts";
import { coreOf } from "./core-of.ts";
import { inbound, letGo } from "./inbound.ts";
import { equip, type Receiving, type SendingTo } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/** RFC 41 "SERVER": reads from each peer in turn and sends to the one that is named, by a number. PEER is the same. */
export class ServerPattern implements Pattern {
  readonly #host: PatternHost;
  readonly #peers: PeerNumbers;
  readonly #queue: FairQueue;

  constructor(host: PatternHost) {
    this.#host = host;
    this.#peers = new PeerNumbers(host.random32());
    this.#queue = inbound(host);
  }

  /** The number of the pipe that came last. */
  get last(): number {
    return this.#peers.last;
  }

  attach(pipe: Pipe): void {
    this.#peers.add(pipe);
    this.#queue.attach(pipe);
  }

  detach(pipe: Pipe): void {
    this.#peers.remove(pipe);
    letGo(this.#queue, pipe, this.#host);
  }

  opened(): void {}

  readable(pipe: Pipe): void {
    this.#queue.readable(pipe);
  }

  writable(): void {}

  send(message: Message): boolean {
    demandOnePart(message, 2);
    const [number, body] = message as [Uint8Array, Uint8Array]; // just counted
    // A proxy may bring other things than numbers, which no peer has.
    return this.#peer(number.length === 4 ? readU32(number, 0) : 0).write([body]);
  }

  receive(): Message | undefined {
    const message = this.#queue.receive();
    if (message === undefined) return undefined;
    return [this.#peers.frameOf(this.#queue.last as Pipe), message[0] as Uint8Array]; // it came from a pipe, in one frame
  }

  /** Ends a peer's connection (zmq_disconnect_peer). What was sent before goes out; what it sent is dropped. */
  disconnect(number: number): void {
    const pipe = this.#peer(number);
    pipe.finish("unread");
    this.detach(pipe);
  }

  /** As libzmq: it is not known to whom. */
  get canSend(): boolean {
    return true;
  }

  get canReceive(): boolean {
    return this.#queue.ready;
  }

  get source(): Pipe | null {
    return this.#queue.last;
  }

  #peer(number: number): Pipe {
    const pipe = this.#peers.lookup(number);
    if (pipe?.alive === true) return pipe;
    throw new ZmqError("EHOSTUNREACH", { hint: `no peer has the routing id ${number}` });
  }
}

export const SERVER: SocketType = socketType({
  name: "SERVER",
  number: 12,
  className: "Server",
  peers: ["CLIENT"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  inbound: frames(1),
  beside: ROUTING_ID,
  sends: true,
  receives: true,
  whenMute: "error",
  connectsOnce: false,
  doc: "Receives from each CLIENT in turn with a number that names it, and sends to the one that is named.",
  pattern: (host) => new ServerPattern(host),
});

/** A peer, by the number that this side gave it; it keeps it for as long as its connection, or connect(), lasts. */
export interface RoutingOptions {
  readonly routingId: number;
}

/** For Server and Peer: ends one peer's connection; EHOSTUNREACH when there is no such peer. */
export function disconnectPeer(socket: Socket, routingId: number): void {
  const pattern = coreOf(socket).openPattern as ServerPattern; // of both types
  pattern.disconnect(readU32(ROUTING_ID.toFrame(routingId), 0));
}

/**
 * Receives from each {@link Client} in turn, and sends to the one that `routingId` names (RFC 41); it does not have to
 * answer, nor in any order. Messages have one part.
 */
export class Server extends Socket {
  constructor(options?: SocketOptions<Server>) {
    super(SERVER.number, options);
  }

  /**
   * Ends the connection of a peer (zmq_disconnect_peer). One that dialed may come back, under another routing id.
   *
   * @throws ZmqError EHOSTUNREACH when there is no such peer, EINVAL, EBADF
   */
  disconnectPeer(routingId: number): void {
    disconnectPeer(this, routingId);
  }
}
export interface Server
  extends SendingTo<MessageLike, RoutingOptions>, Receiving<[Buffer, RoutingOptions]>, OptionsOf<"SERVER"> {}
equip(Server, SERVER);
