import { copyOf } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { Bundle } from "../routing/bundle.ts";
import { Distributor } from "../routing/distributor.ts";
import { FairQueue } from "../routing/fair-queue.ts";
import { Many, TopicMatcher } from "../routing/subscriptions.ts";
import { toTopic } from "./convert.ts";
import { letGo } from "./inbound.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import { Notices } from "./notices.ts";
import { publish } from "./outbound.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { coreOf } from "./core-of.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/**
 * RFC 29 "XPUB": each message to every subscriber whose topics match its first frame; subscriptions come in as messages.
 * PUB is the same without the second half.
 */
export class PublisherPattern implements Pattern {
  readonly #host: PatternHost;
  readonly #peers = new Distributor();
  readonly #bundle: Bundle;
  readonly #topics = new TopicMatcher<Pipe>();
  /** With `manual`, what peers asked for, whatever was made of it: so that its end can be told when they leave. */
  readonly #asked = new TopicMatcher<Pipe>();
  readonly #queue: FairQueue;
  readonly #notices = new Notices();
  /** Peers that were lost and are expected back: what they then subscribe to replaces what they had. */
  readonly #stale: Set<Pipe> = new Set();
  readonly #notifies: boolean;
  /** Peers that are gone and left messages which nobody has read, in the order they left. */
  readonly #departed: Set<Pipe> = new Set();
  #source: Pipe | null = null;
  /** Whom manual subscriptions are for, and, with `manualLastValue`, the next message. */
  #lastAsker: Pipe | null = null;
  #only: Pipe | null = null;

  /** `notifies`: whether the user receives subscriptions and upstream data (XPUB), or not (PUB). */
  constructor(host: PatternHost, notifies: boolean) {
    this.#host = host;
    this.#notifies = notifies;
    this.#bundle = new Bundle(host);
    this.#queue = new FairQueue((pipe) => this.#readEmpty(pipe));
  }

  get topicsCount(): number {
    return this.#topics.size;
  }

  get held(): number {
    return this.#notices.length;
  }

  /** How many peers want a message that begins with `topic`. */
  subscribers(topic: Uint8Array): number {
    this.#topics.match(topic, this.#peers.match);
    const count = this.#peers.matching;
    this.#peers.unmark();
    return count;
  }

  attach(pipe: Pipe): void {
    this.#peers.attach(pipe);
    this.#queue.attach(pipe);
  }

