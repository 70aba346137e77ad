import type net from "node:net";
import { Deque } from "../../base/deque.ts";
import { fromSystem } from "../../base/errors.ts";
import type { ByteStream, StreamEvents } from "../transport.ts";
import { awaitWord, discardArrived, tailOf, writeAllSync } from "./flush.ts";
import { setReading, unsent } from "./internals.ts";
import type { Reader } from "./reader.ts";

/** With more than this pending, `write` says that the kernel is behind; `drained` comes below half of it. */
export const HIGH_WATER: number = 256 * 1024;

/** How long, after our orderly end, the other end may take to read what is left and to end too. */
const LAST_WORDS = 2000;
/** The same where a peer loses what it has not read when we close: it may be slow, and the process waits for it. */
const LAST_WORDS_TO_LOSE = 10_000;

/** What a stream says of its other end; taken when it opens, because a closed socket has forgotten it. */
export interface Ends {
  readonly remote: string;
  readonly peerAddress: string;
  readonly closeOvertakes: boolean;
}

interface Pending {
  /** Where it ends, counted in bytes from the stream's beginning. */
  readonly end: number;
  readonly parts: readonly Uint8Array[];
  readonly done: (delivered: boolean) => void;
}

/**
 * A connected `net.Socket` as a `ByteStream`.
 *
 * Knows nothing of addresses or of how it came to be. It never keeps the process alive by itself, except, in the event
 * loop's nature, while bytes given to the kernel are on their way there, or where closing would cost the peer some.
 */
export class NodeStream implements ByteStream {
  readonly remote: string;
  readonly peerAddress: string;
  readonly closeOvertakes: boolean;
  readonly #socket: net.Socket;
  readonly #reader: Reader;
  /** Null before the first write that the kernel does not take at once. */
  #pending: Deque<Pending> | null = null;
  #events: StreamEvents | null = null;
  #given = 0;
  /** How far all is known to be with the kernel, counted as `Pending.end`. */
  #sent = 0;
  #behind = false;
  #ended = false;
  #over = false;
  #error: Error | undefined;
  #lastWords: NodeJS.Timeout | undefined;

