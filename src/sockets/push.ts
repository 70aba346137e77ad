import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { LoadBalancer } from "../routing/load-balancer.ts";
import { equip, type Sending } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/** RFC 30 "PUSH": to the next peer that has room, in turn; waits when none has; never drops. */
export class PushPattern implements Pattern {
  readonly canReceive = false;
  readonly #peers = new LoadBalancer();
  readonly #host: PatternHost;

  constructor(host: PatternHost) {
    this.#host = host;
  }

  attach(pipe: Pipe): void {
    this.#peers.attach(pipe);
  }

  detach(pipe: Pipe): void {
    this.#peers.detach(pipe);
    this.#host.drained(pipe);
  }

  opened(): void {}

  /** A PULL sends nothing; whatever comes all the same is dropped. */
  readable(pipe: Pipe): void {
    while (pipe.read() !== undefined) this.#host.drop("refused");
  }

  writable(pipe: Pipe): void {
    this.#peers.writable(pipe);
  }

  send(message: Message): boolean {
    return this.#peers.send(message);
  }

  receive(): undefined {}

  get canSend(): boolean {
    return this.#peers.ready;
  }
}

export const PUSH: SocketType = socketType({
  name: "PUSH",
  number: 8,
  className: "Push",
  peers: ["PULL"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  sends: true,
  receives: false,
  whenMute: "wait",
  connectsOnce: false,
  doc: "Hands each message to the next PULL that has room.",
  pattern: (host) => new PushPattern(host),
});

/** Hands each message to the next connected {@link Pull} that has room (RFC 30). Waits when there is none. */
export class Push extends Socket {
  constructor(options?: SocketOptions<Push>) {
    super(PUSH.number, options);
  }
}
export interface Push extends Sending, OptionsOf<"PUSH"> {}
equip(Push, PUSH);
