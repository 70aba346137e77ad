import { EMPTY, allocateSmall, copyOf, readU64, view } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";
import { borrow, lend } from "../../base/lending.ts";
import { COMMAND, LONG, MAX_HEADER, MORE, readHeader, tooLong, type FrameHeader } from "./frame.ts";
import { reserve, slab } from "./slab.ts";

/** A body of at least this size gets memory of its own: it pins no slab, and what is missing is read straight into it. */
const OWN_MEMORY = 16 * 1024;

/**
 * Bodies of at least this size that come one after the other are read one by one, each together with the header behind it,
 * so that none of their bytes is copied. Smaller ones are better read several at a time, and copied.
 */
const STRAIGHT = 48 * 1024;

/** The most memory that is taken on a stranger's word; beyond, a body grows as its bytes arrive. */
const ON_TRUST = 1024 * 1024;

/**
 * How many times what has arrived a growing body may have room for: what a peer can have us reserve. More would be faster, as
 * each step copies all that came before (1 GiB over tcp: 0.63 messages/s with 2, 0.83 with 4, 0.98 with 16).
 */
const GROWTH = 2;

/** Who takes frames. */
export interface FrameSink {
  /** `flags` has MORE and COMMAND. Return false to stop until `resume`; the frame is taken either way. */
  frame(flags: number, body: Uint8Array): boolean;
  /**
   * Offers frames from `from` on, some of them maybe whole and none of them checked, in memory that lasts. Returns up to
   * where it took them, which none but whole frames without flags, not longer than `longest`, may be. Absent: never any.
   */
  run?(memory: Uint8Array, from: number, end: number, longest: number): number;
}

/**
 * Chunks in, frames out: the hottest loop of receiving. It knows the framing (RFC 37) and lengths, and nothing of what
 * frames mean.
 *
 * Whole small frames of a chunk are copied into the slab together and handed out as views of it (14 ns each, where a copy
 * of each takes about 100). A frame that is cut off gets room for all of it at once, so that its bytes are copied once,
 * however they arrive; a large one is filled by the transport itself (`target`).
 */
export class Decoder {
  /** The longest bodies allowed now. Checked before memory is taken. */
  maxMessage: number;
  maxCommand: number;
  readonly #sink: FrameSink;
  /** A header that is cut off; none before the first that is. */
  #header: Uint8Array = EMPTY;
  #headerSize = 0;
  /** A body that is cut off; it may have less room than its length, or, in a row of large ones, room for a header behind it. */
  #body: Uint8Array | null = null;
  /** Whether the frame before was large. */
  #row = false;
  #filled = 0;
  #length = 0;
  #flags = 0;
  /**
   * What is taken on this peer's word: as much as it has sent in one body before (128 MiB over tcp: 4 to 7 messages/s). So it
   * never has us reserve more than twice what it has sent.
   */
  #trusted = ON_TRUST;
  /** What came behind the frame that the sink stopped at. */
  #stopped = false;
  #rest: Uint8Array = EMPTY;
  #restAt = 0;
  #restEnd = 0;

  constructor(sink: FrameSink, maxBody: number) {
    this.#sink = sink;
    this.maxMessage = this.maxCommand = maxBody;
  }

  /** Bytes of unfinished frames, and of those not yet handed out. */
  get held(): number {
    return this.#headerSize + this.#filled + this.#restEnd - this.#restAt;
  }

