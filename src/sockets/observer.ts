import { Deque } from "../base/deque.ts";
import { ZmqError } from "../base/errors.ts";
import type { Event, EventFields, EventOfType, EventType } from "../observe/events.ts";
import { coreOf } from "./core-of.ts";
import type { SocketSelf } from "./self.ts";
import { checkWait, timedOut, Waiters, type WaitOptions } from "./waiters.ts";

/** Events kept while nobody reads them; the oldest go first. */
const KEPT = 10_000;

type Listener<Type extends EventType> = (event: EventOfType<Type>) => void;

/**
 * Tells what happens to a socket's connections: as an async iterator, by `receive()`, or by `on()`.
 *
 * Events are kept from when the observer is made, the newest 10,000; one that nobody reads costs no more than that.
 */
export class Observer implements AsyncIterable<Event> {
  readonly #core: SocketSelf;
  readonly #events = new Deque<Event>();
  readonly #waiters: Waiters<(event: Event) => void>;
  readonly #handlers: Map<EventType, Set<Listener<EventType>>> = new Map();
  readonly #hear = (type: EventType, fields: EventFields): void => this.#heard(type, fields);
  #emitting = false;
  #ended = false;
  #closed = false;

  constructor(socket: object) {
    this.#core = coreOf(socket);
    this.#waiters = new Waiters(this.#core.platform);
    this.#core.listen(this.#hear);
    if (this.#core.closed) this.#ended = true;
  }

  /** Whether no more events come: it or its socket was closed, and all events were read. */
  get closed(): boolean {
    return this.#closed || (this.#ended && this.#events.length === 0);
  }

  /** Stops observing. Pending calls end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#core.unlisten(this.#hear);
    if (this.#emitting) this.#core.platform.release();
    this.#emitting = false;
    this.#events.clear();
    this.#waiters.failAll(() => new ZmqError("ENOTSOCK", { hint: "the observer was closed" }));
  }

  /** The next event. Rejects with EAGAIN after `timeout`. @throws ZmqError EBADF when no more can come. */
  receive(options?: WaitOptions): Promise<Event> {
    if (this.#emitting) {
      throw new Error(
        "Observer is in event emitter mode. After a call to events.on() it is not possible to read events with events.receive().",
      );
    }
    if (this.closed) throw new ZmqError("EBADF", { hint: "no more events come" });
    const wait = checkWait(options, -1);
    if (wait.signal?.aborted === true) return Promise.reject(wait.signal.reason as Error);
    const event = this.#waiters.length === 0 ? this.#events.shift() : undefined;
    if (event !== undefined) return Promise.resolve(event);
    return new Promise((resolve, reject) => {
      let got: Event | undefined;
      const expired = (): ZmqError => timedOut("no event came");
      if (wait.timeout === 0) {
        reject(expired());
        return;
      }
      this.#waiters.add((next) => (got = next), wait, { resolve: () => resolve(got as Event), reject, expired }); // resolved with one
    });
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Event, undefined> {
    while (!this.closed) {
      try {
        yield await this.receive();
      } catch (error) {
        if (this.closed) return undefined;
        throw error;
      }
    }
    return undefined;
  }

  /** Calls `listener` with each event of a type. From then on events can't be `receive`d, and the process is held. */
  on<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): this {
    if (typeof type !== "string") throw new TypeError("Event type must be a string");
    if (typeof listener !== "function") throw new TypeError("Listener must be a function");
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers);
    handlers.add(listener as Listener<EventType>);
    if (!this.#emitting && !this.closed) {
      this.#emitting = true;
      this.#core.platform.hold();
      this.#core.platform.atEndOfTurn(() => this.#deliver());
    }
    return this;
  }

  off<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): this {
    this.#handlers.get(type)?.delete(listener as Listener<EventType>);
    return this;
  }

  #heard(type: EventType, fields: EventFields): void {
    const event = { type, ...withoutUndefined(fields) } as Event; // each emitter gives the fields of its type
    if (type === "end") this.#ended = true;
    const waiter = this.#waiters.first();
    if (waiter !== undefined) {
      waiter.value(event);
      waiter.finish();
    } else {
      this.#events.push(event);
      if (this.#events.length > KEPT) this.#events.shift();
    }
    if (type === "end") {
      this.#core.unlisten(this.#hear);
      this.#waiters.failAll(() => new ZmqError("EBADF", { hint: "the socket was closed" }));
    }
    if (this.#emitting) this.#core.platform.atEndOfTurn(() => this.#deliver());
  }

  #deliver(): void {
    for (let event = this.#events.shift(); event !== undefined && this.#emitting; event = this.#events.shift()) {
      for (const handler of this.#handlers.get(event.type) ?? []) handler(event);
    }
    if (this.#ended && this.#emitting) {
      this.#emitting = false;
      this.#core.platform.release();
    }
  }
}

function withoutUndefined(fields: EventFields): EventFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
