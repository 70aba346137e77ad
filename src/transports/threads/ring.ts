import { EMPTY, allocate, view } from "../../base/bytes.ts";

/**
 * Bytes that a ring holds; a power of two. Small messages gain nothing from more than 256 KiB; bodies of 64 KiB pass at 3.5
 * GB/s with that, at 5 with 512, and at 6 with 1 MiB, which two threads may well find too much to have between them.
 */
const SIZE: number = 512 * 1024;
const MASK = SIZE - 1;
/** The largest body of one record. */
export const PIECE: number = 16 * 1024;
const HEADER = 8;
/** Words of the two counters, in cache lines of their own: bytes written and bytes read, mod 2^32. */
const WRITTEN = 0;
const READ = 16;
const COUNTERS = 128;

/** Memory that one ring takes. */
export const RING_BYTES: number = COUNTERS + SIZE;

/**
 * What a record is. Its header is two words: the length of its body, or a number; and its tag, which is the kind, whether
 * more records of the same thing follow, and the passage it belongs to. All records begin at a multiple of 8, because
 * copying in shared memory is eight times faster where both sides are aligned (64 KiB: 34 GB/s, else 4).
 */
export const KIND = {
  /** The rest of the ring is left out: a record has no break in it. */
  skip: 0,
  frame: 1,
  /** Part of a body larger than PIECE; before the first comes `size`, and the record it is for follows, empty. */
  piece: 2,
  size: 3,
  open: 4,
  accept: 5,
  refuse: 6,
  unknown: 7,
  subscribe: 8,
  cancel: 9,
  /** Something said beside the messages. */
  command: 10,
  /** From here on: a number and no body. */
  grant: 12,
  end: 13,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

const NUMBERS_FROM = KIND.grant;

/** The tag's bit that says that more follows. */
export const MORE = 16;
/** What a passage's number is shifted by in a tag. */
export const ID_SHIFT = 5;

const tagOf = (words: Int32Array, at: number): number => words[(at >> 2) + 1] as number; // in bounds: records are whole
const kindOf = (tag: number): number => tag & 15;

/** The bytes that a record with a body of this length takes. */
export function recordSize(length: number): number {
  return HEADER + ((length + 7) & ~7);
}

/**
 * The side of a ring that writes: one thread, and no lock. What is written is the reader's only once it is published, so
 * that a batch costs the two threads one exchange.
 */
export class RingWriter {
  readonly #counters: Int32Array;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  #read = 0;
  #published = 0;
  /** Where the next record goes. */
  position = 0;

  constructor(memory: SharedArrayBuffer, offset: number) {
    this.#counters = new Int32Array(memory, offset, COUNTERS / 4);
    this.#words = new Int32Array(memory, offset + COUNTERS, SIZE / 4);
    this.#bytes = new Uint8Array(memory, offset + COUNTERS, SIZE);
  }

  /** Whether records of so many bytes fit, whatever has to be skipped at the end of the ring. */
  hasRoom(bytes: number): boolean {
    const needed = bytes + PIECE + HEADER;
    if (SIZE - ((this.position - this.#read) | 0) >= needed) return true;
    this.#read = Atomics.load(this.#counters, READ);
    return SIZE - ((this.position - this.#read) | 0) >= needed;
  }

  /** Writes a record that has room. */
  put(tag: number, body: Uint8Array): void {
    const length = body.length;
    const at = this.#reserve(HEADER + ((length + 7) & ~7));
    this.#words[at >> 2] = length;
    this.#words[(at >> 2) + 1] = tag;
    const bytes = this.#bytes;
    // Below 16 bytes a loop is faster than the call of set().
    if (length < 16) for (let i = 0; i < length; i++) bytes[at + HEADER + i] = body[i] as number;
    else bytes.set(body, at + HEADER);
  }

  /** Writes a record that is a number. */
  putNumber(tag: number, value: number): void {
    const at = this.#reserve(HEADER);
    this.#words[at >> 2] = value;
    this.#words[(at >> 2) + 1] = tag;
  }

  get unpublished(): number {
    return (this.position - this.#published) | 0;
  }

  publish(): void {
    this.#published = this.position;
    Atomics.store(this.#counters, WRITTEN, this.position);
  }

  /** Whether the reader has read up to a position. */
  isRead(position: number): boolean {
    if (((this.#read - position) | 0) >= 0) return true;
    this.#read = Atomics.load(this.#counters, READ);
    return ((this.#read - position) | 0) >= 0;
  }

  #reserve(size: number): number {
    let at = this.position & MASK;
    if (at + size > SIZE) {
      this.#words[(at >> 2) + 1] = KIND.skip;
      this.position = (this.position + SIZE - at) | 0;
      at = 0;
    }
    this.position = (this.position + size) | 0;
    return at;
  }
}

/** Who takes records. Bodies are private memory, except those of `piece`, which are gone after the call. */
export interface RecordSink {
  record(tag: number, body: Uint8Array): void;
  number(tag: number, value: number): void;
  piece(tag: number, body: Uint8Array): void;
}

const SLAB_SIZE = 64 * 1024;

/** Where small records are received into: written from front to back, and never again, because frames are views of it. */
let slab: Uint8Array = EMPTY;
let slabWords: Int32Array = new Int32Array(0);
let slabAt = 0;

/** The side of a ring that reads. */
export class RingReader {
  readonly #counters: Int32Array;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  /** Bytes that the last `read` found. */
  amount = 0;
  #at = 0;

  constructor(memory: SharedArrayBuffer, offset: number) {
    this.#counters = new Int32Array(memory, offset, COUNTERS / 4);
    this.#words = new Int32Array(memory, offset + COUNTERS, SIZE / 4);
    this.#bytes = new Uint8Array(memory, offset + COUNTERS, SIZE);
  }

  get empty(): boolean {
    return Atomics.load(this.#counters, WRITTEN) === this.#at;
  }

  /** Reads all that was published when it began; whether there was any. */
  read(to: RecordSink): boolean {
    const written = Atomics.load(this.#counters, WRITTEN);
    this.amount = (written - this.#at) | 0;
    if (written === this.#at) return false;
    while (this.#at !== written) {
      const at = this.#at & MASK;
      const kind = kindOf(tagOf(this.#words, at));
      if (kind === KIND.skip) this.#move(SIZE - at);
      else if (kind === KIND.piece) this.#piece(at, to);
      else this.#records(at, Math.min(SIZE, at + ((written - this.#at) | 0), at + SLAB_SIZE), to);
    }
    return true;
  }

  /** A large body is put together where it belongs, straight out of the ring. */
  #piece(at: number, to: RecordSink): void {
    const length = this.#words[at >> 2] as number; // in bounds: records are whole
    to.piece(tagOf(this.#words, at), this.#bytes.subarray(at + HEADER, at + HEADER + length));
    this.#move(recordSize(length));
  }

  /**
   * Copies records in one go, and hands their bodies out as views of the copy: 14 ns each, where a copy each takes 60.
   * The ring is the writer's again before anybody hears of them.
   */
  #records(at: number, limit: number, to: RecordSink): void {
    const end = this.#wholeUntil(at, limit);
    if (slabAt + end - at > slab.length) {
      slab = allocate(SLAB_SIZE);
      slabWords = new Int32Array(slab.buffer, slab.byteOffset, SLAB_SIZE / 4);
      slabAt = 0;
    }
    const [bytes, words] = [slab, slabWords];
    let from = slabAt;
    const until = (slabAt += end - at);
    bytes.set(this.#bytes.subarray(at, end), from);
    this.#move(end - at);
    while (from < until) {
      const length = words[from >> 2] as number; // in bounds: records are whole
      const tag = tagOf(words, from);
      if (kindOf(tag) >= NUMBERS_FROM) {
        from += HEADER;
        to.number(tag, length);
      } else {
        const body = length === 0 ? EMPTY : view(bytes, from + HEADER, length);
        from += HEADER + ((length + 7) & ~7);
        to.record(tag, body);
      }
    }
  }

  /** Where the first record from `at` begins that ends behind `limit`, or is of another sort. */
  #wholeUntil(at: number, limit: number): number {
    while (at < limit) {
      const kind = kindOf(tagOf(this.#words, at));
      if (kind === KIND.skip || kind === KIND.piece) break;
      const next = at + (kind >= NUMBERS_FROM ? HEADER : recordSize(this.#words[at >> 2] as number)); // in bounds
      if (next > limit) break;
      at = next;
    }
    return at;
  }

  #move(by: number): void {
    this.#at = (this.#at + by) | 0;
    Atomics.store(this.#counters, READ, this.#at);
  }
}
