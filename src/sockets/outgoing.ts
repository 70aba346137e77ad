import { keep } from "../base/lending.ts";
import type { Message, MessageLike } from "../base/message.ts";
import { toKeep, toMessage } from "./convert.ts";
import { Releases } from "./releases.ts";
import type { SocketSelf } from "./self.ts";
import { checkWait, timedOut, Waiters, type WaitOptions } from "./waiters.ts";

/**
 * Sends that succeed at once, before one goes through the event loop: a busy sender must not keep timers and I/O waiting
 * (zeromq.js yields after 512 operations too).
 */
const TURN = 512;

/**
 * The same of copies: one message published to 10,000 is as much work as 10,000 to one (512 of them held the loop 0.5 s). A
 * large one is more for the kernel: each KiB counts as one again (64 KiB to 10: 35 ms without).
 */
const COPIES = 32_768;
/** Of copies that share their memory, so many count as one. */
const TOGETHER = 16;

/** How long a send may wait, and who is told when the memory of what it took is free. */
export interface SendOptions extends WaitOptions {
  /**
   * Called once, after the message was taken, as soon as its frames may be changed: they are with the kernel, copied, or
   * dropped. Not called when the send fails.
   */
  readonly released?: () => void;
}

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
  readonly #pattern: SocketSelf["pattern"];
  readonly #waiters: Waiters<Message>;
  /** Who is told of messages that wait; null before the first. */
  #lenders: WeakMap<Message, () => void> | null = null;
  #releases: Releases | null = null;
  /** A run of sends goes through the event loop just now. */
  yielding = false;
  #turn = 0;
  /** Copies made so far, and what those of this turn count. */
  #copied = 0;
  #copies = 0;

  constructor(core: SocketSelf) {
    this.#core = core;
    this.#pattern = core.pattern;
    this.#waiters = new Waiters(core.platform);
  }

  /** How many sends wait. */
  get waiting(): number {
    return this.#waiters.length;
  }

  send(given: MessageLike | readonly MessageLike[], options?: SendOptions): Promise<void> {
    if (this.#core.unusable) throw this.#core.fault();
    const message = toMessage(given);
    if (options === undefined && this.#waiters.length === 0) {
      try {
        if (this.#now(message)) return this.#turnIsOver(message) ? this.#nextTurn() : SETTLED;
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#wait(message, { ...checkWait(options, this.#core.options.sendTimeout), ...checkReleased(options) });
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
        if (!this.#now(waiter.value, this.#lenders?.get(waiter.value))) return;
        waiter.finish();
      } catch (error) {
        waiter.fail(error);
      }
    }
  }

  close(error: () => unknown): void {
    this.#waiters.failAll(error);
  }

  #now(message: Message, released?: () => void): boolean {
    if (message.length === 0) return true;
    keep(message);
    if (released !== undefined) {
      this.#releases ??= new Releases(this.#core);
      if (!this.#releases.send(message, released)) return false;
    } else if (!this.#pattern.send(message)) return false;
    this.sent++;
    return true;
  }

  #wait(message: Message, options: SendOptions): Promise<void> {
    const { released } = options;
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason as Error);
    return new Promise((resolve, reject) => {
      const expired = (): unknown => timedOut(this.mute());
      if (this.#waiters.length === 0) {
        try {
          if (this.#now(message, released)) return resolve();
        } catch (error) {
          return reject(error);
        }
      }
      if (options.timeout === 0) return reject(expired());
      keep(message);
      const kept = toKeep(message);
      if (released !== undefined) (this.#lenders ??= new WeakMap()).set(kept, released);
      this.#waiters.add(kept, options, { resolve, reject, expired });
    });
  }

  /** So many copies, counted as generated, are one piece of memory. */
  spare(copies: number): void {
    this.#copied += copies - Math.floor(copies / TOGETHER);
  }

  #turnIsOver(message: Message): boolean {
    const copied = this.#core.ledger.generated;
    if (copied > this.#copied) {
      const body = message[message.length - 1] as Uint8Array; // what was taken is not empty
      this.#copies += (copied - this.#copied) * (1 + (body.length >> 10));
      this.#copied = copied;
    }
    return ++this.#turn >= TURN || this.#copies >= COPIES;
  }

  #nextTurn(): Promise<void> {
    this.#turn = 0;
    this.#copies = 0;
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
  mute(): string {
    const { type, pipes } = this.#core;
    if (pipes.size === 0) return `this ${type.name} has no peer; bind() or connect() it, or wait with ready()`;
    const connected = [...pipes].filter((pipe) => pipe.connected).length;
    return `all ${pipes.size} queues of this ${type.name} are full or in use; ${connected} of its peers are connected`;
  }
}

function checkReleased({ released }: SendOptions = {}): Pick<SendOptions, "released"> {
  if (released === undefined) return {};
  if (typeof released !== "function") throw new TypeError("released must be a function");
  return { released };
}
