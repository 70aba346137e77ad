import type { Settings } from "../engine/host.ts";
import { Listener } from "../engine/listener.ts";
import type { EventFields, EventType } from "../observe/events.ts";
import { DEAF, type Passage, type PassageEvents } from "../transports/threads.ts";
import type { ListenEvents } from "../transports/transport.ts";
import type { SiblingQuestion, StreamEnds } from "./commands.ts";
import { PartHost } from "./part-host.ts";
import { RelayedStream } from "./relayed-stream.ts";
import type { Sibling } from "./siblings.ts";

/** What a branch takes for its socket. That an address is bound or closed is its listener's to tell. */
export class BranchHost extends PartHost {
  override emit(type: EventType, fields: EventFields): void {
    if (type !== "bind" && type !== "close") super.emit(type, fields);
  }
}

/**
 * A listener without an address: its peers come from a listener of the same socket in another I/O thread (spreading.ts),
 * which has their connections. All else is as with peers that it had accepted itself.
 */
export class Branch {
  readonly #host: BranchHost;
  readonly #listener: Listener;
  #events: ListenEvents | null = null;
  /** To the listener, which gives it peers as long as that is open. */
  #passage: Passage | null = null;

  constructor(host: BranchHost, settings: Settings) {
    this.#host = host;
    this.#listener = new Listener(host, settings);
  }

  /** The listener listens now, at this endpoint. */
  listen(endpoint: string): void {
    const listen = (
      _address: string,
      _options: unknown,
      events: ListenEvents,
    ): { endpoint: string; close(): undefined } => {
      this.#events = events;
      return { endpoint, close: () => this.#leave() };
    };
    this.#listener.listen({ scheme: endpoint.slice(0, endpoint.indexOf("://")), listen }, endpoint);
  }

  /** The listener's thread was met: it may give its peers. */
  join(sibling: Sibling, question: SiblingQuestion): void {
    if (this.#events === null) return;
    const passage = sibling.call(question, { ...DEAF, ended: () => passage.end() });
    this.#passage = passage;
  }

  /** A peer is given to it; returns who is told of its bytes. */
  came(sibling: Sibling, ends: StreamEnds, passage: Passage): PassageEvents {
    const host = {
      atEndOfTurn: (run: () => void): void => this.#host.atEndOfTurn(run),
      push: (): void => sibling.push(),
    };
    const stream = new RelayedStream(host, passage, ends);
    if (this.#events === null) stream.close();
    else this.#events.accepted(stream);
    return stream;
  }

  close(): void {
    this.#listener.close();
  }

  abort(): void {
    this.#listener.abort();
  }

  flushSync(limit: number): void {
    this.#listener.flushSync(limit);
  }

  #leave(): undefined {
    this.#events = null;
    this.#passage?.end();
  }
}
