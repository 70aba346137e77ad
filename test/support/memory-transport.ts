import { concat, hex } from "../../src/base/bytes.ts";
import type {
  ByteStream,
  DialEvents,
  Dialing,
  ListenEvents,
  Listening,
  StreamEvents,
  Transport,
  TransportOptions,
} from "../../src/transports/transport.ts";

/** One end of a connection whose other end, and whose kernel, is the test. Nothing happens unless the test says so. */
export class MemoryStream implements ByteStream {
  readonly remote: string;
  readonly peerAddress = "10.0.0.2";
  readonly closeOvertakes = false;
  /** How it ended from this side: at once, or after what was written. */
  over: "close" | "end" | null = null;
  paused = false;
  /** While set, the kernel takes nothing. */
  blocked = false;
  #events: StreamEvents | null = null;
  #taken: Uint8Array[] = [];
  #waiting: { parts: readonly Uint8Array[]; done: (delivered: boolean) => void }[] = [];
  /** Bytes that came and were not read. */
  #unread: Uint8Array[] = [];

  constructor(remote: string) {
    this.remote = remote;
  }

  get pending(): number {
    return this.#waiting.reduce((sum, { parts }) => sum + concat(parts).length, 0);
  }

  begin(events: StreamEvents): void {
    this.#events = events;
  }

  write(parts: readonly Uint8Array[], done: (delivered: boolean) => void): boolean {
    if (this.over !== null) done(false);
    else if (this.blocked) this.#waiting.push({ parts, done });
    else this.#deliver(parts, done);
    return !this.blocked;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  close(): void {
    this.over ??= "close";
    for (const { done } of this.#waiting.splice(0)) done(false);
  }

  end(): void {
    this.over ??= "end";
  }

  flushSync(parts: readonly Uint8Array[]): number {
    this.unblock();
    this.#taken.push(Uint8Array.from(concat(parts)));
    return concat(parts).length;
  }

  /** Bytes come from the peer; while reading is paused they wait, as in the kernel. */
  arrive(...chunks: readonly Uint8Array[]): void {
    this.#unread.push(...chunks);
    while (!this.paused && this.over === null && this.#unread.length > 0) {
      this.#events?.received(concat(this.#unread.splice(0, 1)));
    }
  }

  /** The kernel takes what waits, and more. */
  unblock(): void {
    if (!this.blocked) return;
    this.blocked = false;
    for (const { parts, done } of this.#waiting.splice(0)) this.#deliver(parts, done);
    if (this.over === null) this.#events?.drained();
  }

  /** The peer ends the connection, or the network does. */
  vanish(error?: Error): void {
    if (this.over !== null) return;
    this.close();
    this.#events?.closed(error);
  }

  /** What went to the peer since the last call, in hex. */
  taken(): string {
    const all = hex(concat(this.#taken));
    this.#taken = [];
    return all;
  }

  #deliver(parts: readonly Uint8Array[], done: (delivered: boolean) => void): void {
    this.#taken.push(Uint8Array.from(concat(parts))); // a copy: the slab is used again once `done` was called
    done(true);
  }
}

/** One attempt to connect, which the test answers. */
export class Attempt {
  cancelled = false;
  readonly #events: DialEvents;

  constructor(events: DialEvents) {
    this.#events = events;
  }

  opens(stream: MemoryStream = new MemoryStream("mem://peer")): MemoryStream {
    this.#events.opened(stream);
    return stream;
  }

  fails(error: Error): void {
    this.#events.failed(error);
  }

  get events(): DialEvents {
    return this.#events;
  }
}

/** A transport without a network: the test is the other side of each attempt and of each listener. */
export class MemoryTransport implements Transport {
  readonly scheme = "mem";
  readonly attempts: Attempt[] = [];
  readonly listeners: ListenEvents[] = [];
  /** Addresses that listen now. */
  readonly bound: Set<string> = new Set();

  checkConnect(): void {}

  dial(_address: string, _options: TransportOptions, events: DialEvents): Dialing {
    const attempt = new Attempt(events);
    this.attempts.push(attempt);
    return { cancel: () => (attempt.cancelled = true) };
  }

  listen(address: string, _options: TransportOptions, events: ListenEvents): Listening {
    this.listeners.push(events);
    this.bound.add(address);
    return { endpoint: `mem://${address}`, close: () => (this.bound.delete(address), undefined) };
  }

  /** The newest attempt to connect. */
  get attempt(): Attempt {
    const attempt = this.attempts.at(-1);
    if (attempt === undefined) throw new Error("nobody dialed");
    return attempt;
  }

  /** Somebody connects to the newest listener. */
  arrival(): MemoryStream {
    const stream = new MemoryStream("mem://peer");
    this.listeners.at(-1)?.accepted(stream);
    return stream;
  }
}