  detach(pipe: Pipe): void {
    this.#peers.detach(pipe);
    this.#stale.delete(pipe);
    this.#notices.orphan(pipe);
    this.#forget(pipe);
    if (this.#lastAsker === pipe) this.#lastAsker = this.#only = null;
    letGo(this.#queue, pipe, this.#host);
    if (pipe.queuedIn > 0) this.#keepFor(pipe);
  }

  opened(pipe: Pipe): void {
    const welcome = this.#host.options.welcomeMessage;
    if (!this.#notifies || welcome === null || welcome.length === 0) return;
    this.#host.generated(1);
    if (!pipe.write([welcome])) pipe.reject("hwm");
  }

  lost(pipe: Pipe): void {
    this.#stale.add(pipe);
  }

  readable(pipe: Pipe): void {
    this.#queue.readable(pipe);
    if (this.#notifies) return;
    while (this.#queue.receive() !== undefined) this.#host.drop("refused");
  }

  writable(): void {}

  subscription(pipe: Pipe, topic: Uint8Array, added: boolean): void {
    if (this.#stale.delete(pipe)) this.#forget(pipe);
    if (this.#overLimit(pipe, topic, added)) return;
    const { manual, manualLastValue, verbosity } = this.#host.options;
    if (this.#notifies && (manual || manualLastValue)) {
      if (added) this.#asked.add(topic, pipe);
      else this.#asked.remove(topic, pipe);
      this.#notify(topic, added, pipe);
      return;
    }
    if (added) {
      const { firstOfAll } = this.#changing.add(topic, pipe);
      if (firstOfAll || verbosity !== null) this.#notify(topic, true, pipe);
    } else {
      const { lastOfAll } = this.#changing.remove(topic, pipe);
      if (lastOfAll || verbosity === "allSubsUnsubs") this.#notify(topic, false, pipe);
    }
  }

  /** ZMQ_SUBSCRIBE on an XPUB with `manual`: for the peer last received from. */
  subscribe(topic: Uint8Array): void {
    this.#checkManual();
    if (this.#lastAsker !== null) this.#changing.add(copyOf(topic), this.#lastAsker);
  }

  /** ZMQ_UNSUBSCRIBE, likewise. */
  unsubscribe(topic: Uint8Array): void {
    this.#checkManual();
    if (this.#lastAsker !== null) this.#changing.remove(topic, this.#lastAsker);
  }

  /** By the shortest way for whom the message goes to; `#sendToMarked` is the one that serves all. */
  send(message: Message): boolean {
    const { invertMatching, noDrop } = this.#host.options;
    if (this.#only !== null || invertMatching) return this.#sendToMarked(message);
    const holder = this.#topics.holder(message[0] as Uint8Array); // a message has a frame
    if (holder === undefined) return publish(this.#peers, message, this.#host);
    if (!(holder instanceof Many)) return holder === null ? this.#sendToMarked(message) : this.#sendTo(holder, message);
    if (!this.#bundle.send(holder.list, message, noDrop)) return this.#sendToMarked(message);
    this.#host.copies(holder.list.length, true);
    return true;
  }

  #sendTo(pipe: Pipe, message: Message): boolean {
    if (pipe.write(message)) return true;
    if (!pipe.alive) this.#host.drop("no-peer");
    else if (this.#host.options.noDrop) return false;
    else pipe.reject("hwm");
    return true;
  }

  #sendToMarked(message: Message): boolean {
    const peers = this.#peers;
    const only = this.#only;
    const match = only === null ? peers.match : (pipe: Pipe): void => void (pipe === only && peers.match(pipe));
    this.#topics.match(message[0] as Uint8Array, match); // a message has a frame
    if (this.#host.options.invertMatching) peers.invert();
    this.#only = null;
    if (publish(peers, message, this.#host)) return true;
    this.#only = only;
    return false;
  }

  receive(): Message | undefined {
    const notice = this.#notices.shift();
    if (notice !== undefined) {
      this.#heed(notice.from);
      return [notice.frame];
    }
    const message = this.#notifies ? this.#queue.receive() : undefined;
    if (message !== undefined) this.#source = this.#queue.last;
    return message;
  }

  get canSend(): boolean {
    return true;
  }

  get canReceive(): boolean {
    return this.#notices.length > 0 || (this.#notifies && this.#queue.ready);
  }

  get source(): Pipe | null {
    return this.#source;
  }

  /** The topics, to be changed: what was sent until now is for those who hold them now. */
  get #changing(): TopicMatcher<Pipe> {
    this.#bundle.settle();
    return this.#topics;
  }

  #heed(pipe: Pipe | null): void {
    this.#source = pipe;
    // Who asked may have left meanwhile: nobody can be subscribed for him.
    this.#lastAsker = pipe?.alive === true ? pipe : null;
    this.#only = this.#host.options.manualLastValue ? this.#lastAsker : null;
  }

  #readEmpty(pipe: Pipe): void {
    this.#departed.delete(pipe);
    this.#host.drained(pipe);
  }

  /** What a peer left stays readable; but a publisher's user may never read, and then the oldest has to go. */
  #keepFor(pipe: Pipe): void {
    this.#departed.add(pipe);
    const [oldest] = this.#departed;
    if (oldest === undefined || this.#departed.size <= this.#host.options.maxDeparted) return;
    this.#queue.detach(oldest);
    this.#readEmpty(oldest);
  }

  /** All that a peer had subscribed to ends; what nobody else has is told (RFC 29). */
  #forget(pipe: Pipe): void {
    const { manual, manualLastValue, verbosity } = this.#host.options;
    const tell = (topic: Uint8Array): void => this.#notify(topic, false, null);
    const silent = (): void => {};
    const isManual = manual || manualLastValue;
    this.#changing.removeAll(pipe, isManual ? silent : tell, verbosity === "allSubsUnsubs");
    this.#asked.removeAll(pipe, isManual ? tell : silent, true);
    this.#trim();
  }

  #checkManual(): void {
    const { manual, manualLastValue } = this.#host.options;
    if (manual || manualLastValue) return;
    throw new ZmqError("EINVAL", { hint: "an XPublisher subscribes its peers only with `manual` set" });
  }

  #notify(topic: Uint8Array, added: boolean, from: Pipe | null): void {
    if (!this.#notifies) return;
    this.#notices.push(topic, added, from);
    this.#host.noticed(1);
    this.#host.wake();
  }

  /** A peer may not make us hold any number of topics, or of notices that the user does not read. */
  #overLimit(pipe: Pipe, topic: Uint8Array, added: boolean): boolean {
    const { maxSubscriptions, maxSubscriptionBytes } = this.#host.options;
    const waiting = this.#notices.waiting(pipe);
    const held = added ? this.#topics.countOf(pipe) + this.#asked.countOf(pipe) : 0;
    const bytes = added ? this.#topics.bytesOf(pipe) + this.#asked.bytesOf(pipe) + topic.length : 0;
    const notices = waiting.count < maxSubscriptions * 2 && waiting.bytes <= maxSubscriptionBytes * 2;
    if (held < maxSubscriptions && bytes <= maxSubscriptionBytes && notices) return false;
    const what = notices ? "subscriptions" : "changes of subscriptions that nobody received";
    this.#host.refuse(pipe, `it has more than ${maxSubscriptions} ${what}, or ${maxSubscriptionBytes} bytes of them`);
    return true;
  }

  /** Notices of peers that are gone are as many as one peer's may be; beyond, the oldest of all are lost. */
  #trim(): void {
    const { maxSubscriptions, maxSubscriptionBytes } = this.#host.options;
    const orphaned = this.#notices.waiting(null);
    while (orphaned.count > maxSubscriptions * 2 || orphaned.bytes > maxSubscriptionBytes * 2) {
      this.#notices.shift();
      this.#host.drop("hwm");
    }
  }
}

export const XPUB: SocketType = socketType({
  name: "XPUB",
  number: 9,
  className: "XPublisher",
  peers: ["SUB", "XSUB"],
  wire: "zmtp",
  identifies: false,
  publishes: true,
  sends: true,
  receives: true,
  whenMute: "drop",
  connectsOnce: false,
  doc: "Publishes as PUB does, and receives its subscribers' subscriptions and data.",
  pattern: (host) => new PublisherPattern(host, true),
});

type Topic = string | Uint8Array;

/** Publishes like {@link Publisher}, and receives what its peers subscribe to (01 or 00, then the topic) and send. */
export class XPublisher extends Socket {
  constructor(options?: SocketOptions<XPublisher>) {
    super(XPUB.number, options);
  }

  /** With `manual`: subscribes the peer whose request was received last to these topics (ZMQ_SUBSCRIBE). */
  subscribe(...topics: Topic[]): void {
    for (const topic of topics.map(toTopic)) this.#pattern.subscribe(topic);
  }

  /** With `manual`: ends subscriptions of the peer whose request was received last (ZMQ_UNSUBSCRIBE). */
  unsubscribe(...topics: Topic[]): void {
    for (const topic of topics.map(toTopic)) this.#pattern.unsubscribe(topic);
  }

  get #pattern(): PublisherPattern {
    return coreOf(this).openPattern as PublisherPattern; // of this type
  }
}
export interface XPublisher extends Sending, Receiving, OptionsOf<"XPUB"> {}
equip(XPublisher, XPUB);
