import { view } from "../base/bytes.ts";
import { Deque } from "../base/deque.ts";
import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { Passage, PassageEvents } from "../transports/threads.ts";
import { PIECE } from "../transports/threads/ring.ts";
import type { ByteStream, StreamEvents } from "../transports/transport.ts";
import type { RelayWord, StreamEnds, StreamWord } from "./commands.ts";
import { decodeValue, encodeValue } from "./values.ts";

/** Bytes that may be on their way to a session, or wait for it here while it does not read. */
const WINDOW = 256 * 1024;

/** With more than this not taken by the kernel, `write` says that it is behind; `drained` comes below half of it. */
const HIGH_WATER = 256 * 1024;

/** ms between two looks whether there is room. */
const LOOK_EVERY = 1;

/** What a relayed stream needs of its thread. */
export interface RelayedHost {
  atEndOfTurn(run: () => void): void;
  /** Has the other thread see what was written, and writes what waits for room, as far as there is any. */
  push(): void;
}

interface Pending {
  /** Where it ends, counted in bytes from the stream's beginning. */
  readonly end: number;
  readonly done: (delivered: boolean) => void;
}

/** The stream of a session whose connection is in another I/O thread, where a relay (relay.ts) moves its bytes. */
export class RelayedStream implements ByteStream, PassageEvents {
  readonly remote: string;
  readonly peerAddress: string;
  readonly closeOvertakes: boolean;
  readonly #host: RelayedHost;
  readonly #passage: Passage;
  #events: StreamEvents | null = null;
  /** What came while nobody reads. */
  readonly #arrived = new Deque<Uint8Array>();
  #paused = false;
  /** Bytes that were read, of which the relay does not know. */
  #read = 0;
  readonly #pending = new Deque<Pending>();
  #given = 0;
  #sent = 0;
  #behind = false;
  /** How the other side ended it, to be told once all that came before is read. */
  #farewell: { readonly error?: Error } | null = null;
  /** Whether this side ended it; whether nothing more comes of it. */
  #ended = false;
  #over = false;
  readonly #endOfTurn = (): void => this.#deliver();

  constructor(host: RelayedHost, passage: Passage, { remote, peerAddress, closeOvertakes }: StreamEnds) {
    this.#host = host;
    this.#passage = passage;
    this.remote = remote;
    this.peerAddress = peerAddress;
    this.closeOvertakes = closeOvertakes;
  }

  get pending(): number {
    return this.#over ? 0 : this.#given - this.#sent;
  }

  begin(events: StreamEvents): void {
    if (this.#ended) return;
    this.#events = events;
    this.#passage.grant(WINDOW);
    this.#host.atEndOfTurn(this.#endOfTurn);
  }

  write(parts: readonly Uint8Array[], done: (delivered: boolean) => void): boolean {
    if (this.#ended || this.#over) {
      done(false);
      return true;
    }
    this.#pass(parts);
    this.#pending.push({ end: this.#given, done });
    if (this.pending > HIGH_WATER) this.#behind = true;
    return this.pending <= HIGH_WATER;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#host.atEndOfTurn(this.#endOfTurn);
  }

  close(): void {
    if (this.#over || (this.#ended && this.#farewell !== null)) return;
    this.#leave();
    this.#passage.end();
  }

  end(): void {
    if (this.#ended || this.#over) return;
    this.#leave();
    if (this.#farewell === null) this.#say({ do: "end" });
  }

  flushSync(parts: readonly Uint8Array[], limit: number): number {
    if (this.#ended || this.#over || this.#farewell !== null) return 0;
    this.#say({ do: "flush" });
    const before = this.#given;
    this.#pass(parts, limit);
    this.#leave();
    return this.#given - before;
  }

  // What the passage tells.

  message(parts: Message): void {
    if (this.#ended) return;
    for (const part of parts) this.#arrived.push(part);
    this.#deliver();
  }

  granted(count: number): void {
    this.#sent += count;
    for (let next = this.#pending.peek(); next !== undefined && next.end <= this.#sent; next = this.#pending.peek()) {
      this.#pending.shift();
      next.done(true);
    }
    if (!this.#behind || this.pending > HIGH_WATER / 2) return;
    this.#behind = false;
    this.#events?.drained();
  }

  command(frames: Message): void {
    this.#farewell ??= decodeValue<RelayWord>(frames);
    this.#deliver();
  }

  ended(lost: boolean): void {
    this.#passage.end();
    if (lost) this.#farewell ??= { error: new ZmqError("ECONNABORTED", { hint: "the listener's thread has ended" }) };
    if (this.#ended) this.#finish();
    else this.#deliver();
  }

  drained(): void {}

  subscription(): void {}

  leaving(): void {}

  /** Hands on what arrived, as far as it is read, and then how it ended. */
  #deliver(): void {
    while (!this.#paused && this.#events !== null) {
      const bytes = this.#arrived.shift();
      if (bytes === undefined) break;
      this.#read += bytes.length;
      this.#events.received(bytes);
    }
    if (this.#read >= WINDOW / 2 && this.#farewell === null) {
      this.#passage.grant(this.#read);
      this.#read = 0;
    }
    if (this.#farewell === null || this.#paused || this.#events === null) return;
    const events = this.#events;
    const { error } = this.#farewell;
    this.#finish();
    events.closed(error);
  }

  /** Gives bytes to the other thread. With a limit, it waits for room, so many ms at a time without progress. */
  #pass(parts: readonly Uint8Array[], limit = 0): void {
    for (const part of parts) {
      this.#given += part.length;
      for (let at = 0; at < part.length && this.#farewell === null; at += PIECE) {
        this.#passage.write([view(part, at, Math.min(PIECE, part.length - at))]);
        if (limit > 0) this.#wait(limit);
      }
    }
    if (limit > 0) this.#wait(limit);
  }

  #wait(limit: number): void {
    for (let left = limit; left > 0; left -= LOOK_EVERY) {
      this.#host.push();
      if (this.#passage.idle) return;
      Atomics.wait(NEVER, 0, 0, LOOK_EVERY);
    }
  }

  /** This side is done with it: nothing is told any more, but what became of what was written. */
  #leave(): void {
    this.#ended = true;
    this.#events = null;
    this.#arrived.clear();
    if (this.#farewell !== null) this.#host.atEndOfTurn(() => this.#finish());
  }

  /** What the kernel has not taken by now, it will not. */
  #finish(): void {
    this.#over = true;
    this.#events = null;
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) next.done(false);
  }

  #say(word: StreamWord): void {
    this.#passage.command(encodeValue(word));
  }
}

/** A word that nobody ever counts up: to wait for time to pass. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));
