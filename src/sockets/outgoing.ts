import type { Message, MessageLike } from "../base/message.ts";
import { toKeep, toMessage } from "./convert.ts";
import type { SocketSelf } from "./self.ts";
import { checkWait, timedOut, Waiters, type WaitOptions } from "./waiters.ts";

/**
 * Sends that succeed at once, before one goes through the event loop: a busy sender must not keep timers and I/O waiting
 * (zeromq.js yields after 512 operations too).
 */
const TURN = 512;

const SETTLED: Promise<void> = Promise.resolve();

/**
 * The sending side of a socket: takes messages now where the pattern can, and else lets callers wait in order.
 *
 * One shared promise stands for "done at once": a promise a message costs half the rate.
 */
export class Outgoing {
  /** User messages taken. */
  sent = 0;
  readonly #core: SocketSelf;
  readonly #waiters: Waiters<Message>;
  /** A run of sends goes through the event loop just now. */
  yielding = false;
  #turn = 0;

  constructor(core: SocketSelf) {
    this.#core = core;
    this.#waiters = new Waiters(core.platform);
  }

  /** How many sends wait. */
  get waiting(): number {
    return this.#waiters.length;
  }

  send(given: MessageLike | readonly MessageLike[], options?: WaitOptions): Promise<void> {
    if (this.#core.unusable) throw this.#core.fault();
    const message = toMessage(given);
    if (options === undefined && this.#waiters.length === 0) {
      try {
        if (this.#now(message)) return ++this.#turn === TURN ? this.#nextTurn() : SETTLED;
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#wait(message, checkWait(options, this.#core.options.sendTimeout));
  }

  trySend(given: MessageLike | readonly MessageLike[]): boolean {
    if (this.#core.unusable) throw this.#core.fault();
    const message = toMessage(given);
    return this.#waiters.length === 0 && this.#now(message);
  }

  /** Sends what another socket received; a message that its state refuses is dropped, and counted. */
  forward(message: Message): void {
    try {
      if (this.#now(message)) return;
    } catch {
      // EHOSTUNREACH of a `mandatory` router: nobody is there to be told.
    }
    this.sent++;
    this.#core.drop("refused");
  }

  /** Room was made: those who wait go first. */
  wake(): void {
    for (let waiter = this.#waiters.first(); waiter !== undefined; waiter = this.#waiters.first()) {
      try {
        if (!this.#now(waiter.value)) return;
        waiter.finish();
      } catch (error) {
        waiter.fail(error);
      }
    }
  }

  close(error: () => unknown): void {
    this.#waiters.failAll(error);
  }

  #now(message: Message): boolean {
    if (message.length === 0) return true;
    if (!this.#core.pattern.send(message)) return false;
    this.sent++;
    return true;
  }

  #wait(message: Message, options: WaitOptions): Promise<void> {
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason as Error);
    return new Promise((resolve, reject) => {
      const expired = (): unknown => timedOut(this.#mute());
      if (this.#waiters.length === 0) {
        try {
          if (this.#now(message)) return resolve();
        } catch (error) {
          return reject(error);
        }
      }
      if (options.timeout === 0) return reject(expired());
      this.#waiters.add(toKeep(message), options, { resolve, reject, expired });
    });
  }

  #nextTurn(): Promise<void> {
    this.#turn = 0;
    const { platform } = this.#core;
    platform.hold();
    this.yielding = true;
    return new Promise((resolve) => {
      platform.afterIo(() => {
        this.yielding = false;
        platform.release();
        resolve();
      });
    });
  }

  /** Why nothing can be sent, for the person who reads the error. */
  #mute(): string {
    const { type, pipes } = this.#core;
    if (pipes.size === 0) return `this ${type.name} has no peer; bind() or connect() it, or wait with ready()`;
    const connected = [...pipes].filter((pipe) => pipe.connected).length;
    return `all ${pipes.size} queues of this ${type.name} are full or in use; ${connected} of its peers are connected`;
  }
}
