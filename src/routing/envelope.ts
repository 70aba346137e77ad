import type { Message } from "../base/message.ts";

/** A request as a REP socket reads it (RFC 28 "address envelope"). */
export interface Enveloped {
  /** The way back: routing ids and the empty delimiter frame after them. */
  readonly envelope: Message;
  /** At least one frame. */
  readonly body: Message;
}

/**
 * Splits a message behind its first empty frame. Undefined when there is none, or nothing follows it: such a message is
 * no request, and REP discards it.
 */
export function split(message: Message): Enveloped | undefined {
  const last = message.length - 1;
  for (let at = 0; at < last; at++) {
    if ((message[at] as Uint8Array).length > 0) continue; // in bounds
    return { envelope: message.slice(0, at + 1), body: message.slice(at + 1) };
  }
  return undefined;
}

/** The reply: the envelope of the request, and what is answered. */
export function join(envelope: Message, body: Message): Message {
  return envelope.concat(body);
}
