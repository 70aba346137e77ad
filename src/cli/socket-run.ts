import { setTimeout as delay } from "node:timers/promises";
import * as draft from "../draft.ts";
import * as zmq from "../index.ts";
import { addressesOf, attach, isUdp, type Address } from "./addresses.ts";
import type { Arguments } from "./args.ts";
import { fromFrames, toFrames } from "./beside.ts";
import { TimeoutError, UsageError } from "./failure.ts";
import { optionValues, type SocketValues } from "./flags.ts";
import { formatOf, type Format } from "./formats.ts";
import { messagesOf } from "./input.ts";
import { onInterrupt } from "./interrupt.ts";
import { Output } from "./output.ts";
import type { SocketKind, SocketVerb } from "./verb.ts";

/** A socket with all methods; those that its type lacks are not called, as commands are chosen by type. */
export type AnySocket = zmq.Socket &
  zmq.Sending &
  zmq.Receiving &
  Pick<zmq.Subscriber, "subscribe" | "linger" | "topicsCount"> &
  Pick<draft.Dish, "join"> &
  Pick<draft.Peer, "connectPeer">;

/** What a socket verb does with its socket once that is open. */
export type Command = (run: SocketRun) => Promise<void>;

/** How often a publisher looks for its first subscription, in ms: nothing tells of it. */
const LOOK_EVERY = 5;

/** One run of a socket verb: its socket, its input and output. What is done with them is the command's. */
export class SocketRun {
  readonly type: zmq.SocketType;
  readonly kind: SocketKind;
  readonly values: SocketValues;
  readonly socket: AnySocket;
  readonly format: Format;
  readonly addresses: readonly Address[];
  /** For each step; undefined leaves it to the socket's options. */
  readonly limit: zmq.WaitOptions | undefined;
  readonly #output: Output = new Output(process.stdout);
  readonly #forget: () => void;

  /** Throws when an address or an option is not right. */
  constructor({ type, kind, settings }: SocketVerb, args: Arguments) {
    this.type = type;
    this.kind = kind;
    this.values = args.values; // parsed by the flags of a socket verb
    const { timeout, format = kind.format ?? "text", delimiter = "\t" } = this.values;
    this.addresses = addressesOf(args.positionals, this.values, kind.usual, type.datagrams?.by);
    this.format = formatOf(format, { delimiter, named: kind.named === true });
    this.limit = timeout === undefined ? undefined : { timeout };
    this.socket = makeSocket(type);
    for (const [property, value] of optionValues(args.values, settings)) Reflect.set(this.socket, property, value);
    this.#forget = onInterrupt(() => this.abandon());
  }

  /** Binds and connects. */
  async open(): Promise<void> {
    if (this.values.verbose === true) void this.#tellEvents(this.socket.events);
    for (const address of this.addresses) {
      if (this.kind.numbered === true && address.side === "connect") this.#connectPeer(address.address);
      else await attach(this.socket, address);
    }
    if (this.kind.subscribes !== undefined) await this.#subscribe();
  }

  /** With --wait: until those are there who are to receive. */
  async peersThere(): Promise<void> {
    const { wait = this.kind.waits === true || this.values.peers !== undefined, peers = 1, topic } = this.values;
    if (!wait) return;
    if (!this.type.publishes) return this.socket.ready({ ...this.limit, peers });
    if (topic !== undefined) return this.socket.ready({ ...this.limit, subscribers: peers, topic: topic[0] ?? "" });
    const end = performance.now() + (this.values.timeout ?? Infinity);
    await this.socket.ready({ ...this.limit, peers });
    while (this.socket.topicsCount === 0 && !this.addresses.some(({ address }) => isUdp(address))) {
      if (performance.now() > end) throw new TimeoutError("nobody subscribed in time; send anyway with --no-wait");
      await delay(LOOK_EVERY);
    }
  }

