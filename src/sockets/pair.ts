import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { Exclusive } from "../routing/exclusive.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/**
 * RFC 31 "PAIR": one peer, both ways. A second one is turned away, where libzmq keeps it connected and deaf: it may
 * come back when the first has left.
 */
export class PairPattern implements Pattern {
  readonly #peer: Exclusive;
  readonly #host: PatternHost;
  readonly #name: string;

  /** `name` of the socket type, for people who are turned away. */
  constructor(host: PatternHost, name: string) {
    this.#host = host;
    this.#name = name;
    this.#peer = new Exclusive((pipe) => host.drained(pipe));
  }

  attach(pipe: Pipe): void {
    this.#peer.attach(pipe);
  }

  detach(pipe: Pipe): void {
    if (pipe === this.#peer.pipe && pipe.queuedIn > 0) return; // read empty first
    this.#peer.detach(pipe);
    this.#host.drained(pipe);
  }

  opened(pipe: Pipe): void {
    const taken = this.#peer.pipe;
    // What a peer that has left sent is still to be read, but does not hold the place.
    if (taken !== null && !taken.alive && taken.queuedIn === 0) this.detach(taken);
    if (!this.#peer.attach(pipe)) this.#host.refuse(pipe, `this ${this.#name} has its one peer`);
  }

  readable(): void {}

  writable(): void {}

  send(message: Message): boolean {
    return this.#peer.send(message);
  }

  receive(): Message | undefined {
    return this.#peer.receive();
  }

  get canSend(): boolean {
    return this.#peer.sendReady;
  }

  get canReceive(): boolean {
    return this.#peer.receiveReady;
  }

  get source(): Pipe | null {
    return this.#peer.pipe;
  }
}

export const PAIR: SocketType = socketType({
  name: "PAIR",
  number: 0,
  className: "Pair",
  peers: ["PAIR"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  sends: true,
  receives: true,
  whenMute: "wait",
  connectsOnce: false,
  doc: "Talks with exactly one other PAIR.",
  pattern: (host) => new PairPattern(host, "PAIR"),
});

/** Talks with exactly one other Pair (RFC 31). */
export class Pair extends Socket {
  constructor(options?: SocketOptions<Pair>) {
    super(PAIR.number, options);
  }
}
export interface Pair extends Sending, Receiving, OptionsOf<"PAIR"> {}
equip(Pair, PAIR);
