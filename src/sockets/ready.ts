import { ZmqError } from "../base/errors.ts";
import { toTopic } from "./convert.ts";
import type { SocketSelf } from "./self.ts";
import { checkWait, timedOut, Waiters, type WaitOptions } from "./waiters.ts";

/** What `ready` waits for. Without any, for one peer. */
export interface ReadyOptions extends WaitOptions {
  /** As many peers with their handshake done. */
  readonly peers?: number;
  /** As many subscribers that want messages which begin with `topic`; for publishers. */
  readonly subscribers?: number;
  /** Default: empty, which only those match that subscribed to everything. */
  readonly topic?: string | Uint8Array;
}

/** Resolves when enough peers, or subscribers, are there; rejects with EAGAIN after `timeout` (default: for ever). */
export function waitUntilReady(core: SocketSelf, options: ReadyOptions = {}): Promise<void> {
  const wait = checkWait(options, -1);
  const { peers, subscribers, topic } = demand(core, options);
  if (wait.signal?.aborted === true) return Promise.reject(wait.signal.reason as Error);
  const there = (): { peers: number; subscribers: number } => ({
    peers: [...core.pipes].filter((pipe) => pipe.connected).length,
    subscribers: core.pattern.subscribers?.(topic) ?? 0,
  });
  const enough = (): boolean => {
    const now = there();
    return now.peers >= peers && now.subscribers >= subscribers;
  };
  if (enough()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const waiters = new Waiters<null>(core.platform);
    const expired = (): ZmqError => {
      const now = there();
      const hint = `${now.peers} of ${peers} peers and ${now.subscribers} of ${subscribers} subscribers are there`;
      return timedOut(hint);
    };
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
      else if (enough()) waiter.finish();
    };
    core.watchers.add(check);
  });
}

/** What has to be there. */
function demand(core: SocketSelf, options: ReadyOptions): { peers: number; subscribers: number; topic: Uint8Array } {
  const { peers, subscribers, topic } = options;
  checkCount("peers", peers);
  checkCount("subscribers", subscribers);
  if (subscribers !== undefined && core.pattern.subscribers === undefined) {
    throw new TypeError(`Option subscribers needs a publisher; this is a ${core.type.className}`);
  }
  const least = subscribers === undefined ? 1 : 0;
  return { peers: peers ?? least, subscribers: subscribers ?? 0, topic: toTopic(topic ?? "") };
}

function checkCount(name: string, count: number | undefined): void {
  if (count === undefined || (typeof count === "number" && count >= 0)) return;
  throw new TypeError(`Option ${name} must be a number, 0 or more (got ${String(count)})`);
}
