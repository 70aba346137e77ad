import type { Clock } from "../base/clock.ts";
import type { CryptoPrimitives } from "../base/crypto.ts";
import type { Role } from "../engine/host.ts";
import type { DatagramTransport } from "../transports/datagrams.ts";
import type { Turns } from "../transports/threads.ts";
import type { Transport } from "../transports/transport.ts";

/** What an I/O thread works with: its platform, and what it has in common with the application. */
export interface IoRuntime extends Turns {
  readonly clock: Clock;
  readonly cryptography: CryptoPrimitives;
  readonly transports: ReadonlyMap<string, Transport>;
  readonly datagrams: ReadonlyMap<string, DatagramTransport>;
  random(): number;
  /** Counts up within the process. */
  nextPeerId(): number;
  /** The socket type of that name. */
  role(name: string): Role;
}

/** The memory that the application and one of its I/O threads have in common. */
export interface SharedMemory {
  /** Of the link (transports/threads/link.ts): the application is side 0. */
  readonly link: SharedArrayBuffer;
  /** The word that a blocked application waits at; one for all its I/O threads. */
  readonly alarm: SharedArrayBuffer;
  /** Where answers go to a blocked application (answers.ts). */
  readonly answers: SharedArrayBuffer;
  /** The number that peers got last; one for the process. */
  readonly peerIds: SharedArrayBuffer;
}
