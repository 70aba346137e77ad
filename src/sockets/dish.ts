import { copyOf, keyOf, printable } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { FairQueue } from "../routing/fair-queue.ts";
import { GROUPED } from "../wire/udp/datagram.ts";
import { frames, GROUP, toGroup } from "./beside.ts";
import { coreOf } from "./core-of.ts";
import { inbound, letGo } from "./inbound.ts";
import { equip, type Receiving } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Sieve } from "./sieve.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/**
 * RFC 48 "DISH": joins its groups at each RADIO, again at one that comes back, and reads from each in turn. What comes for
 * another group (over udp; or it was on its way when the group was left) is dropped here.
 */
class DishPattern implements Pattern {
  readonly canSend = false;
  readonly #host: PatternHost;
  readonly #queue: FairQueue;
  readonly #groups: Map<string, Uint8Array> = new Map();
  readonly #wanted: Sieve;

  constructor(host: PatternHost) {
    this.#host = host;
    this.#queue = inbound(host);
    // A DISH's messages have two frames, the first of which is the group.
    this.#wanted = new Sieve(this.#queue, host, ([group]) => this.#groups.has(keyOf(group as Uint8Array)));
  }

  get topicsCount(): number {
    return this.#groups.size;
  }

  attach(pipe: Pipe): void {
    this.#queue.attach(pipe);
  }

  detach(pipe: Pipe): void {
    letGo(this.#queue, pipe, this.#host);
  }

  opened(pipe: Pipe): void {
    for (const group of this.#groups.values()) pipe.subscription(group, true);
  }

  readable(pipe: Pipe): void {
    this.#queue.readable(pipe);
  }

  writable(): void {}

  /** All of them, or, when one is joined already or named twice, none. */
  join(groups: readonly Uint8Array[]): void {
    const joined = new Set(this.#groups.keys());
    for (const group of groups) {
      const key = keyOf(group);
      if (joined.has(key)) throw new ZmqError("EINVAL", { hint: `the group ${printable(group)} is joined already` });
      joined.add(key);
    }
    for (const group of groups) {
      const own = copyOf(group);
      this.#groups.set(keyOf(own), own);
      this.#tell(own, true);
    }
  }

  wanted(): Iterable<Uint8Array> {
    return this.#groups.values();
  }

  want(group: Uint8Array): void {
    this.join([group]);
  }

  leave(groups: readonly Uint8Array[]): void {
    const joined = new Set(this.#groups.keys());
    for (const group of groups) {
      if (joined.delete(keyOf(group))) continue;
      throw new ZmqError("EINVAL", { hint: `the group ${printable(group)} is not joined` });
    }
    for (const group of groups) {
      this.#groups.delete(keyOf(group));
      this.#tell(copyOf(group), false);
    }
  }

  send(): boolean {
    return false;
  }

  receive(): Message | undefined {
    return this.#wanted.receive();
  }

  get canReceive(): boolean {
    return this.#wanted.ready;
  }

  get held(): number {
    return this.#wanted.held;
  }

  get source(): Pipe | null {
    return this.#queue.last;
  }

  #tell(group: Uint8Array, added: boolean): void {
    for (const pipe of this.#queue) if (pipe.connected) pipe.subscription(group, added);
  }
}

export const DISH: SocketType = socketType({
  name: "DISH",
  number: 15,
  className: "Dish",
  peers: ["RADIO"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  groups: true,
  datagrams: { by: "bind", codec: GROUPED },
  inbound: frames(2),
  beside: GROUP,
  sends: false,
  receives: true,
  whenMute: "never sends",
  connectsOnce: false,
  doc: "Receives the messages of the groups it joined from each RADIO in turn.",
  pattern: (host) => new DishPattern(host),
});

/** The group that a message was for. */
export interface Grouped {
  readonly group: Buffer;
}

/** Receives what is sent to the groups that it joined, from each connected {@link Radio} in turn (RFC 48). */
export class Dish extends Socket {
  constructor(options?: SocketOptions<Dish>) {
    super(DISH.number, options);
  }

  /**
   * Joins groups: text, or 0 to 255 bytes of which none is 0. Names are compared whole.
   *
   * @throws ZmqError EINVAL when one is too long or joined already; then none is joined
   */
  join(...groups: (string | Uint8Array)[]): void {
    this.#pattern.join(groups.map(toGroup));
  }

  /** Leaves groups; what is on its way is dropped. @throws ZmqError EINVAL when one is not joined; then none is left */
  leave(...groups: (string | Uint8Array)[]): void {
    this.#pattern.leave(groups.map(toGroup));
  }

  get #pattern(): DishPattern {
    return coreOf(this).openPattern as DishPattern; // of this type
  }
}
export interface Dish extends Receiving<[Buffer, Grouped]>, OptionsOf<"DISH"> {}
equip(Dish, DISH);
