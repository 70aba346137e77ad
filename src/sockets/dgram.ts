import { printable } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { OptionsOf } from "../options/table.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { FairQueue } from "../routing/fair-queue.ts";
import { decodeAddress } from "../wire/udp/address.ts";
import { ADDRESSED } from "../wire/udp/datagram.ts";
import { inbound, letGo } from "./inbound.ts";
import { equip, type Receiving, type Sending } from "./methods.ts";
import type { Pattern, PatternHost } from "./pattern.ts";
import { Socket, type SocketOptions } from "./socket.ts";
import { socketType, type SocketType } from "./type.ts";

/**
 * DGRAM (no RFC; libzmq's dgram.cpp): raw datagrams, through the one port it is bound to. What an unbound port received
 * stays readable.
 */
class DgramPattern implements Pattern {
  readonly #host: PatternHost;
  readonly #queue: FairQueue;
  #port: Pipe | null = null;

  constructor(host: PatternHost) {
    this.#host = host;
    this.#queue = inbound(host);
  }

  /** With two, nobody could say which one a message leaves through: a second one is let go of, and its bind() fails. */
  attach(pipe: Pipe): void {
    if (this.#port !== null) return this.#host.drained(pipe);
    this.#port = pipe;
    this.#queue.attach(pipe);
  }

  detach(pipe: Pipe): void {
    if (this.#port === pipe) this.#port = null;
    letGo(this.#queue, pipe, this.#host);
  }

  opened(): void {}

  readable(pipe: Pipe): void {
    this.#queue.readable(pipe);
  }

  writable(): void {}

  send(message: Message): boolean {
    const [address, body] = message as [Uint8Array, Uint8Array?]; // a message has a frame
    if (body === undefined || message.length > 2) {
      throw new ZmqError("EINVAL", { hint: "a DGRAM message has two frames: address and bytes" });
    }
    if (decodeAddress(address) === null) {
      throw new ZmqError("EINVAL", { hint: `expected an address like 127.0.0.1:5555, not ${printable(address)}` });
    }
    if (body.length > ADDRESSED.largest) {
      throw new ZmqError("EMSGSIZE", { hint: `a datagram holds ${ADDRESSED.largest} bytes, not ${body.length}` });
    }
    // libzmq aborts; to wait for a bind() that may never come would help nobody either.
    if (this.#port === null) throw new ZmqError("EFSM", { hint: "bind() this DGRAM before it sends" });
    return this.#port.write(message);
  }

  receive(): Message | undefined {
    return this.#queue.receive();
  }

  get canSend(): boolean {
    return this.#port?.ready() === true;
  }

  get canReceive(): boolean {
    return this.#queue.ready;
  }

  get source(): Pipe | null {
    return this.#queue.last;
  }
}

export const DGRAM: SocketType = socketType({
  name: "DGRAM",
  number: 18,
  className: "Datagram",
  peers: [],
  wire: "raw",
  identifies: false,
  publishes: false,
  datagrams: { by: "bind", codec: ADDRESSED, only: true },
  sends: true,
  receives: true,
  whenMute: "wait",
  connectsOnce: false,
  doc: "Sends and receives raw UDP datagrams; the first frame is the other end's address.",
  pattern: (host) => new DgramPattern(host),
});

/**
 * Talks UDP with any program: messages are [address, bytes], both ways. The address is `ip:port`; received ones end with a
 * zero byte, as in zeromq.js, and go back as they are. Needs one bind() before it sends.
 */
export class Datagram extends Socket {
  constructor(options?: SocketOptions<Datagram>) {
    super(DGRAM.number, options);
  }
}
export interface Datagram extends Sending, Receiving, OptionsOf<"DGRAM"> {}
equip(Datagram, DGRAM);
