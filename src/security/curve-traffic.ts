import type { Batch } from "../base/batch.ts";
import { readU64, view, writeU64 } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { lend } from "../base/lending.ts";
import { parseCommand, unexpected } from "../wire/zmtp/command.ts";
import { COMMAND, MORE } from "../wire/zmtp/frame.ts";
import type { OpenedFrame } from "../wire/zmtp/mechanism.ts";
import { TAG, type BoxStream } from "./box-stream.ts";

/** RFC 26 "MESSAGE command": its name with a length before it, a short nonce, a box of flags and the frame's body. */
const NAME: Uint8Array = Uint8Array.of(7, 0x4d, 0x45, 0x53, 0x53, 0x41, 0x47, 0x45);
const NONCE_AT = 8;
const BOX_AT = 16;
const FLAGS_AT: number = BOX_AT + TAG;
const BODY_AT: number = FLAGS_AT + 1;

/** How much longer than its body a sealed frame's body is. */
export const OVERHEAD: number = BODY_AT;

/** Flags inside a box; those of the frame around it are not protected, and say nothing. */
const INNER_MORE = 1;
const INNER_COMMAND = 2;

/** One direction of a connection: its boxes, and the last nonce that was used. */
export interface Direction {
  readonly boxes: BoxStream;
  readonly nonce: number;
}

/** The traffic of one connection after its handshake: each frame a MESSAGE (RFC 25, 26). */
export class CurveTraffic {
  readonly #out: BoxStream;
  readonly #in: BoxStream;
  #sent: number;
  #received: number;

  constructor(out: Direction, incoming: Direction) {
    this.#out = out.boxes;
    this.#sent = out.nonce;
    this.#in = incoming.boxes;
    this.#received = incoming.nonce;
  }

  /**
   * Appends the frame's MESSAGE. It goes out without the COMMAND flag, against the text of RFC 23: libzmq sends and takes
   * only that.
   */
  seal(flags: number, body: Uint8Array, into: Batch): void {
    const message = into.blank(0, OVERHEAD + body.length);
    for (let at = 0; at < NONCE_AT; at++) message[at] = NAME[at] as number; // of eight
    const out = this.#out;
    writeU64(out.nonce, 16, ++this.#sent);
    for (let at = 0; at < 8; at++) message[NONCE_AT + at] = out.nonce[16 + at] as number; // of 24
    const inner = ((flags & MORE) === 0 ? 0 : INNER_MORE) | ((flags & COMMAND) === 0 ? 0 : INNER_COMMAND);
    out.seal(inner, body, message, BOX_AT);
  }

  /** The frame in a MESSAGE, opened in place. Each must have a greater nonce than the one before: none counts twice. */
  open(flags: number, message: Uint8Array): OpenedFrame {
    this.#check(flags, message);
    const nonce = readU64(message, NONCE_AT);
    if (nonce <= this.#received) throw replayed(nonce, this.#received);
    this.#received = nonce;
    const boxes = this.#in;
    for (let at = 0; at < 8; at++) boxes.nonce[16 + at] = message[NONCE_AT + at] as number; // checked above
    if (!boxes.open(message, BOX_AT)) throw new ProtocolError("ERR_ZMTP_CRYPTOGRAPHIC", "that of a MESSAGE");
    const inner = message[FLAGS_AT] as number; // likewise
    return {
      flags: ((inner & INNER_MORE) === 0 ? 0 : MORE) | ((inner & INNER_COMMAND) === 0 ? 0 : COMMAND),
      body: lend(view(message, BODY_AT, message.length - BODY_AT)),
    };
  }

  #check(flags: number, message: Uint8Array): void {
    for (let at = 0; at < NONCE_AT; at++) if (message[at] !== NAME[at]) throw noMessage(message);
    if (flags !== 0) throw malformed("in a frame with flags");
    if (message.length < BODY_AT) throw malformed(`${message.length} octets instead of at least ${BODY_AT}`);
  }
}

function noMessage(frame: Uint8Array): ProtocolError {
  const command = parseCommand(frame);
  if (command !== null) return unexpected(command, "MESSAGE");
  return new ProtocolError("ERR_ZMTP_UNEXPECTED_COMMAND", "a frame that is no MESSAGE");
}

function malformed(detail: string): ProtocolError {
  return new ProtocolError("ERR_ZMTP_MALFORMED_COMMAND_MESSAGE", detail);
}

function replayed(nonce: number, last: number): ProtocolError {
  return new ProtocolError("ERR_ZMTP_INVALID_SEQUENCE", `${nonce} came after ${last}`);
}
