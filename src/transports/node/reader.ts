import type net from "node:net";
import { allocate, view } from "../../base/bytes.ts";
import type { StreamEvents } from "../transport.ts";
import { heard } from "./alertness.ts";
import { keepFreed } from "./freed.ts";
import { native } from "./internals.ts";

/**
 * One read buffer for all connections: a read is handed on synchronously, so that two are never in it at once. Large
 * enough for a message of 64 KiB and its framing in one read (a round trip of such: 97 to 90 µs).
 */
const SHARED: Uint8Array = allocate(128 * 1024);

/** What Node takes as "go on with the buffer you have". */
const UNCHANGED = false as unknown as Uint8Array; // its type wants a buffer each time; anything else keeps the current one

/**
 * Decides where the next bytes of one connection land, and hands them on.
 *
 * Reads go to the shared buffer or to the memory that `target` gives; small reads allocate nothing but a view. It never
 * starts or stops reading: that is the stream's.
 */
export class Reader {
  /** Null until the stream begins and after it is over: bytes are then thrown away. */
  events: StreamEvents | null = null;
  /** For the socket's constructor; undefined where the runtime has no such reads. */
  readonly onread: net.OnReadOpts | undefined;
  #current: Uint8Array | null = null;

  constructor() {
    if (native) this.onread = { buffer: () => this.#next(), callback: (size, buffer) => this.#landed(size, buffer) };
  }

  /** For sockets that read as they like. */
  received(bytes: Uint8Array): void {
    this.events?.received(bytes);
  }

  #next(): Uint8Array {
    const target = this.events?.target() ?? SHARED;
    const next = target.length === 0 ? SHARED : target;
    if (next === this.#current) return UNCHANGED;
    if (next !== SHARED) keepFreed();
    this.#current = next;
    return next;
  }

  #landed(size: number, buffer: Uint8Array): boolean {
    const { events } = this;
    events?.received(size === buffer.length ? buffer : view(buffer, 0, size));
    // Whoever has messages to take works while the peer does. (DEALER-ROUTER, 100 of 64 B in flight: 7 to 17 % more.)
    if (events?.unread !== true) heard();
    return true;
  }
}
