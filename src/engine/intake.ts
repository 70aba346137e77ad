import type { Pipe } from "../pipe/pipe.ts";
import type { ByteStream } from "../transports/transport.ts";
import type { Connection, ConnectionEvents } from "../wire/connection.ts";
import type { EngineHost } from "./host.ts";
import type { Outbox } from "./outbox.ts";

/** Messages read and not yet taken beyond which it is looked whether the user keeps up. */
const AHEAD = 1000;

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
 * Three things pause it: the pipe is full; the peer does not read what we answer; the user is catching up. It knows
 * neither what the bytes mean nor what becomes of the messages.
 */
export class Intake {
  readonly #parts: IntakeParts;
  #pipe: Pipe | null = null;
  #full = false;
  #choked = false;
  #ahead = 0;
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
    if (this.#ahead > 0 || this.#stopped || pipe === null || pipe.queuedOut <= AHEAD) return;
    this.#letCatchUp(pipe);
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

  stop(): void {
    this.#stopped = true;
  }

  get #paused(): boolean {
    return this.#full || this.#choked || this.#ahead > 0;
  }

  #goOn(): void {
    if (this.#paused || this.#stopped) return;
    this.#read(null);
    if (!this.#paused && !this.#stopped) this.#parts.stream.resume();
  }

  /** Null: what the connection holds. */
  #read(bytes: Uint8Array | null): void {
    const { connection, outbox, events, stream } = this.#parts;
    try {
      if (bytes === null) connection.resume(events);
      else connection.receive(bytes, events);
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
