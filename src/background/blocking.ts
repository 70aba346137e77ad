import type { Clock } from "../base/clock.ts";
import { ZmqError } from "../base/errors.ts";

/** What a blocked thread hears: I/O threads, and other threads of the process. */
interface Heard {
  /** Reads all there is from it, and has it count up the alarm from then on. False: it can't, and must be asked again. */
  pollNow(): boolean;
}

/** What blocking takes of the platform. */
export interface BlockingPlatform {
  readonly clock: Clock;
  /** `Atomics.wait`, which an interrupt (SIGINT) ends: then it returns "interrupted". */
  wait(words: Int32Array, at: number, value: number, limit: number): "interrupted" | "timed-out" | "ok" | "not-equal";
}

/** ms between two looks at those that don't count up the alarm. */
const LOOK_EVERY = 1;

/** The word that this thread waits at while it is blocked. */
export const alarm: SharedArrayBuffer = new SharedArrayBuffer(4);

const words = new Int32Array(alarm);
const heard: Set<Heard> = new Set();

/** From now on, a blocked thread hears of it; what is returned ends that. */
export function hear(each: Heard): () => void {
  heard.add(each);
  return () => void heard.delete(each);
}

/**
 * Blocks until `look` finds something, and returns it; undefined when `timeout` ms passed (-1: never). The event loop does
 * not turn meanwhile: timers and promises wait, I/O threads go on.
 *
 * @throws ZmqError EINTR when the process is interrupted meanwhile (SIGINT), and what `look` throws
 */
export function block<T>(platform: BlockingPlatform, timeout: number, look: () => T | undefined): T | undefined {
  const { clock } = platform;
  const end = timeout < 0 ? Infinity : clock.now() + timeout;
  for (;;) {
    const count = Atomics.load(words, 0);
    let all = true;
    for (const each of heard) all = each.pollNow() && all;
    const found = look();
    const left = end - clock.now();
    if (found !== undefined || left <= 0) return found;
    if (platform.wait(words, 0, count, all ? left : Math.min(left, LOOK_EVERY)) === "interrupted") {
      throw new ZmqError("EINTR");
    }
  }
}