  /** Messages to send, from --message or stdin, at their pace. `endless`: --message is repeated until --count. */
  async *outgoing(endless = false): AsyncGenerator<zmq.MessageLike[], undefined> {
    const { message, interval = 0, count, topic } = this.values;
    const repeats = endless || count !== undefined || interval > 0;
    const source = message === undefined ? messagesOf(process.stdin, this.format) : this.#given(message, repeats);
    const prefix = this.type.publishes && topic !== undefined ? [Buffer.from(topic[0] ?? "")] : [];
    let first = true;
    for await (const frames of source) {
      if (interval > 0 && !first) await delay(interval);
      first = false;
      yield [...prefix, ...frames];
    }
  }

  /** The next message, as frames. */
  async receive(): Promise<Buffer[]> {
    const message = await this.socket.receive(this.limit);
    if (this.kind.addressed === true) return withoutZero(message);
    return this.type.beside === undefined ? message : toFrames(this.type.beside, message);
  }

  /** Sends frames. */
  send(message: readonly zmq.MessageLike[]): Promise<void> {
    if (this.type.beside === undefined) return this.socket.send(message, this.limit);
    const [body, options] = fromFrames(this.type.beside, message as readonly Buffer[]); // as read, or received
    return this.socket.send(body, { ...options, ...this.limit });
  }

  /** A promise when whoever reads stdout is behind: wait for it before receiving more. */
  print(message: readonly Buffer[]): Promise<void> | undefined {
    return this.#output.print(this.format.encode(message));
  }

  /** Sees to it that all is delivered, within --timeout, and ends. */
  async finish(): Promise<void> {
    const { timeout } = this.values;
    if (this.type.sends && timeout !== undefined) await this.#deliver(timeout);
    this.close();
    await this.socket.ended();
  }

  /** Ends, leaving what is queued to the linger time. Safe to call twice. */
  close(): void {
    if (this.socket.closed) return;
    if (this.values.stats === true) console.error(JSON.stringify(this.socket.stats()));
    this.socket.close();
    this.#output.flush();
    this.#forget();
    process.stdin.destroy(); // a terminal that nobody reads any more would hold the process
  }

  /** Ends at once: what is queued is dropped. */
  abandon(): void {
    this.socket.linger = 0;
    this.close();
  }

  async #subscribe(): Promise<void> {
    const topics = this.values.topic;
    if (this.kind.subscribes === "join") {
      if (topics === undefined) throw new UsageError("say which groups to join, with --topic");
      return this.socket.join(...topics);
    }
    for (const topic of topics ?? [""]) {
      if (this.kind.subscribes === "call") this.socket.subscribe(topic);
      else await this.socket.send(Buffer.from(`\x01${topic}`)); // RFC 29: 01 and the topic
    }
  }

  #connectPeer(address: string): void {
    console.error(`zmq: ${address} is peer ${this.socket.connectPeer(address)}`);
  }

  *#given(texts: readonly string[], repeats: boolean): Generator<Buffer[], undefined> {
    const messages = texts.map((text) => this.format.decode(Buffer.from(text)));
    do yield* messages;
    while (repeats);
  }

  async #deliver(timeout: number): Promise<void> {
    const { complete, queued } = await this.socket.drain({ timeout });
    if (complete) return;
    throw new TimeoutError(`${queued} messages were not delivered within ${timeout} ms; is the peer there?`);
  }

  async #tellEvents(events: zmq.Observer): Promise<void> {
    for await (const { type, ...fields } of events) {
      const details = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
      console.error(`zmq: ${type}${details.join("")}`);
    }
  }
}

/** A socket of a type of the table. */
export function makeSocket(type: zmq.SocketType): AnySocket {
  const classes = { ...zmq, ...draft } as unknown as Record<string, new () => AnySocket>; // a type's className is the name of its export
  const Class = classes[type.className];
  if (Class === undefined) throw new UsageError(`there is no socket type ${type.name}`);
  return new Class();
}

/** A DGRAM's address ends with a zero byte, for zeromq.js' sake; it need not, to be sent to. */
function withoutZero([address = Buffer.alloc(0), ...body]: readonly Buffer[]): Buffer[] {
  return [address.subarray(0, -1), ...body];
}

function shown(value: unknown): string {
  return value instanceof Error ? JSON.stringify(value.message) : String(value);
}