  constructor(socket: net.Socket, reader: Reader, ends: Ends) {
    this.#socket = socket;
    this.#reader = reader;
    this.remote = ends.remote;
    this.peerAddress = ends.peerAddress;
    this.closeOvertakes = ends.closeOvertakes;
    socket.unref();
    socket.pause();
    if (reader.onread === undefined) socket.on("data", (bytes: Uint8Array) => reader.received(bytes));
    socket.on("error", (error) => (this.#error = error));
    socket.on("end", () => this.#peerEnded());
    socket.on("close", () => this.#finish());
  }

  get pending(): number {
    return this.#over ? 0 : this.#socket.writableLength;
  }

  begin(events: StreamEvents): void {
    if (this.#ended) return;
    if (this.#over) {
      process.nextTick(() => events.closed(this.#reason()));
      return;
    }
    this.#events = this.#reader.events = events;
    setReading(this.#socket, true);
  }

  write(parts: readonly Uint8Array[], done: (delivered: boolean) => void): boolean {
    const socket = this.#socket;
    if (this.#ended || this.#over || !socket.writable) {
      done(false);
      return true;
    }
    const last = parts.length - 1;
    if (last > 0) socket.cork();
    for (let at = 0; at < last; at++) this.#hand(parts[at]);
    this.#hand(parts[last], this.#written);
    if (last > 0) socket.uncork();
    const left = socket.writableLength;
    // The usual case: the kernel took all at once, and nothing need be remembered.
    if (left === 0 && (this.#pending === null || this.#pending.length === 0) && !socket.errored) {
      done(true);
      return true;
    }
    (this.#pending ??= new Deque()).push({ end: this.#given, parts, done });
    if (left > HIGH_WATER) this.#behind = true;
    return left <= HIGH_WATER;
  }

  pause(): void {
    if (!this.#ended && !this.#over) setReading(this.#socket, false);
  }

  resume(): void {
    if (!this.#over && this.#events !== null) setReading(this.#socket, true);
  }

  close(): void {
    if (this.#over) return;
    this.#ended = true;
    this.#mute();
    this.#destroy();
  }

  end(): void {
    if (this.#ended || this.#over) return;
    this.#ended = true;
    this.#mute();
    const socket = this.#socket;
    // From now on, not from when our bytes are out: a peer that reads nothing would stay for as long as it likes.
    const limit = this.closeOvertakes ? LAST_WORDS_TO_LOSE : LAST_WORDS;
    this.#lastWords = setTimeout(() => socket.destroy(), limit).unref();
    if (this.closeOvertakes) socket.ref();
    socket.end();
    // Reading on keeps unread bytes from turning the end into a reset, and shows when the other end is done.
    setReading(socket, true);
  }

  flushSync(parts: readonly Uint8Array[], limit: number): number {
    if (this.#over) return 0;
    const behind = unsent(this.#socket, this.#given);
    const written = behind === undefined ? this.#lastWrite(parts) : this.#catchUp(behind, parts, limit);
    this.close();
    return written;
  }

  #hand(part: Uint8Array | undefined, written?: () => void): void {
    if (part === undefined) return;
    this.#given += part.length;
    this.#socket.write(part, written);
  }

  /** One function for all writes: it reads off how far the kernel is, so that no write needs a closure. */
  readonly #written = (): void => {
    this.#measure();
    this.#settle();
    if (!this.#behind || this.#over || this.#socket.writableLength > HIGH_WATER / 2) return;
    this.#behind = false;
    this.#events?.drained();
  };

  /** After an error Node's count no longer says what was sent. */
  #measure(): void {
    const socket = this.#socket;
    if (!socket.errored && !socket.destroyed) this.#sent = Math.max(this.#sent, this.#given - socket.writableLength);
  }

  #settle(): void {
    const pending = this.#pending;
    if (pending === null) return;
    for (let next = pending.peek(); next !== undefined && next.end <= this.#sent; next = pending.peek()) {
      pending.shift();
      next.done(true);
    }
  }

  #mute(): void {
    this.#events = this.#reader.events = null;
  }

  #destroy(): void {
    this.#measure();
    this.#socket.destroy();
  }

  #peerEnded(): void {
    // After `end`, the socket closes by itself once our bytes are out too.
    if (!this.#ended) this.#destroy();
  }

  /** Only now is the memory of pending writes surely free again: not before may `done` be called. */
  #finish(): void {
    const events = this.#events;
    this.#over = true;
    this.#mute();
    clearTimeout(this.#lastWords);
    this.#settle();
    const lost = this.#pending;
    this.#pending = null;
    for (let next = lost?.shift(); next !== undefined; next = lost?.shift()) next.done(false);
    events?.closed(this.#reason());
  }

  #reason(): Error | undefined {
    return this.#error === undefined ? undefined : fromSystem(this.#error, this.remote);
  }

  #catchUp(behind: { fd: number; bytes: number }, parts: readonly Uint8Array[], limit: number): number {
    const queued: Uint8Array[] = [];
    const pending = this.#pending;
    for (let left = pending?.length ?? 0; left > 0; left--) {
      const next = pending?.shift() as Pending; // as many are there
      queued.push(...next.parts);
      pending?.push(next);
    }
    const all = [...tailOf(queued, behind.bytes), ...parts];
    if (this.closeOvertakes) discardArrived(behind.fd);
    const written = writeAllSync(behind.fd, all, limit);
    if (this.closeOvertakes && written > 0) awaitWord(behind.fd, limit);
    discardArrived(behind.fd);
    this.#sent = this.#given - Math.max(0, behind.bytes - written);
    return Math.max(0, written - behind.bytes);
  }

  /** Without a descriptor: one more ordinary write, which goes out at once if the kernel has room. */
  #lastWrite(parts: readonly Uint8Array[]): number {
    const before = this.#given;
    this.write(parts, () => undefined);
    return this.#socket.writableLength === 0 && !this.#socket.errored ? this.#given - before : 0;
  }
}
