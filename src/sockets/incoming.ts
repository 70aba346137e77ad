import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { SocketSelf } from "./self.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { shown, type Beside } from "./beside.ts";
import { MessageIterator } from "./iterator.ts";
import { checkWait, timedOut, Waiters, type WaitOptions } from "./waiters.ts";

/**
 * As for sending: receives that succeed at once, before one goes through the event loop. More than a read brings of
 * small messages, so that what a read brought is mostly taken in one go; I/O starts the count anew.
 */
const TURN = 2048;
/**
 * What a handler gets before the loop turns, whatever I/O brought it: 512 KiB of one connection are 175,000 messages of one
 * byte, which took 27 ms.
 */
const HANDLED = 16_384;
/** Most messages in one batch of `batches()`. */
const BATCH = 512;

const NO_PROPERTIES: ReadonlyMap<string, string> = new Map();

/** Called with each message as it comes. */
export type MessageHandler = (message: Message) => void;

/**
 * The receiving side of a socket: gives messages now where the pattern has some, and else lets callers wait in order.
 *
 * What is ready comes without a promise: an iterator's `next` gives a plain result, which `for await` takes as it is
 * (measured: .72 of a synchronous loop, against .39 for an async generator).
 */
export class Incoming {
  /** Messages given to the user. */
  taken = 0;
  readonly #core: SocketSelf;
  readonly #pattern: SocketSelf["pattern"];
  readonly #waiters: Waiters<(message: Message) => void>;
  #handler: MessageHandler | null = null;
  #handling = false;
  #handled = 0;
  /** The handler has had enough for this turn of the loop. */
  #resting = false;
  #turn = 0;
  /** A run of receives goes through the event loop just now. */
  yielding = false;
  readonly #beside: Beside | undefined;

  constructor(core: SocketSelf) {
    this.#core = core;
    this.#pattern = core.pattern;
    this.#beside = core.type.beside;
    this.#waiters = new Waiters(core.platform);
  }

