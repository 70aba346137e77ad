import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { FairQueue } from "../routing/fair-queue.ts";
import { inbound, letGo } from "./inbound.ts";
import { equip, type Receiving } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/** RFC 30 "PULL": one message from each peer in turn. */
export class PullPattern implements Pattern {
  readonly canSend = false;
  readonly #queue: FairQueue;
  readonly #host: PatternHost;

  constructor(host: PatternHost) {
    this.#host = host;
    this.#queue = inbound(host);
  }

  attach(pipe: Pipe): void {
    this.#queue.attach(pipe);
  }

  detach(pipe: Pipe): void {
    letGo(this.#queue, pipe, this.#host);
  }

  opened(): void {}

  readable(pipe: Pipe): void {
    this.#queue.readable(pipe);
  }

  writable(): void {}

  send(): boolean {
    return false;
  }

  receive(): Message | undefined {
    return this.#queue.receive();
  }

  get canReceive(): boolean {
    return this.#queue.ready;
  }

  get source(): Pipe | null {
    return this.#queue.last;
  }
}

export const PULL: SocketType = socketType({
  name: "PULL",
  number: 7,
  className: "Pull",
  peers: ["PUSH"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  sends: false,
  receives: true,
  whenMute: "never sends",
  connectsOnce: false,
  doc: "Takes one message from each PUSH in turn.",
  pattern: (host) => new PullPattern(host),
});

/** Takes one message from each connected {@link Push} in turn (RFC 30). */
export class Pull extends Socket {
  constructor(options?: SocketOptions<Pull>) {
    super(PULL.number, options);
  }
}
export interface Pull extends Receiving, OptionsOf<"PULL"> {}
equip(Pull, PULL);
