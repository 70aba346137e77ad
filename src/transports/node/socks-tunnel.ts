import { allocateSmall, view } from "../../base/bytes.ts";
import { ZmqError } from "../../base/errors.ts";
import type { SocksHandshake } from "../socks.ts";
import type { ByteStream, StreamEvents } from "../transport.ts";

/** A reply with the longest name (RFC 1928, section 6). */
const LONGEST_ANSWER = 262;

/** What comes of the handshake with a proxy; exactly one of the two is called, unless it is cancelled. */
export interface TunnelEvents {
  /** The stream is the target's from now on; `rest` is what was read of it already. */
  opened(rest: Uint8Array): void;
  failed(error: Error): void;
}

/**
 * Carries the handshake with a SOCKS proxy over a stream that reaches it, and ends there: who listens to the stream
 * next gets all that the target says.
 */
export class SocksTunnel implements StreamEvents {
  readonly #stream: ByteStream;
  readonly #handshake: SocksHandshake;
  readonly #events: TunnelEvents;
  readonly #memory: Uint8Array = allocateSmall(LONGEST_ANSWER);
  readonly #timer: NodeJS.Timeout | undefined;
  #over = false;

  /** Gives up after `limit` ms; 0 waits for ever. */
  constructor(stream: ByteStream, handshake: SocksHandshake, limit: number, events: TunnelEvents) {
    this.#stream = stream;
    this.#handshake = handshake;
    this.#events = events;
    const late = (): void => this.#fail(new ZmqError("ETIMEDOUT", { hint: `no answer in ${limit} ms` }));
    this.#timer = limit > 0 ? setTimeout(late, limit).unref() : undefined;
    stream.begin(this);
    this.#send(handshake.start());
  }

  cancel(): void {
    if (this.#end()) this.#stream.close();
  }

  received(bytes: Uint8Array): void {
    if (this.#over) return;
    try {
      const next = this.#handshake.receive(bytes);
      if (next.length > 0) this.#send(next);
    } catch (error) {
      this.#fail(error as Error); // a ZmqError of the handshake's
      return;
    }
    if (this.#handshake.done && this.#end()) this.#events.opened(this.#handshake.rest);
  }

  /** Never more than is wanted, so that the first bytes of the target are not read here. */
  target(): Uint8Array | null {
    return this.#over ? null : view(this.#memory, 0, Math.min(this.#handshake.wanted, LONGEST_ANSWER));
  }

  drained(): void {}

  closed(error?: Error): void {
    const hint = "the SOCKS proxy ended the connection in the middle of its handshake";
    this.#fail(error ?? new ZmqError("ECONNRESET", { hint }));
  }

  #send(bytes: Uint8Array): void {
    this.#stream.write([bytes], () => undefined);
  }

  #fail(error: Error): void {
    if (!this.#end()) return;
    this.#stream.close();
    this.#events.failed(error);
  }

  /** False when it was over already. */
  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#timer);
    return true;
  }
}
