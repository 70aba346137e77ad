import { BY_REFERENCE, type Batch } from "../../base/batch.ts";
import { allocateSmall, readU64, view, writeU64 } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";
import type { Decoder } from "./decoder.ts";
import { LONG, MAX_HEADER, MORE } from "./frame.ts";

/** What says, in the place of a length, that eight octets of length follow (RFC 13 "framing"). */
const LONG_LENGTH = 0xff;

/** Octets before a body: length and flags; or the sign above, the length in eight, and flags. */
const SHORT_HEADER = 2;
const LONG_HEADER = 10;

/** Socket types by their number in a ZMTP 2.0 greeting (RFC 15 "socket-type"); libzmq adds the last two. */
const TYPES = ["PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB"] as const;

const NUMBERS: ReadonlyMap<string, number> = new Map(TYPES.map((name, number) => [name, number]));

/** The number of a socket type in ZMTP 2.0; undefined for the types that came later. */
export function typeNumber(name: string): number | undefined {
  return NUMBERS.get(name);
}

/** The socket type that a ZMTP 2.0 peer tells; "" for a number without one. */
export function typeName(number: number): string {
  return TYPES[number] ?? "";
}

/** Octets of the header that begins with this one. */
export function headerSize(first: number): number {
  return first === LONG_LENGTH ? LONG_HEADER : SHORT_HEADER;
}

/** Appends a ZMTP 1.0 frame (RFC 13 "framing"): the length counts the flags too, of which there is only MORE. */
export function appendOldFrame(flags: number, body: Uint8Array, into: Batch): void {
  const length = body.length + 1;
  const header = allocateSmall(length < LONG_LENGTH ? SHORT_HEADER : LONG_HEADER);
  header[0] = Math.min(length, LONG_LENGTH);
  if (length >= LONG_LENGTH) writeU64(header, 1, length);
  header[header.length - 1] = flags & MORE;
  into.bytes(header);
  if (body.length >= BY_REFERENCE) into.reference(body);
  else into.bytes(body);
}

/**
 * Reads ZMTP 1.0: hands the decoder each frame with the header that a later version would give it. Bodies are the same,
 * so that bounds, memory and pauses are the decoder's, and no byte of a body is copied for it.
 *
 * It takes about five times as long a frame as reading later versions, which nobody who speaks 1.0 will notice.
 */
export class OldFrameReader {
  readonly #decoder: Decoder;
  /** A header that is not whole. */
  readonly #header: Uint8Array = allocateSmall(LONG_HEADER);
  #headerSize = 0;
  /** Octets of the body at hand that are still to come. */
  #body = 0;
  /** What is wrong behind the frame that the decoder was stopped at. */
  #fault: ProtocolError | null = null;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /** Octets of an unfinished header. */
  get held(): number {
    return this.#headerSize;
  }

  /** As `Decoder.receive`. */
  receive(bytes: Uint8Array, at: number): void {
    while (at < bytes.length && this.#fault === null) {
      if (this.#body === 0) at = this.#readHeader(bytes, at);
      else at = this.#passBody(bytes, at);
    }
    this.#throwFault();
  }

  /** As `Decoder.resume`. */
  resume(): void {
    this.#decoder.resume();
    this.#throwFault();
  }

  #passBody(bytes: Uint8Array, at: number): number {
    const size = Math.min(this.#body, bytes.length - at);
    this.#body -= size;
    this.#decoder.receive(view(bytes, at, size), 0);
    return at + size;
  }

  #readHeader(bytes: Uint8Array, at: number): number {
    const header = this.#header;
    const first = (this.#headerSize > 0 ? header[0] : bytes[at]) as number; // in bounds: `receive` looked
    const whole = headerSize(first);
    const size = Math.min(whole - this.#headerSize, bytes.length - at);
    header.set(view(bytes, at, size), this.#headerSize);
    this.#headerSize += size;
    if (first === 0) this.#fault = noLength();
    else if (this.#headerSize === whole) this.#passHeader(header, whole);
    return at + size;
  }

  #passHeader(header: Uint8Array, whole: number): void {
    this.#headerSize = 0;
    if (whole === SHORT_HEADER) this.#passShort(header);
    else if (decrement(header, 1)) this.#passLong(header);
    else this.#fault = noLength();
  }

  /** In place, as below: flags, then a length that does not count them. */
  #passShort(header: Uint8Array): void {
    const length = header[0] as number; // of ten octets
    const flags = header[1] as number;
    this.#body = length - 1;
    header[0] = flags & MORE;
    header[1] = length - 1;
    this.#decoder.receive(view(header, 0, SHORT_HEADER), 0);
  }

  /** The length was taken one from. */
  #passLong(header: Uint8Array): void {
    this.#body = readU64(header, 1);
    header[0] = ((header[LONG_HEADER - 1] as number) & MORE) | LONG; // of ten
    this.#decoder.receive(view(header, 0, MAX_HEADER), 0);
  }

  /** Not before what came ahead of the fault is handed out. */
  #throwFault(): void {
    if (this.#fault !== null && !this.#decoder.stopped) throw this.#fault;
  }
}

function noLength(): ProtocolError {
  return new ProtocolError("ERR_ZMTP_UNSPECIFIED", "a frame of ZMTP 1.0 with a length of 0");
}

/** Takes 1 from the 64 bits at `at`, all of which count, as no limit was checked yet; false when there is none to take. */
function decrement(bytes: Uint8Array, at: number): boolean {
  for (let digit = at + 7; digit >= at; digit--) {
    const before = bytes[digit] as number; // in bounds: the caller's header
    bytes[digit] = before - 1;
    if (before > 0) return true;
  }
  return false;
}