  tryReceive(): Message | undefined {
    if (this.#core.unusable) throw this.#core.fault();
    return this.#waiters.length > 0 ? undefined : this.#now();
  }

  receive(options?: WaitOptions): Promise<Message> {
    if (this.#core.unusable) throw this.#core.fault();
    if (options === undefined && this.#waiters.length === 0) {
      const message = this.#now();
      if (message !== undefined) return ++this.#turn === TURN ? this.#nextTurn(message) : Promise.resolve(message);
    }
    return this.#wait(this.#checked(options));
  }

  /** For iterators: a message that is there is given as it is; undefined says that one has to wait. */
  ready(): Message | Promise<Message> | undefined {
    if (this.#core.unusable || this.#waiters.length > 0) return undefined;
    const message = this.#now();
    if (message === undefined) return undefined;
    return ++this.#turn === TURN ? this.#nextTurn(message) : message;
  }

  /** The message and its sender's properties, taken together: the sender may be another one a moment later. */
  receiveWithMetadata(options?: WaitOptions): Promise<{ message: Message; metadata: ReadonlyMap<string, string> }> {
    let source: Pipe | null | undefined;
    const taken = (): void => {
      source = this.#core.pattern.source;
    };
    const coming = this.#wait(this.#checked(options), taken);
    return coming.then((message) => ({ message, metadata: source?.peer?.properties ?? NO_PROPERTIES }));
  }

  /** Messages, or batches of them, until the socket closes. Ending the loop leaves the socket open. */
  iterate(kind: "messages" | "batches", options?: WaitOptions): AsyncIterableIterator<unknown> {
    checkWait(options, -1);
    return new MessageIterator(this, kind === "batches", options);
  }

  /** How many wait: calls, and whoever handles messages. */
  get waiting(): number {
    return this.#waiters.length + (this.#handler === null ? 0 : 1);
  }

  get open(): boolean {
    return !this.#core.closed;
  }

  /** All that is there, up to a limit. */
  batch(first: Message): Message[] {
    const batch = [first];
    while (batch.length < BATCH && this.#waiters.length === 0) {
      const message = this.#now();
      if (message === undefined) break;
      batch.push(message);
    }
    return batch;
  }

  /** Sets who is called with each message; null: nobody any more. Holds the process, as a pending receive does. */
  handle(handler: MessageHandler | null): void {
    if (this.#core.unusable) throw this.#core.fault();
    if (handler !== null && this.#handler !== null) {
      throw new ZmqError("EBUSY", { hint: "onMessage() has a handler already; call the function it returned first" });
    }
    if (handler === null && this.#handler !== null) this.#core.platform.release();
    if (handler !== null) this.#core.platform.hold();
    this.#handler = handler;
    if (handler !== null) this.#core.platform.atEndOfTurn(() => this.wake());
  }

  /** Something can be received: those who wait go first. */
  wake(): void {
    if (!this.#handling) this.#turn = 0;
    for (let waiter = this.#waiters.first(); waiter !== undefined; waiter = this.#waiters.first()) {
      const message = this.#now();
      if (message === undefined) return;
      waiter.value(message);
      waiter.finish();
    }
    if (this.#handler !== null && !this.#handling && !this.#resting) this.#drain();
  }

  close(error: () => unknown): void {
    if (this.#handler !== null) this.#core.platform.release();
    this.#handler = null;
    this.#waiters.failAll(error);
  }

  /** A message as the pattern gives it, for a proxy: of some types, users see another form. */
  take(): Message | undefined {
    if (this.#core.unusable) throw this.#core.fault();
    return this.#waiters.length > 0 ? undefined : this.#next();
  }

  #next(): Message | undefined {
    const message = this.#pattern.receive();
    if (message !== undefined) this.taken++;
    return message;
  }

  #now(): Message | undefined {
    const message = this.#pattern.receive();
    if (message === undefined) return undefined;
    this.taken++;
    const beside = this.#beside;
    if (beside === undefined) return message;
    return shown(beside, message) as unknown[] as Message; // nobody up from here looks into it
  }

  /**
   * Gives the handler what there is. An exception of the handler is the caller's own: it is thrown where no connection
   * is in the middle of its bytes, and the next message comes after it.
   */
  #drain(): void {
    this.#handling = true;
    try {
      while (this.#handler !== null) {
        const message = this.#now();
        if (message === undefined) return;
        this.#handler(message);
        if (++this.#handled >= HANDLED) return this.#rest();
        if (++this.#turn >= TURN) return this.#drainLater();
      }
    } catch (error) {
      this.#drainLater();
      this.#core.platform.atEndOfTurn(() => {
        throw error;
      });
    } finally {
      this.#handling = false;
    }
  }

  #rest(): void {
    this.#resting = true;
    this.#core.platform.afterIo(() => {
      this.#resting = false;
      this.#handled = 0;
      this.wake();
    });
  }

  #drainLater(): void {
    this.#turn = 0;
    this.#core.platform.afterIo(() => this.wake());
  }

  #checked(options: WaitOptions | undefined): WaitOptions {
    if (this.#core.unusable) throw this.#core.fault();
    return checkWait(options, this.#core.options.receiveTimeout);
  }

  /** `taken` is called in the moment the message is, before anything else can be. */
  #wait(options: WaitOptions, taken?: () => void): Promise<Message> {
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason as Error);
    return new Promise((resolve, reject) => {
      const expired = (): unknown =>
        this.#core.pattern.receiveError?.() ?? timedOut(`nothing to receive for this ${this.#core.type.name}`);
      const message = this.#waiters.length === 0 ? this.#now() : undefined;
      if (message !== undefined) {
        taken?.();
        resolve(message);
        return;
      }
      if (options.timeout === 0) {
        reject(expired());
        return;
      }
      let got: Message = [];
      const take = (next: Message): void => {
        got = next;
        taken?.();
      };
      this.#waiters.add(take, options, { resolve: () => resolve(got), reject, expired });
    });
  }

  #nextTurn(message: Message): Promise<Message> {
    this.#turn = 0;
    const { platform } = this.#core;
    platform.hold();
    this.yielding = true;
    return new Promise((resolve) => {
      platform.afterIo(() => {
        this.yielding = false;
        platform.release();
        resolve(message);
      });
    });
  }
}
