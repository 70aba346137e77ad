import type { OptionsOf } from "../options/table.ts";
import { toTopic } from "./convert.ts";
import { equip, type Receiving } from "./methods.ts";
import { coreOf } from "./core-of.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";
import { SubscriberPattern } from "./xsub.ts";

export const SUB: SocketType = socketType({
  name: "SUB",
  number: 2,
  className: "Subscriber",
  peers: ["PUB", "XPUB"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  sends: false,
  receives: true,
  whenMute: "never sends",
  connectsOnce: true,
  doc: "Receives what it subscribed to from each publisher in turn.",
  pattern: (host) => new SubscriberPattern(host, true),
});

type Topic = string | Uint8Array;

/** Receives messages whose first frame begins with one of its topics, from each {@link Publisher} in turn (RFC 29). */
export class Subscriber extends Socket {
  constructor(options?: SocketOptions<Subscriber>) {
    super(SUB.number, options);
  }

  /** Subscribes to all messages that begin with one of these; without any, to all. Counted: undo each call. */
  subscribe(...topics: Topic[]): void {
    for (const topic of all(topics)) this.#pattern.subscribe(topic);
  }

  /** Undoes one `subscribe` of each; what was not subscribed to is ignored. Without any, that to all. */
  unsubscribe(...topics: Topic[]): void {
    for (const topic of all(topics)) this.#pattern.unsubscribe(topic);
  }

  get #pattern(): SubscriberPattern {
    return coreOf(this).openPattern as SubscriberPattern; // of this type
  }
}
export interface Subscriber extends Receiving, OptionsOf<"SUB"> {}
equip(Subscriber, SUB);

/** All checked before any has an effect. */
function all(topics: readonly Topic[]): Uint8Array[] {
  return (topics.length === 0 ? [""] : topics).map(toTopic);
}
