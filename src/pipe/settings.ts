import { Handover } from "./handover.ts";
import { Lane } from "./lane.ts";
import { Newest } from "./newest.ts";
import { Packed } from "./packed.ts";
import type { MessageQueue } from "./queue.ts";
import { Runs } from "./runs.ts";

/** What a pair of pipe ends is made with. */
export interface PipeSettings {
  /** High-water mark of what the near end writes and of what it reads; 0 is unlimited. */
  readonly outLimit: number;
  readonly inLimit: number;
  /** Keep only the newest message each way (ZMQ_CONFLATE). */
  readonly conflate: boolean;
  /**
   * What the far end is: a session that writes to a stream (then what the near end writes is kept packed as frames), or
   * another socket (then messages are handed over as they are).
   */
  readonly far: "session" | "socket";
}

/** One way of the near end, with the queue that suits who reads and who writes it. */
export function laneOf(settings: PipeSettings, way: "out" | "in"): Lane {
  const limit = way === "out" ? settings.outLimit : settings.inLimit;
  // A newer message takes the place of the one that waits: no mark may refuse it.
  return new Lane(queueOf(settings, way), settings.conflate ? 0 : limit);
}

function queueOf({ conflate, far }: PipeSettings, way: "out" | "in"): MessageQueue {
  if (conflate) return new Newest();
  if (far === "socket") return new Handover();
  return way === "out" ? new Packed() : new Runs();
}
