import { platform } from "#platform";
import { ZmqError } from "./base/errors.ts";
import { block } from "./background/blocking.ts";
import type { BlockOptions } from "./sockets/blocking.ts";
import { coreOf, openCoreOf } from "./sockets/core-of.ts";
import type { SocketCore } from "./sockets/core.ts";
import type { Socket } from "./sockets/socket.ts";
import { checkWait, Waiters, type WaitOptions } from "./sockets/waiters.ts";

/** A socket that is ready, and for what: `Poller.IN`, `Poller.OUT`, or the sum of both. */
export interface PollerEvent {
  readonly socket: Socket;
  readonly events: number;
}

/** What one call waits for. */
interface Call {
  /** Whether it is there. */
  found(): boolean;
  readonly timeout: number | undefined;
}

interface Entry {
  readonly socket: Socket;
  readonly core: SocketCore;
  events: number;
}

/** ZMQ_POLLIN to ZMQ_POLLPRI; the last two are for file descriptors and never come from a socket. */
const ALL_BITS = 15;
/** Waits that end at once before one goes through the event loop: a poll loop must not keep I/O waiting. */
const TURN = 64;

/** Stands for the error of a time-out, which is none here. */
const EXPIRED: unique symbol = Symbol("expired");

/**
 * Waits until one of many sockets can be received from or sent to (zmq_poller, zmq_poll): for programs that come from C.
 * Others have `receive()` and `for await` on each socket.
 *
 * It only tells: receive with `tryReceive()`, since somebody else may have been quicker. What is ready is told again by
 * the next call, as long as it is.
 */
export class Poller {
  /** A message can be received (ZMQ_POLLIN). */
  static readonly IN = 1;
  /** A message can be sent (ZMQ_POLLOUT). */
  static readonly OUT = 2;

  readonly #entries: Map<SocketCore, Entry> = new Map();
  readonly #waiters: Waiters<Call> = new Waiters(platform);
  /** Whose turn it is to be looked at first, so that a busy socket does not hide the others. */
  #first = 0;
  #turn = 0;
  #scheduled = false;
  readonly #wake = (): void => this.#schedule();

