import type { Clock } from "../base/clock.ts";
import type { CryptoPrimitives } from "../base/crypto.ts";
import type { DatagramTransport } from "../transports/datagrams.ts";
import type { Threads } from "../transports/threads.ts";
import type { Transport } from "../transports/transport.ts";

/** What this runtime offers. The one object through which time, randomness and the process come in. */
export interface Platform {
  readonly clock: Clock;
  /** By scheme; inproc is not among them: it moves no bytes. */
  readonly transports: ReadonlyMap<string, Transport>;
  /** Likewise. */
  readonly datagrams: ReadonlyMap<string, DatagramTransport>;
  readonly cryptography: CryptoPrimitives;
  /** The other threads of the process, for the one context that all have in common; null where there are none. */
  readonly threads: Threads | null;
  /**
   * Starts a thread that runs entries/io-thread.ts with `memory`. It does not hold the process. `ended` is called when it
   * is no more; an error that ended it is thrown, as one of this thread. `meet` gives it memory that it has in common with
   * another one.
   */
  startIoThread(memory: object, ended: () => void): { meet(other: object): void; stop(): void };
  /** This thread is one of them: its I/O must not take time from the application. */
  becomeIoThread(): void;
  /** `Atomics.wait`, which an interrupt of the process (SIGINT) ends as well: then it returns "interrupted". */
  wait(words: Int32Array, at: number, value: number, limit: number): "interrupted" | "timed-out" | "ok" | "not-equal";
  /** In [0, 1); not for secrets. */
  random(): number;
  /** A random unsigned 32-bit number. */
  random32(): number;
  /** Runs when the current run of code and its microtasks are over, before more I/O: where batches are flushed. */
  atEndOfTurn(run: () => void): void;
  /** Runs after pending I/O and timers had their chance: where a busy loop yields. */
  afterIo(run: () => void): void;
  /** Keeps the process alive until as many `release` as `hold` were called. */
  hold(): void;
  release(): void;
  /** Runs when the event loop has nothing left; may `hold` to go on. */
  onIdleExit(run: () => void): void;
  /** Runs when the process ends now, whatever is pending: only synchronous work counts. */
  onExit(run: () => void): void;
  /** One line to the person who runs the process. */
  warn(text: string): void;
  /** A process warning of zeromq.js' kind (`process.emitWarning`). */
  emitWarning(text: string): void;
}
