import { BY_REFERENCE, type Batch } from "../base/batch.ts";
import { copyOf } from "../base/bytes.ts";
import type { Message } from "../base/message.ts";
import type { Connection, ConnectionEvents, Verdict } from "./connection.ts";

/**
 * Bytes as they are, for STREAM sockets: each chunk is a message of one frame, and frames are written without framing.
 *
 * It has no handshake, so `ready` never comes; where a connection begins and ends is the socket's to tell.
 */
export class RawConnection implements Connection {
  readonly handshakes = false;
  readonly plainFrames = false;
  readonly held = 0;

  /** Nothing is sent before the user sends. */
  start(_into: Batch): void {}

  /** A refusal needs no memory here: the message was taken, and nothing is behind it. */
  receive(bytes: Uint8Array, to: ConnectionEvents): void {
    if (bytes.length > 0) to.message([copyOf(bytes)]);
  }

  resume(_to: ConnectionEvents): void {}

  /** There is no handshake, so nobody is asked. */
  authenticated(_verdict: Verdict, _to: ConnectionEvents): void {}

  target(): Uint8Array | null {
    return null;
  }

  encode(message: Message, into: Batch): void {
    for (const frame of message) {
      if (frame.length >= BY_REFERENCE) into.reference(frame);
      else into.bytes(frame);
    }
  }

  /** Raw bytes have no form for it. */
  encodeSubscription(_topic: Uint8Array, _added: boolean, _into: Batch): void {}

  encodePing(_ttl: number, _into: Batch): boolean {
    return false;
  }
}
