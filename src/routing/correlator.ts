import { allocateSmall, EMPTY } from "../base/bytes.ts";
import type { Message } from "../base/message.ts";

/**
 * Puts the delimiter before a request and takes it off the reply (RFC 28, REQ), and with ZMQ_REQ_CORRELATE a request id
 * before that, by which a late reply to an earlier request is told from the one that is waited for.
 *
 * The id is as libzmq's on x86: 4 bytes, little-endian, counting up from a random start. It only names the last
 * request: with ZMQ_REQ_RELAXED a new request is allowed before the reply, and without ids a late reply then passes for
 * the new one, unless the old pipe is closed. Whether a request may be sent, and which pipe may answer, is REQ's.
 */
export class Correlator {
  /** ZMQ_REQ_CORRELATE; acts from the next request on. */
  enabled = false;
  #last: number;
  #correlated = false;

  /** `start` is a random 32-bit number. */
  constructor(start: number) {
    this.#last = start >>> 0;
  }

  /** What goes out for a request. */
  wrap(request: Message): Message {
    this.#correlated = this.enabled;
    if (!this.#correlated) return [EMPTY, ...request];
    this.#last = (this.#last + 1) >>> 0;
    const id = allocateSmall(4);
    for (let at = 0; at < 4; at++) id[at] = this.#last >>> (8 * at);
    return [id, EMPTY, ...request];
  }

  /** The body of a reply to the last request; undefined when it is malformed, or a reply to an earlier one. */
  unwrap(reply: Message): Message | undefined {
    const delimiter = this.#correlated ? 1 : 0;
    if (this.#correlated && !this.#names(reply[0])) return undefined;
    if (reply.length < delimiter + 2 || reply[delimiter]?.length !== 0) return undefined;
    return reply.slice(delimiter + 1);
  }

  #names(id: Uint8Array | undefined): boolean {
    if (id?.length !== 4) return false;
    for (let at = 0; at < 4; at++) if (id[at] !== ((this.#last >>> (8 * at)) & 255)) return false;
    return true;
  }
}
