import type { Pipe } from "../pipe/pipe.ts";
import type { ByteStream } from "../transports/transport.ts";
import type { Connection, ConnectionEvents, Verdict } from "../wire/connection.ts";
import type { EngineHost } from "./host.ts";
import type { Outbox } from "./outbox.ts";

/** Messages read and not yet taken beyond which it is looked whether the user keeps up. */
const AHEAD = 1000;

/**
 * Bytes after which the event loop turns before more is read. Else a peer that sends faster than we read keeps the loop for
 * 32 reads of 128 KiB, which libuv does in one go: with messages of one byte that was a quarter of a second.
 */
const TURN = 512 * 1024;

/** What reading one connection needs. */
export interface IntakeParts {
  readonly stream: ByteStream;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly events: ConnectionEvents;
  readonly host: Pick<EngineHost, "afterIo">;
  /** The peer's bytes were not what they may be. */
  failed(error: unknown): void;
}

/**
 * Feeds a stream's bytes to the wire, and decides when the stream is not read.
 *
 * Five things pause it: the pipe is full; the peer does not read what we answer; the user is catching up; others have their
 * turn; somebody judges the peer. It knows neither what the bytes mean nor what becomes of the messages.
 */
export class Intake {
  readonly #parts: IntakeParts;
  #pipe: Pipe | null = null;
  #full = false;
  #choked = false;
  #ahead = 0;
  /** Bytes read since the event loop turned for it; below 0 while it does. */
  #turn = 0;
  #judging = false;
  #stopped = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** From now on messages go into this pipe. */
  join(pipe: Pipe): void {
    this.#pipe = pipe;
  }

  /** Whether reading pauses because the user has enough to read: what the peer says meanwhile waits in the kernel. */
  get deaf(): boolean {
    return this.#full || this.#ahead > 0;
  }

  received(bytes: Uint8Array): void {
    this.#read(bytes);
    const pipe = this.#pipe;
    if (this.#ahead > 0 || this.#stopped || pipe === null) return;
    this.#turn += bytes.length;
    if (pipe.queuedOut > AHEAD) this.#letCatchUp(pipe);
    else if (this.#turn >= TURN) this.#letOthers();
    else return;
    this.#parts.stream.pause();
  }

  /** A message was written; false when it filled the pipe: then no more is read until `roomMade`. */
  wrote(pipe: Pipe): boolean {
    if (!pipe.full) return true;
    this.#full = pipe.alive && !pipe.ready();
    return !this.#full;
  }

  roomMade(): void {
    this.#full = false;
    this.#goOn();
  }

  /** The kernel took more of what we send. */
  drained(): void {
    if (!this.#choked || this.#parts.outbox.blocked) return;
    this.#choked = false;
    this.#goOn();
  }

  /** Somebody judges the peer: no more is read until `judged`. */
  hold(): void {
    this.#judging = true;
  }

  get judging(): boolean {
    return this.#judging;
  }

  judged(verdict: Verdict): void {
    this.#judging = false;
    this.#goOn(verdict);
  }

  stop(): void {
    this.#stopped = true;
  }

  get #paused(): boolean {
    return this.#full || this.#choked || this.#ahead > 0 || this.#turn < 0 || this.#judging;
  }

  #goOn(verdict: Verdict | null = null): void {
    if (this.#stopped || (this.#paused && verdict === null)) return;
    this.#read(verdict);
    if (!this.#paused && !this.#stopped) this.#parts.stream.resume();
  }

  /** Null: what the connection holds. A verdict: the same, now that it may be read. */
  #read(input: Uint8Array | Verdict | null): void {
    const { connection, outbox, events, stream } = this.#parts;
    try {
      if (input === null) connection.resume(events);
      else if (input instanceof Uint8Array) connection.receive(input, events);
      else connection.authenticated(input, events);
    } catch (error) {
      this.#parts.failed(error);
      return;
    }
    if (events.output.size > 0) {
      outbox.schedule();
      // A peer that asks (PING) and does not read the answers is not read either.
      this.#choked = outbox.blocked;
    }
    if (this.#paused) stream.pause();
  }

  #letOthers(): void {
    this.#turn = -Infinity;
    this.#parts.host.afterIo(() => {
      this.#turn = 0;
      this.#goOn();
    });
  }

  /**
   * Where no mark stops it, reading is faster than any user, and a poll would queue messages by the ten thousand for the
   * garbage collector to carry around. So as long as the user takes some in each turn, nothing more is read; a user who
   * takes none gets all there is, as a high-water mark of 0 says. (PUB to 10 SUBs with mark 0: from 1.1 M to 4.5 M msg/s.)
   */
  #letCatchUp(pipe: Pipe): void {
    const queued = (this.#ahead = pipe.queuedOut);
    this.#parts.host.afterIo(() => {
      if (pipe.queuedOut > AHEAD && pipe.queuedOut < queued) return this.#letCatchUp(pipe);
      this.#ahead = 0;
      this.#goOn();
    });
  }
}
