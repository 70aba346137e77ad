import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { Correlator } from "../routing/correlator.ts";
import { DealerPattern } from "./dealer.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/**
 * RFC 28 "REQ": a DEALER in lockstep. It puts an empty delimiter before each request (and a request id before that, with
 * `correlate`), and takes a reply only from the peer that it asked.
 */
class RequestPattern implements Pattern {
  readonly #peers: DealerPattern;
  readonly #host: PatternHost;
  readonly #correlator: Correlator;
  /** A request is out and its reply is awaited. */
  #waiting = false;
  #asked: Pipe | null = null;
  /** A reply that `canReceive` had to take in to know. */
  #reply: Message | undefined = undefined;

  constructor(host: PatternHost) {
    this.#host = host;
    this.#peers = new DealerPattern(host);
    this.#correlator = new Correlator(host.random32());
  }

  attach(pipe: Pipe): void {
    this.#peers.attach(pipe);
  }

  detach(pipe: Pipe): void {
    this.#peers.detach(pipe);
  }

  opened(): void {}

  readable(pipe: Pipe): void {
    this.#peers.readable(pipe);
  }

  writable(pipe: Pipe): void {
    this.#peers.writable(pipe);
  }

  send(message: Message): boolean {
    const { relaxed, correlate } = this.#host.options;
    if (this.#waiting && !relaxed) throw unanswered();
    if (!this.#peers.canSend) return false;
    this.#discardOld();
    this.#correlator.enabled = correlate;
    if (!this.#peers.send(this.#correlator.wrap(message))) return false;
    this.#asked = this.#peers.target;
    this.#waiting = true;
    this.#host.wake(); // over inproc, the reply may be here already
    return true;
  }

  receive(): Message | undefined {
    if (!this.#waiting) return undefined;
    const reply = this.#reply ?? this.#nextReply();
    if (reply === undefined) return undefined;
    this.#reply = undefined;
    this.#waiting = false;
    this.#host.moved(); // the next request may be sent now
    return reply;
  }

  get idle(): boolean {
    return !this.#waiting;
  }

  receiveError(): ZmqError | undefined {
    if (this.#waiting) return undefined;
    return new ZmqError("EFSM", { hint: "a REQ receives only after it has sent a request" });
  }

  get canSend(): boolean {
    return (!this.#waiting || this.#host.options.relaxed) && this.#peers.canSend;
  }

  get canReceive(): boolean {
    if (!this.#waiting) return false;
    this.#reply ??= this.#nextReply();
    return this.#reply !== undefined;
  }

  get held(): number {
    return this.#reply === undefined ? 0 : 1;
  }

  get source(): Pipe | null {
    return this.#peers.source;
  }

  /** The next message that answers the request; all others are dropped (libzmq.md 1.2, 8.3). */
  #nextReply(): Message | undefined {
    for (;;) {
      const message = this.#peers.receive();
      if (message === undefined) return undefined;
      const from = this.#peers.source;
      const body = from === this.#asked ? this.#correlator.unwrap(message) : undefined;
      if (body !== undefined) return body;
      this.#host.drop("refused");
    }
  }

  /** Whatever waits inbound when a request is sent answers an older one. */
  #discardOld(): void {
    if (this.#reply !== undefined) this.#host.drop("refused");
    this.#reply = undefined;
    while (this.#peers.receive() !== undefined) this.#host.drop("refused");
  }
}

function unanswered(): ZmqError {
  const hint = "the last request has no reply yet; receive() it first, or set `relaxed` to give it up";
  return new ZmqError("EFSM", { hint });
}

/** [id] "" body…: what a REP or a ROUTER may send to a REQ; libzmq closes the connection on all else. */
function wellFramed(message: Message): boolean {
  const first = message[0];
  if (first === undefined) return false;
  if (first.length === 0) return message.length > 1;
  return first.length === 4 && message[1]?.length === 0 && message.length > 2;
}

export const REQ: SocketType = socketType({
  name: "REQ",
  number: 3,
  className: "Request",
  peers: ["REP", "ROUTER"],
  wire: "zmtp",
  identifies: true,
  publishes: false,
  inbound: wellFramed,
  sends: true,
  receives: true,
  whenMute: "wait",
  connectsOnce: true,
  doc: "Sends a request to the next peer, then waits for its reply.",
  pattern: (host) => new RequestPattern(host),
});

/** Sends a request to the next {@link Reply} or {@link Router}, then receives its reply, in turn (RFC 28). */
export class Request extends Socket {
  constructor(options?: SocketOptions<Request>) {
    super(REQ.number, options);
  }
}
export interface Request extends Sending, Receiving, OptionsOf<"REQ"> {}
equip(Request, REQ);
