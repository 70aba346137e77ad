import { hex } from "../../src/base/bytes.ts";
import type { DatagramAddress } from "../../src/base/endpoint.ts";
import type {
  DatagramDialEvents,
  DatagramEvents,
  DatagramPort,
  DatagramTransport,
} from "../../src/transports/datagrams.ts";

type Done = (error: Error | null) => void;

/** A port whose network, and whose kernel, is the test. */
export class MemoryPort implements DatagramPort {
  readonly endpoint: string;
  closed = false;
  /** While set, the kernel takes nothing. */
  blocked = false;
  /** What the next sends come to; then they succeed. */
  readonly errors: Error[] = [];
  #events: DatagramEvents | null = null;
  #taken: string[] = [];
  #waiting: { bytes: Uint8Array; to: DatagramAddress | null; done: Done }[] = [];

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  begin(events: DatagramEvents): void {
    this.#events = events;
  }

  send(bytes: Uint8Array, to: DatagramAddress | null, done: Done): boolean {
    this.#waiting.push({ bytes, to, done });
    return !this.blocked;
  }

  close(): void {
    this.closed = true;
  }

  arrive(bytes: Uint8Array, from: DatagramAddress = { address: "10.0.0.2", port: 7 }): void {
    if (!this.closed) this.#events?.received(bytes, from);
  }

  /** The system says what became of what it was given. */
  settle(error: Error | null = null): void {
    for (const { bytes, to, done } of this.#waiting.splice(0)) {
      const failure = error ?? this.errors.shift() ?? null;
      if (failure === null) this.#taken.push(to === null ? hex(bytes) : `${to.address}:${to.port} ${hex(bytes)}`);
      done(failure);
    }
  }

  /** The kernel takes what waits, and more. */
  unblock(): void {
    this.blocked = false;
    this.settle();
    if (!this.closed) this.#events?.drained();
  }

  /** What went out since the last call, in hex. */
  taken(): string[] {
    return this.#taken.splice(0);
  }
}

/** A transport whose attempts the test answers. */
export class MemoryDatagrams implements DatagramTransport {
  readonly scheme = "mem";
  /** What was dialed, newest last. */
  readonly dials: { events: DatagramDialEvents; cancelled: boolean }[] = [];
  readonly ports: MemoryPort[] = [];
  /** What the next bind fails with. */
  failure: Error | null = null;

  checkConnect(): void {}

  dial(_address: string, _options: unknown, events: DatagramDialEvents): { cancel(): void } {
    const dial = { events, cancelled: false };
    this.dials.push(dial);
    return { cancel: () => void (dial.cancelled = true) };
  }

  listen(address: string): MemoryPort {
    if (this.failure !== null) throw this.failure;
    const port = new MemoryPort(`mem://${address}`);
    this.ports.push(port);
    return port;
  }

  async listenLater(address: string): Promise<MemoryPort> {
    return this.listen(address);
  }
}
