import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { FairQueue } from "../routing/fair-queue.ts";
import { LoadBalancer } from "../routing/load-balancer.ts";
import { inbound, letGo } from "./inbound.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/** RFC 28 "DEALER": to the next peer that has room, from each peer in turn; frames are left as they are. */
export class DealerPattern implements Pattern {
  readonly #peers = new LoadBalancer();
  readonly #queue: FairQueue;
  readonly #host: PatternHost;

  constructor(host: PatternHost) {
    this.#host = host;
    this.#queue = inbound(host);
  }

  attach(pipe: Pipe): void {
    this.#peers.attach(pipe);
    this.#queue.attach(pipe);
  }

  detach(pipe: Pipe): void {
    this.#peers.detach(pipe);
    letGo(this.#queue, pipe, this.#host);
  }

  opened(): void {}

  readable(pipe: Pipe): void {
    this.#queue.readable(pipe);
  }

  writable(pipe: Pipe): void {
    this.#peers.writable(pipe);
  }

  send(message: Message): boolean {
    return this.#peers.send(message);
  }

  receive(): Message | undefined {
    return this.#queue.receive();
  }

  get canSend(): boolean {
    return this.#peers.ready;
  }

  get canReceive(): boolean {
    return this.#queue.ready;
  }

  /** Where the last message went, and where it came from. */
  get target(): Pipe | null {
    return this.#peers.last;
  }

  get source(): Pipe | null {
    return this.#queue.last;
  }
}

export const DEALER: SocketType = socketType({
  name: "DEALER",
  number: 5,
  className: "Dealer",
  peers: ["REP", "DEALER", "ROUTER"],
  wire: "zmtp",
  identifies: true,
  publishes: false,
  sends: true,
  receives: true,
  whenMute: "wait",
  connectsOnce: true,
  doc: "Sends to each peer in turn and receives from each in turn, without any order between the two.",
  pattern: (host) => new DealerPattern(host),
});

/**
 * Sends to the next peer that has room and receives from each in turn (RFC 28), leaving frames as they are: to talk
 * with a {@link Reply}, the first frame must be empty.
 */
export class Dealer extends Socket {
  constructor(options?: SocketOptions<Dealer>) {
    super(DEALER.number, options);
  }
}
export interface Dealer extends Sending, Receiving, OptionsOf<"DEALER"> {}
equip(Dealer, DEALER);
