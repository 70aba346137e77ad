import type { Message, MessageLike } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { Distributor } from "../routing/distributor.ts";
import { Groups } from "../routing/groups.ts";
import { GROUPED } from "../wire/udp/datagram.ts";
import { demandGroup, demandOnePart, GROUP } from "./beside.ts";
import { equip, type SendingTo } from "./methods.ts";
import { publish } from "./outbound.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/** RFC 48 "RADIO": each message to every peer that joined exactly its group; a full queue loses it. */
class RadioPattern implements Pattern {
  readonly canReceive = false;
  readonly canSend = true;
  readonly #host: PatternHost;
  readonly #peers = new Distributor();
  readonly #groups = new Groups<Pipe>();
  /** Pipes that can't say what they want, and get everything. */
  readonly #unfiltered: Set<Pipe> = new Set();
  /** Peers that were lost and are expected back: what they then join replaces what they had. */
  readonly #stale: Set<Pipe> = new Set();

  constructor(host: PatternHost) {
    this.#host = host;
  }

  /** Groups with a member. */
  get topicsCount(): number {
    return this.#groups.size;
  }

  /** How many peers get a message for this group. */
  subscribers(group: Uint8Array): number {
    this.#mark(group);
    const count = this.#peers.matching;
    this.#peers.unmark();
    return count;
  }

  attach(pipe: Pipe): void {
    this.#peers.attach(pipe);
    if (pipe.unfiltered) this.#unfiltered.add(pipe);
  }

  detach(pipe: Pipe): void {
    this.#peers.detach(pipe);
    this.#unfiltered.delete(pipe);
    this.#stale.delete(pipe);
    this.#groups.leaveAll(pipe);
    this.#host.drained(pipe);
  }

  opened(): void {}

  lost(pipe: Pipe): void {
    this.#stale.add(pipe);
  }

  /** A DISH sends nothing; whatever comes all the same is dropped. */
  readable(pipe: Pipe): void {
    while (pipe.read() !== undefined) this.#host.drop("refused");
  }

  writable(): void {}

  subscription(pipe: Pipe, group: Uint8Array, added: boolean): void {
    if (this.#stale.delete(pipe)) this.#groups.leaveAll(pipe);
    if (!added) this.#groups.leave(group, pipe);
    else if (!this.#overLimit(pipe, group)) this.#groups.join(group, pipe);
  }

  send(message: Message): boolean {
    demandOnePart(message, 2);
    const group = message[0] as Uint8Array; // it has two frames
    demandGroup(group);
    this.#mark(group);
    return publish(this.#peers, message, this.#host);
  }

  receive(): undefined {}

  #mark(group: Uint8Array): void {
    this.#groups.match(group, this.#peers.match);
    for (const pipe of this.#unfiltered) this.#peers.match(pipe);
  }

  #overLimit(pipe: Pipe, group: Uint8Array): boolean {
    const { maxSubscriptions, maxSubscriptionBytes } = this.#host.options;
    const bytes = this.#groups.bytesOf(pipe) + group.length;
    if (this.#groups.countOf(pipe) < maxSubscriptions && bytes <= maxSubscriptionBytes) return false;
    this.#host.refuse(pipe, `it is in more than ${maxSubscriptions} groups, or ${maxSubscriptionBytes} bytes of them`);
    return true;
  }
}

export const RADIO: SocketType = socketType({
  name: "RADIO",
  number: 14,
  className: "Radio",
  peers: ["DISH"],
  wire: "zmtp",
  identifies: false,
  publishes: true,
  groups: true,
  datagrams: { by: "connect", codec: GROUPED },
  beside: GROUP,
  sends: true,
  receives: false,
  whenMute: "drop",
  connectsOnce: false,
  doc: "Sends each message to every DISH that joined its group; drops it where the queue is full.",
  pattern: (host) => new RadioPattern(host),
});

/** A group: text, or 0 to 255 bytes of which none is 0. */
export interface GroupOptions {
  readonly group: string | Uint8Array;
}

/**
 * Sends each message, of one part, to every {@link Dish} that joined its group (RFC 48). Never waits: a peer whose queue is
 * full misses the message, which is counted.
 */
export class Radio extends Socket {
  constructor(options?: SocketOptions<Radio>) {
    super(RADIO.number, options);
  }
}
export interface Radio extends SendingTo<MessageLike, GroupOptions>, OptionsOf<"RADIO"> {}
equip(Radio, RADIO);