  /** How many sockets it has, closed ones included. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Adds a socket.
   *
   * @throws ZmqError EINVAL when it is there already or `events` are not a sum of ZMQ_POLL bits, ENOTSOCK, EBADF, ETERM
   */
  add(socket: Socket, events: number = Poller.IN): void {
    const core = openCoreOf(socket);
    if (this.#entries.has(core)) throw new ZmqError("EINVAL", { hint: "the poller has this socket already" });
    this.#entries.set(core, { socket, core, events: checked(events) });
    if (this.#waiters.length > 0) core.movers.add(this.#wake);
    this.#schedule();
  }

  /** Changes what a socket is waited for; 0 is nothing. @throws ZmqError EINVAL when the poller does not have it */
  modify(socket: Socket, events: number): void {
    this.#entry(socket).events = checked(events);
    this.#schedule();
  }

  /** Removes a socket, closed or not. @throws ZmqError EINVAL when the poller does not have it */
  remove(socket: Socket): void {
    const { core } = this.#entry(socket);
    this.#entries.delete(core);
    core.movers.delete(this.#wake);
    this.#schedule();
  }

  /**
   * One socket that is ready, each in its turn; undefined when `timeout` ms passed before any was. Rejects with EFAULT
   * when no socket is waited for and there is no time-out, with EBADF when one of them is closed, with ETERM when the
   * context of one was shut down, or with the signal's reason.
   */
  wait(options?: WaitOptions): Promise<PollerEvent | undefined> {
    return this.#wait(options, () => this.#next(), undefined);
  }

  /**
   * As `wait`, but blocks the thread until one is ready. Its sockets must have a context with I/O threads
   * (`new Context({ background: true })`).
   *
   * @throws ZmqError as `wait` rejects; ENOTSUP without I/O threads; EINTR when the process is interrupted (SIGINT)
   */
  waitSync(options: BlockOptions = {}): PollerEvent | undefined {
    const { timeout = -1 } = checkWait(options, -1);
    const look = (): PollerEvent | undefined => {
      const fault = this.#fault(timeout);
      if (fault !== undefined) throw fault;
      return this.#next();
    };
    for (const { context } of this.#entries.keys()) context.checkBlocking();
    return block(platform, timeout, look);
  }

  /** All sockets that are ready, in the order they were added; none when `timeout` ms passed. Rejects as `wait` does. */
  waitAll(options?: WaitOptions): Promise<PollerEvent[]> {
    const all = (): PollerEvent[] | undefined => {
      const ready = [...this.#entries.values()].flatMap((entry) => eventOf(entry) ?? []);
      return ready.length > 0 ? ready : undefined;
    };
    return this.#wait(options, all, []);
  }

  #wait<Result>(options: WaitOptions | undefined, look: () => Result | undefined, none: Result): Promise<Result> {
    const wait = checkWait(options, -1);
    if (wait.signal?.aborted === true) return Promise.reject(wait.signal.reason as Error);
    const fault = this.#fault(wait.timeout);
    if (fault !== undefined) return Promise.reject(fault);
    const ready = this.#waiters.length === 0 ? look() : undefined;
    if (ready !== undefined) return this.#atOnce(ready);
    if (wait.timeout === 0) return this.#atOnce(none);
    return new Promise((resolve, reject) => {
      let result = none;
      const found = (): boolean => {
        const now = look();
        if (now !== undefined) result = now;
        return now !== undefined;
      };
      const failed = (error: unknown): void => (error === EXPIRED ? resolve(none) : reject(error)); // as given
      const done = (then: () => void): void => {
        if (this.#waiters.length === 0) this.#listen(false);
        then();
      };
      if (this.#waiters.length === 0) this.#listen(true);
      this.#waiters.add({ found, timeout: wait.timeout }, wait, {
        resolve: () => done(() => resolve(result)),
        reject: (error) => done(() => failed(error)),
        expired: () => EXPIRED,
      });
    });
  }

  #atOnce<Result>(result: Result): Promise<Result> {
    if (++this.#turn < TURN) return Promise.resolve(result);
    this.#turn = 0;
    platform.hold();
    return new Promise((resolve) => {
      platform.afterIo(() => {
        platform.release();
        resolve(result);
      });
    });
  }

  #listen(on: boolean): void {
    for (const { movers } of this.#entries.keys()) {
      if (on) movers.add(this.#wake);
      else movers.delete(this.#wake);
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiters.length === 0) return;
    this.#scheduled = true;
    platform.atEndOfTurn(() => this.#serve());
  }

  /** Those who wait longest are served first. */
  #serve(): void {
    this.#scheduled = false;
    this.#turn = 0;
    for (let waiter = this.#waiters.first(); waiter !== undefined; waiter = this.#waiters.first()) {
      const { value } = waiter;
      const fault = this.#fault(value.timeout);
      if (fault !== undefined) waiter.fail(fault);
      else if (value.found()) waiter.finish();
      else return;
    }
  }

  #next(): PollerEvent | undefined {
    const entries = [...this.#entries.values()];
    for (let count = 0; count < entries.length; count++) {
      const at = (this.#first + count) % entries.length;
      const event = eventOf(entries[at] as Entry); // below the length
      if (event === undefined) continue;
      this.#first = at + 1;
      return event;
    }
    return undefined;
  }

  /** Why waiting makes no sense. */
  #fault(timeout = -1): ZmqError | undefined {
    let any = false;
    for (const { core, events } of this.#entries.values()) {
      if (core.unusable) return core.fault();
      any ||= events !== 0;
    }
    if (any || (timeout >= 0 && timeout !== Infinity)) return undefined;
    return new ZmqError("EFAULT", { hint: "the poller has nothing to wait for, and would wait for ever" });
  }

  #entry(socket: Socket): Entry {
    const entry = this.#entries.get(coreOf(socket));
    if (entry === undefined) throw new ZmqError("EINVAL", { hint: "the poller does not have this socket" });
    return entry;
  }
}

function eventOf({ socket, core, events }: Entry): PollerEvent | undefined {
  const canReceive = (events & Poller.IN) !== 0 && core.pattern.canReceive ? Poller.IN : 0;
  const canSend = (events & Poller.OUT) !== 0 && core.outgoing.waiting === 0 && core.pattern.canSend ? Poller.OUT : 0;
  const ready = canReceive | canSend;
  return ready === 0 ? undefined : { socket, events: ready };
}

function checked(events: number): number {
  if (Number.isInteger(events) && events >= 0 && events <= ALL_BITS) return events;
  throw new ZmqError("EINVAL", { hint: `events are Poller.IN, Poller.OUT or their sum, not ${String(events)}` });
}
