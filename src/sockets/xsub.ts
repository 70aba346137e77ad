import { copyOf, EMPTY } from "../base/bytes.ts";
import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { Distributor } from "../routing/distributor.ts";
import type { FairQueue } from "../routing/fair-queue.ts";
import { Subscriptions } from "../routing/subscriptions.ts";
import { withoutRequests } from "../wire/upstream.ts";
import { inbound, letGo } from "./inbound.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import { countCopies } from "./outbound.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Sieve } from "./sieve.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/**
 * RFC 29 "XSUB": subscribes at all its publishers, and again at each one that comes back; reads from each in turn. SUB
 * is the same, but drops what it did not subscribe to, and sends nothing else.
 */
export class SubscriberPattern implements Pattern {
  readonly #host: PatternHost;
  readonly #topics = new Subscriptions();
  readonly #peers = new Distributor();
  readonly #queue: FairQueue;
  readonly #filters: boolean;
  readonly #wanted: Sieve;

  /** `filters`: whether what was not subscribed to is dropped here (SUB), or passed on (XSUB). */
  constructor(host: PatternHost, filters: boolean) {
    this.#host = host;
    this.#filters = filters;
    this.#queue = inbound(host);
    this.#wanted = new Sieve(this.#queue, host, (message) => !filters || this.#matches(message));
  }

  get topicsCount(): number {
    return this.#topics.size;
  }

  attach(pipe: Pipe): void {
    this.#peers.attach(pipe);
    this.#queue.attach(pipe);
  }

  detach(pipe: Pipe): void {
    this.#peers.detach(pipe);
    letGo(this.#queue, pipe, this.#host);
  }

  /** All of them, however many: they pass the queues, so that no mark can lose one (libzmq loses what is beyond it). */
  opened(pipe: Pipe): void {
    for (const topic of this.#topics.topics()) pipe.subscription(topic, true);
  }

  readable(pipe: Pipe): void {
    this.#queue.readable(pipe);
  }

  writable(): void {}

  /** Each call is told to the publishers, a repeated one too, as libzmq does. */
  subscribe(topic: Uint8Array): void {
    const own = copyOf(topic);
    this.#topics.add(own);
    this.#tell(own, true);
  }

  unsubscribe(topic: Uint8Array): void {
    const last = this.#topics.remove(topic);
    if (last || this.#host.options.verboseUnsubscribe) this.#tell(copyOf(topic), false);
  }

  wanted(): Iterable<Uint8Array> {
    return this.#topics.asked();
  }

  want(topic: Uint8Array): void {
    this.subscribe(topic);
  }

  /** XSUB: 01 or 00 and a topic is a request to subscribe or its end; all else goes to every publisher. */
  send(message: Message): boolean {
    const data = withoutRequests(message, this.#host.options.onlyFirstSubscribe, (topic, added) => {
      if (added) this.subscribe(topic);
      else this.unsubscribe(topic);
    });
    if (data.length === 0) this.#host.copies(0);
    else countCopies(this.#peers.sendToAll(data) + this.#peers.dropped, this.#host);
    return true;
  }

  receive(): Message | undefined {
    return this.#wanted.receive();
  }

  get canSend(): boolean {
    return !this.#filters;
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

  #matches(message: Message): boolean {
    return this.#topics.matches(message[0] ?? EMPTY) !== this.#host.options.invertMatching;
  }

  #tell(topic: Uint8Array, added: boolean): void {
    for (const pipe of this.#peers) if (pipe.connected) pipe.subscription(topic, added);
  }
}

export const XSUB: SocketType = socketType({
  name: "XSUB",
  number: 10,
  className: "XSubscriber",
  peers: ["PUB", "XPUB"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  sends: true,
  receives: true,
  whenMute: "drop",
  connectsOnce: false,
  doc: "Receives as SUB does, without dropping anything; subscribes by sending 01 or 00 and a topic.",
  pattern: (host) => new SubscriberPattern(host, false),
});

/** Receives like {@link Subscriber}; sends 01 and a topic to subscribe, 00 to end that, and anything else as data. */
export class XSubscriber extends Socket {
  constructor(options?: SocketOptions<XSubscriber>) {
    super(XSUB.number, options);
  }
}
export interface XSubscriber extends Sending, Receiving, OptionsOf<"XSUB"> {}
equip(XSubscriber, XSUB);
