import { copyOf, view } from "../base/bytes.ts";
import { Deque } from "../base/deque.ts";
import { COPIED, type Message } from "../base/message.ts";
import type { MessageQueue } from "./queue.ts";

/** A queue between two sockets of one process (inproc): large frames arrive as the same memory. */
export class Handover extends Deque<Message> implements MessageQueue {
  override push(message: Message): void {
    for (let at = 0; at < message.length; at++) {
      const frame = message[at] as Uint8Array;
      message[at] = frame.length <= COPIED ? copyOf(frame) : view(frame, 0, frame.length);
    }
    super.push(message);
  }
}
