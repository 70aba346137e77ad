import { FairQueue } from "../routing/fair-queue.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { PatternHost } from "./pattern.ts";

/** A fair queue that tells the socket when a pipe that ended was read empty. */
export function inbound(host: PatternHost): FairQueue {
  return new FairQueue((pipe) => host.drained(pipe));
}

/** A pipe's far end is gone: what is queued stays readable; without any it is over now. */
export function letGo(queue: FairQueue, pipe: Pipe, host: PatternHost): void {
  if (pipe.queuedIn > 0) {
    queue.readable(pipe);
    return;
  }
  queue.detach(pipe);
  host.drained(pipe);
}
