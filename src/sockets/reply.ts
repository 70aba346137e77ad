import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { join, split } from "../routing/envelope.ts";
import type { FairQueue } from "../routing/fair-queue.ts";
import { inbound, letGo } from "./inbound.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/**
 * RFC 28 "REP": takes a request from each peer in turn and returns the reply with the request's envelope, everything up
 * to its first empty frame. Never waits: a reply to a peer that is gone or full is dropped.
 */
class ReplyPattern implements Pattern {
  readonly #queue: FairQueue;
  readonly #host: PatternHost;
  /** Of the request that awaits its reply. */
  #envelope: Message | null = null;
  #from: Pipe | null = null;
  /** A request that `canReceive` had to take in to know. */
  #next: { envelope: Message; body: Message; from: Pipe | null } | undefined = undefined;

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

  send(message: Message): boolean {
    const envelope = this.#envelope;
    if (envelope === null) throw new ZmqError("EFSM", { hint: "a REP sends only in answer to a received request" });
    const to = this.#from;
    this.#envelope = this.#from = null;
    if (to === null || !to.alive) this.#host.drop("unroutable");
    else if (!to.write(join(envelope, message))) to.reject("hwm");
    this.#host.wake(); // the next request may be received now
    return true;
  }

  receive(): Message | undefined {
    if (this.#envelope !== null) return undefined;
    const request = this.#next ?? this.#nextRequest();
    if (request === undefined) return undefined;
    this.#next = undefined;
    this.#envelope = request.envelope;
    this.#from = request.from;
    this.#host.moved(); // a reply may be sent now
    return request.body;
  }

  get idle(): boolean {
    return this.#envelope === null;
  }

  receiveError(): ZmqError | undefined {
    if (this.#envelope === null) return undefined;
    return new ZmqError("EFSM", { hint: "a REP receives again only after it has sent its reply" });
  }

  get canSend(): boolean {
    return this.#envelope !== null;
  }

  get canReceive(): boolean {
    if (this.#envelope !== null) return false;
    this.#next ??= this.#nextRequest();
    return this.#next !== undefined;
  }

  get held(): number {
    return this.#next === undefined ? 0 : 1;
  }

  get source(): Pipe | null {
    return this.#from;
  }

  /** A message without a delimiter is no request (libzmq.md 1.2). */
  #nextRequest(): { envelope: Message; body: Message; from: Pipe | null } | undefined {
    for (;;) {
      const message = this.#queue.receive();
      if (message === undefined) return undefined;
      const opened = split(message);
      if (opened !== undefined) return { ...opened, from: this.#queue.last };
      this.#host.drop("refused");
    }
  }
}

export const REP: SocketType = socketType({
  name: "REP",
  number: 4,
  className: "Reply",
  peers: ["REQ", "DEALER"],
  wire: "zmtp",
  identifies: false,
  publishes: false,
  sends: true,
  receives: true,
  whenMute: "drop",
  connectsOnce: false,
  doc: "Receives a request from each peer in turn and sends its reply back there.",
  pattern: (host) => new ReplyPattern(host),
});

/** Receives a request, then sends the reply to whoever asked, in turn (RFC 28). */
export class Reply extends Socket {
  constructor(options?: SocketOptions<Reply>) {
    super(REP.number, options);
  }
}
export interface Reply extends Sending, Receiving, OptionsOf<"REP"> {}
equip(Reply, REP);
