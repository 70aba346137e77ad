import { printable } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import { toTopic } from "./convert.ts";
import type { SocketSelf } from "./self.ts";
import { checkWait, timedOut, Waiters, type WaitOptions } from "./waiters.ts";

/** What `ready` waits for. Without any, for one peer. */
export interface ReadyOptions extends WaitOptions {
  /** As many peers with their handshake done. */
  readonly peers?: number;
  /** As many subscribers that want messages which begin with `topic`, or are in that group; for publishers. */
  readonly subscribers?: number;
  /** Default: empty, which only those match that subscribed to everything. */
  readonly topic?: string | Uint8Array;
}

/** Resolves when enough peers, or subscribers, are there; rejects with EAGAIN after `timeout` (default: for ever). */
export function waitUntilReady(core: SocketSelf, options: ReadyOptions = {}): Promise<void> {
  const wait = checkWait(options, -1);
  const roll = new RollCall(core, options);
  if (wait.signal?.aborted === true) return Promise.reject(wait.signal.reason as Error);
  if (roll.complete) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const waiters = new Waiters<null>(core.platform);
    const expired = (): ZmqError => timedOut(roll.result);
    if (wait.timeout === 0) {
      reject(expired());
      return;
    }
    const done = (then: () => void): void => {
      core.watchers.delete(check);
      then();
    };
    const waiter = waiters.add(null, wait, {
      resolve: () => done(resolve),
      reject: (error) => done(() => reject(error)),
      expired,
    });
    const check = (): void => {
      if (core.closed) waiter.fail(new ZmqError("EAGAIN", { hint: "the socket was closed meanwhile" }));
      else if (core.unusable) waiter.fail(core.fault());
      else if (roll.complete) waiter.finish();
    };
    core.watchers.add(check);
  });
}

/** Who has to be there, and who is. */
class RollCall {
  readonly #core: SocketSelf;
  readonly #peers: number;
  readonly #subscribers: number;
  readonly #topic: Uint8Array;

  constructor(core: SocketSelf, { peers, subscribers, topic }: ReadyOptions) {
    checkCount("peers", peers);
    checkCount("subscribers", subscribers);
    if (subscribers !== undefined && core.pattern.subscribers === undefined) {
      throw new TypeError(`Option subscribers needs a publisher; this is a ${core.type.className}`);
    }
    this.#core = core;
    this.#peers = peers ?? (subscribers === undefined ? 1 : 0);
    this.#subscribers = subscribers ?? 0;
    this.#topic = toTopic(topic ?? "");
  }

  get complete(): boolean {
    return this.#peersThere >= this.#peers && this.#subscribersThere >= this.#subscribers;
  }

  /** For the text of an error. */
  get result(): string {
    const parts: string[] = [];
    if (this.#peers > 0) parts.push(`${this.#peersThere} of ${this.#peers} peers`);
    if (this.#subscribers > 0) {
      parts.push(`${this.#subscribersThere} of ${this.#subscribers} subscribers for ${printable(this.#topic)}`);
    }
    return `${parts.join(" and ")} are there`;
  }

  get #peersThere(): number {
    return [...this.#core.pipes].filter((pipe) => pipe.connected).length;
  }

  get #subscribersThere(): number {
    return this.#core.pattern.subscribers?.(this.#topic) ?? 0;
  }
}

function checkCount(name: string, count: number | undefined): void {
  if (count === undefined || (typeof count === "number" && count >= 0)) return;
  throw new TypeError(`Option ${name} must be a number, 0 or more (got ${String(count)})`);
}
