/**
 * A message is one or more frames, delivered whole or not at all.
 *
 * Frames that arrive are `Buffer`s where the runtime has them (see `bytes.ts`), so that zeromq.js programs find the
 * methods they use; nothing in here relies on more than `Uint8Array`.
 */
export type Message = Uint8Array[];

/** What a user may hand over as one frame; the same list as zeromq.js. */
export type MessageLike = ArrayBufferView | ArrayBuffer | SharedArrayBuffer | string | number | null;

/** Frames up to this size are copied when sent, as zeromq.js does, so that the sender may use its memory again. */
export const COPIED = 128;

/** Bytes of all frames together, without framing. */
export function sizeOf(message: Message): number {
  let size = 0;
  for (const frame of message) size += frame.length;
  return size;
}
