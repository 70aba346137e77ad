/**
 * Why a message was not delivered. Every message that a user hands over, and every one that arrives, is at any moment
 * delivered, queued, or counted under one of these.
 */
export const DROP_REASONS = {
  hwm: {
    way: "both",
    doc: "The queue was full and the socket type drops instead of waiting, or a newer message took its place (conflate).",
  },
  "no-peer": { way: "out", doc: "Nobody is connected and the socket type drops instead of waiting." },
  "no-subscriber": { way: "out", doc: "Published, and no subscription matched." },
  unroutable: {
    way: "out",
    doc: "No peer has the routing id, or the frames name none; or the system has no way for a datagram.",
  },
  "linger-expired": {
    way: "out",
    doc: "Still queued when the linger time after close, disconnect or unbind was over.",
  },
  "peer-lost": { way: "out", doc: "Queued or being written to a peer whose connection ended." },
  refused: { way: "both", doc: "The socket's state or type has no use for it: a late reply, data sent to a PUB." },
  filtered: { way: "in", doc: "Arrived, and no subscription of this subscriber matched." },
  "too-big": {
    way: "both",
    doc: "Over a size limit: the connection was closed. Or more than a datagram holds, either way: only it was lost.",
  },
  incomplete: { way: "in", doc: "The connection ended in the middle of a message." },
  "decode-error": {
    way: "in",
    doc: "The bytes were not what the protocol allows; the connection was closed. Of datagrams, only the one was lost.",
  },
  unread: { way: "in", doc: "Received, but the socket was closed before anybody read it." },
} as const;

/** Why a message was dropped. */
export type DropReason = keyof typeof DROP_REASONS;

/** Drops by reason, in plain numbers. */
export type Drops = { [Reason in DropReason]: number };

const NONE = Object.fromEntries(Object.keys(DROP_REASONS).map((reason) => [reason, 0])) as Drops; // one for each reason

/** All zero. */
export function noDrops(): Drops {
  return { ...NONE };
}
