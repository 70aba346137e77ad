import type { Clock } from "../base/clock.ts";
import type { DatagramAddress } from "../base/endpoint.ts";
import type { Message } from "../base/message.ts";
import type { DropReason } from "../observe/drops.ts";
import type { Sink } from "../pipe/lane.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { DatagramEvents, DatagramPort } from "../transports/datagrams.ts";
import type { DatagramCodec } from "../wire/udp/datagram.ts";

/** What a system says that has no room just now, and of a datagram larger than it sends. */
const NO_ROOM: readonly unknown[] = ["ENOBUFS", "ENOMEM", "EAGAIN"];
const TOO_BIG = "EMSGSIZE";

/** What moving messages through one port needs. */
export interface DatagramParts {
  /** The far end. */
  readonly pipe: Pipe;
  readonly port: DatagramPort;
  readonly codec: DatagramCodec;
  /** Most bytes of a frame that comes in; -1 is any number (ZMQ_MAXMSGSIZE). */
  readonly maxMessageSize: number;
  readonly clock: Clock;
  /** All that was taken from the pipe is with the kernel, or lost. */
  emptied(): void;
}

/**
 * Moves messages between a pipe and a port, one datagram each.
 *
 * Nobody is asked to wait: what does not fit into the pipe is dropped and counted, and so is what is malformed, too big or
 * refused by the system. None of that ends anything. What begins and ends it is its endpoint's business.
 */
export class DatagramSession implements DatagramEvents, Sink {
  readonly #parts: DatagramParts;
  readonly #pipe: Pipe;
  readonly #sent = (error: Error | null): void => this.#settle(error);
  #behind = false;
  #ended = false;

  constructor(parts: DatagramParts) {
    this.#parts = parts;
    this.#pipe = parts.pipe;
  }

  begin(): void {
    this.#parts.port.begin(this);
    this.#pipe.sink = this;
    this.drain();
  }

  /** Whether all that was taken is with the kernel, or lost. */
  get empty(): boolean {
    return this.#pipe.traffic.inFlight === 0;
  }

  /** Sends what is queued, as far as the kernel takes it. */
  drain(): void {
    while (!this.#behind && !this.#ended) {
      const message = this.#pipe.read();
      if (message === undefined) return;
      this.#send(message);
    }
  }

  /** Nothing comes or goes any more; what the kernel has not taken by now is dropped as `linger-expired`. */
  end(): void {
    this.#ended = true;
    this.#pipe.sink = null;
    this.#parts.port.close();
  }

  // What the pipe asks.

  accept(message: Message): boolean {
    if (this.#behind) return false;
    this.#send(message);
    return true;
  }

  // What the port tells.

  received(bytes: Uint8Array, from: DatagramAddress): void {
    const pipe = this.#pipe;
    if (!pipe.alive) return;
    const { clock, codec, maxMessageSize } = this.#parts;
    pipe.traffic.bytesIn += bytes.length;
    pipe.traffic.lastTraffic = clock.now();
    pipe.traffic.moved?.();
    if (bytes.length > codec.largest) return pipe.reject("too-big");
    const message = codec.decode(bytes, from);
    if (message === null) return pipe.reject("decode-error");
    if (maxMessageSize >= 0 && message.some((frame) => frame.length > maxMessageSize)) return pipe.reject("too-big");
    if (!pipe.write(message)) pipe.reject("hwm");
  }

  drained(): void {
    this.#behind = false;
    this.drain();
  }

  #send(message: Message): void {
    const datagram = this.#parts.codec.encode(message);
    if (datagram === null) {
      this.#pipe.drops["too-big"]++;
      return;
    }
    const { traffic } = this.#pipe;
    traffic.inFlight++;
    traffic.bytesOut += datagram.bytes.length;
    traffic.lastTraffic = this.#parts.clock.now();
    this.#behind = !this.#parts.port.send(datagram.bytes, datagram.to, this.#sent);
  }

  #settle(error: Error | null): void {
    const { traffic, drops, queuedIn } = this.#pipe;
    traffic.inFlight--;
    if (error === null) traffic.delivered++;
    else drops[this.#ended ? "linger-expired" : lossOf(error)]++;
    traffic.moved?.();
    if (traffic.inFlight === 0 && queuedIn === 0) this.#parts.emptied();
  }
}

function lossOf(error: Error): DropReason {
  const code = (error as { code?: unknown }).code; // any error may have one
  if (code === TOO_BIG) return "too-big";
  return NO_ROOM.includes(code) ? "hwm" : "unroutable";
}
