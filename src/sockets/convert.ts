import { allocateSmall, utf8, view } from "../base/bytes.ts";
import { COPIED, type Message, type MessageLike } from "../base/message.ts";

/**
 * What users hand over, as frames. Rules of zeromq.js: bytes stay bytes, null is empty, text is UTF-8, anything else is
 * what `String` makes of it; beyond that, DataView and SharedArrayBuffer are taken as the bytes they are.
 */
export function toMessage(message: MessageLike | readonly MessageLike[]): Message {
  if (message instanceof Uint8Array) return [message];
  if (!Array.isArray(message)) {
    if (message === undefined) throw new TypeError("Message must be present");
    return [toFrame(message as MessageLike)];
  }
  const parts = message as readonly MessageLike[];
  const frames: Message = new Array<Uint8Array>(parts.length);
  for (let at = 0; at < parts.length; at++) frames[at] = toFrame(parts[at] as MessageLike);
  return frames;
}

export function toFrame(part: MessageLike): Uint8Array {
  if (part instanceof Uint8Array) return part;
  if (typeof part === "string") return utf8(part);
  if (part === null) return utf8("");
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  if (part instanceof ArrayBuffer || part instanceof SharedArrayBuffer) return new Uint8Array(part);
  return utf8(String(part));
}

/** What users subscribe to: text or bytes, and nothing that merely has a text form. */
export function toTopic(topic: unknown): Uint8Array {
  if (typeof topic === "string" || ArrayBuffer.isView(topic)) return toFrame(topic);
  throw new TypeError(`Topic must be a string or buffer (got ${typeof topic})`);
}

/** A message that has to wait: small frames are copied now, so that the sender may use its memory again. */
export function toKeep(message: Message): Message {
  return message.map((frame) => {
    if (frame.length > COPIED) return frame;
    const copy = allocateSmall(frame.length);
    copy.set(frame);
    return view(copy, 0, copy.length);
  });
}
