import { view } from "../base/bytes.ts";
import type { Message } from "../base/message.ts";

/** Whether a frame sent to a publisher asks for a subscription (01, then the topic) or for its end (00), as a message. */
export function isRequest(frame: Uint8Array): boolean {
  return frame[0] === 0 || frame[0] === 1;
}

/**
 * Takes the requests out of what is sent to a publisher and tells each, its topic as a view; what it returns is data.
 *
 * As libzmq, it takes any frame that looks like a request for one. With `onlyFirst` (ZMQ_ONLY_FIRST_SUBSCRIBE) it does so
 * only where the first frame is one: then frames of data may begin with any octet.
 */
export function withoutRequests(
  message: Message,
  onlyFirst: boolean,
  tell: (topic: Uint8Array, added: boolean) => void,
): Message {
  const [first] = message;
  if (first === undefined || (onlyFirst && !isRequest(first))) return message;
  return message.filter((frame) => {
    if (!isRequest(frame)) return true;
    tell(view(frame, 1, frame.length - 1), frame[0] === 1);
    return false;
  });
}
