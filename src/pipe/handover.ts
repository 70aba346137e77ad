import { copyOf, view } from "../base/bytes.ts";
import { Deque } from "../base/deque.ts";
import type { Message } from "../base/message.ts";
import type { MessageQueue } from "./queue.ts";

/** Frames up to this size are copied when sent, as zeromq.js does, so that the sender may use its memory again. */
export const COPIED = 128;

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
