import type { Message } from "../base/message.ts";
import type { Distributor } from "../routing/distributor.ts";
import type { PatternHost } from "./pattern.ts";

/**
 * Sends to the pipes that are marked, and counts what became of the message: a copy for each, or dropped as nobody wants it.
 * False, with nothing sent to anybody, when one of them is full and none may be passed over (`noDrop`).
 */
export function publish(peers: Distributor, message: Message, host: PatternHost): boolean {
  if (peers.matching === 0) {
    host.drop(peers.size === 0 ? "no-peer" : "no-subscriber");
    return true;
  }
  if (host.options.noDrop && !peers.checkReady()) {
    peers.unmark();
    return false;
  }
  countCopies(peers.sendToMatching(message) + peers.dropped, host);
  return true;
}

/** One message became so many. */
export function countCopies(copies: number, host: PatternHost): void {
  if (copies > 1) host.copies(copies);
  else if (copies === 0) host.drop("no-peer");
}