  /** Reads `bytes` from `at`; they may change after the call, unless they lie in what `target` gave. */
  receive(bytes: Uint8Array, at: number): void {
    while (at < bytes.length && !this.#stopped) {
      if (this.#body !== null) at = this.#fill(this.#body, bytes, at);
      else if (this.#headerSize > 0) at = this.#completeHeader(bytes, at);
      else at = this.#decodeChunk(bytes, at);
    }
    if (at < bytes.length) this.#keep(bytes, at);
  }

  /** Whether the sink stopped it, and `resume` did not come yet. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** As if the sink had stopped at the frame before. */
  stop(): void {
    this.#stopped = true;
  }

  /** Goes on behind the frame that the sink stopped at. */
  resume(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    const rest = this.#rest;
    const end = this.#restEnd;
    this.#restAt = this.#decode(rest, this.#restAt, end);
    if (this.#stopped && this.#restAt < end) return;
    const tail = view(rest, this.#restAt, end - this.#restAt);
    this.#rest = EMPTY;
    this.#restAt = this.#restEnd = 0;
    this.receive(tail, 0);
  }

  /** Where the rest of a large body belongs; null when a copy of what is missing costs less than a read of its own. */
  target(): Uint8Array | null {
    const body = this.#body;
    if (body === null || (body.length - this.#filled < OWN_MEMORY && !this.#row)) return null;
    return view(body, this.#filled, body.length - this.#filled);
  }

  /** Lets all memory go; nothing may be received afterwards. */
  close(): void {
    this.#body = null;
    this.#rest = EMPTY;
    this.#headerSize = this.#filled = this.#restAt = this.#restEnd = 0;
  }

  /** Hands out the small frames that are whole in the chunk, or begins with the frame that is cut off or large. */
  #decodeChunk(bytes: Uint8Array, at: number): number {
    const end = wholeUntil(bytes, at);
    if (end === at) return this.#begin(bytes, at);
    this.#row = false;
    const start = reserve(end - at);
    const memory = slab.memory;
    memory.set(part(bytes, at, end), start);
    const decoded = this.#decode(memory, start, start + end - at);
    if (this.#stopped) {
      this.#rest = memory;
      this.#restAt = decoded;
      this.#restEnd = start + end - at;
    }
    return end;
  }

  /**
   * Hands out whole frames as views of `memory`, which must last; returns where it stopped. `readHeader` says what this
   * means; written out, it makes no object per frame.
   */
  #decode(memory: Uint8Array, at: number, end: number): number {
    const sink = this.#sink;
    while (end - at >= 2) {
      if (sink.run !== undefined) at = sink.run(memory, at, end, this.maxMessage);
      if (end - at < 2) break;
      const flags = memory[at] as number; // in bounds: two bytes are there
      let length = memory[at + 1] as number; // likewise
      let body = at + 2;
      if ((flags & LONG) !== 0) {
        body = at + MAX_HEADER;
        if (body > end) break;
        length = readU64(memory, at + 1);
      }
      this.#check(flags, length);
      if (length > end - body) break;
      at = body + length;
      if (!sink.frame(flags & (MORE | COMMAND), length === 0 ? EMPTY : view(memory, body, length))) {
        this.#stopped = true;
        break;
      }
    }
    return at;
  }

  /** Takes the header at `at`, or as much of it as there is. */
  #begin(bytes: Uint8Array, at: number): number {
    const header = readHeader(bytes, at, bytes.length);
    if (header === null) return this.#completeHeader(bytes, at);
    this.#open(header);
    return header.body;
  }

  #completeHeader(bytes: Uint8Array, at: number): number {
    if (this.#header.length === 0) this.#header = allocateSmall(MAX_HEADER);
    while (at < bytes.length) {
      this.#header[this.#headerSize++] = bytes[at++] as number; // in bounds: the loop's condition
      const header = readHeader(this.#header, 0, this.#headerSize);
      if (header === null) continue;
      this.#headerSize = 0;
      this.#open(header);
      break;
    }
    return at;
  }

  /** Makes room for a body. */
  #open(header: FrameHeader): void {
    const { flags, length } = header;
    this.#check(flags, length);
    if (length === 0) {
      this.#emit(flags, EMPTY);
      return;
    }
    this.#flags = flags;
    this.#length = length;
    this.#row = this.#row && length >= STRAIGHT;
    if (length < OWN_MEMORY) {
      const start = reserve(length);
      this.#body = view(slab.memory, start, length);
    } else this.#body = this.#room(beginning(length, this.#trusted));
  }

  #fill(body: Uint8Array, bytes: Uint8Array, at: number): number {
    const filled = this.#filled;
    const room = Math.min(body.length, this.#length) - filled;
    const end = Math.min(bytes.length, at + room);
    const inPlace = bytes.buffer === body.buffer && bytes.byteOffset + at === body.byteOffset + filled;
    if (!inPlace) body.set(part(bytes, at, end), filled);
    this.#filled = filled + end - at;
    if (end - at < room) return end;
    if (body.length >= this.#length)
      return this.#complete(body, inPlace ? part(bytes, end, bytes.length) : EMPTY) + end;
    this.#body = this.#room(Math.min(this.#length, body.length * GROWTH));
    this.#body.set(body);
    return end;
  }

  /** Hands a body out, and reads what lies behind it in its memory, which is then the user's. Returns the size of that. */
  #complete(body: Uint8Array, behind: Uint8Array): number {
    const tail = behind.length === 0 ? EMPTY : copyOf(behind);
    this.#body = null;
    this.#filled = 0;
    this.#row = this.#length >= STRAIGHT;
    this.#trusted = Math.max(this.#trusted, this.#length);
    this.#emit(this.#flags, lend(body.length === this.#length ? body : view(body, 0, this.#length)));
    if (tail.length > 0) this.receive(tail, 0);
    return tail.length;
  }

  /** Memory for the first `size` bytes of a body; a ProtocolError where the runtime has none: the peer asked for it. */
  #room(size: number): Uint8Array {
    try {
      return borrow(size === this.#length && this.#row ? size + MAX_HEADER : size);
    } catch {
      throw new ProtocolError("ERR_ZMTP_TOO_BIG", `no memory for ${size} bytes`);
    }
  }

  #emit(flags: number, body: Uint8Array): void {
    if (!this.#sink.frame(flags, body)) this.#stopped = true;
  }

  #check(flags: number, length: number): void {
    const limit = (flags & COMMAND) !== 0 ? this.maxCommand : this.maxMessage;
    if (length > limit) throw tooLong(flags, length, limit);
  }

  /** Holds the bytes from `at` on behind what is held already: in place, when nobody used the slab since. */
  #keep(bytes: Uint8Array, at: number): void {
    const size = bytes.length - at;
    const held = this.#restEnd - this.#restAt;
    const adjoins = this.#rest === slab.memory && this.#restEnd === slab.at;
    if (adjoins && slab.at + size <= slab.memory.length) slab.at += size;
    else {
      const start = reserve(held + size);
      slab.memory.set(part(this.#rest, this.#restAt, this.#restEnd), start);
      this.#rest = slab.memory;
      this.#restAt = start;
      this.#restEnd = start + held;
    }
    this.#rest.set(part(bytes, at, bytes.length), this.#restEnd);
    this.#restEnd += size;
  }
}

/** Where the first frame from `at` starts that is cut off or large. Reads headers only, so that one copy serves all. */
function wholeUntil(bytes: Uint8Array, at: number): number {
  const end = bytes.length;
  while (end - at >= 2) {
    let next = at + 2 + (bytes[at + 1] as number); // in bounds: the loop's condition
    if (((bytes[at] as number) & LONG) !== 0) {
      if (end - at < MAX_HEADER) break;
      const length = readU64(bytes, at + 1);
      if (length >= OWN_MEMORY) break;
      next = at + MAX_HEADER + length;
    }
    if (next > end) break;
    at = next;
  }
  return at;
}

/** How much of a body to make room for, at most `most`: what steps of GROWTH make the whole, so that all copy less than that. */
function beginning(length: number, most: number): number {
  let size = length;
  while (size > most) size = Math.ceil(size / GROWTH);
  return size;
}

/** The bytes from `start` to `end`, without a new view where all are meant. */
function part(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return end - start === bytes.length ? bytes : view(bytes, start, end - start);
}
