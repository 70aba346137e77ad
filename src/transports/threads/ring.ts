import { EMPTY, allocate, view } from "../../base/bytes.ts";
import { measureRun, type FrameRun } from "../../base/frame-run.ts";

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
  /**
   * Messages of one small frame each, framed as in `FrameRun`, up to a byte that is RUN_END: so that they are read many at a
   * time. Behind the header, as many bytes as it says are left out.
   */
  run: 14,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

const NUMBERS_FROM = KIND.grant;

/** What stands where a run's next frame would begin. */
const RUN_END = 255;
/**
 * Longer bodies are records, and begin at a multiple of 8: copying 64 bytes takes 15 ns then, else 25; 256 bytes 38 and 105.
 */
export const IN_RUN: number = 128;
/** What a run may need beyond its frames. */
export const RUN_ROOM = 40;

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
  /** The tag of the run that is being written; 0 is none. */
  #run = 0;
  /** Where the next record goes. */
  position = 0;

  constructor(memory: SharedArrayBuffer, offset: number) {
    this.#counters = new Int32Array(memory, offset, COUNTERS / 4);
    this.#words = new Int32Array(memory, offset + COUNTERS, SIZE / 4);
    this.#bytes = new Uint8Array(memory, offset + COUNTERS, SIZE);
  }

  /** Whether records of so many bytes fit, whatever has to be skipped at the end of the ring or of a run. */
  hasRoom(bytes: number): boolean {
    const needed = bytes + PIECE + 2 * HEADER;
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

  /** Writes a message of one frame, no longer than IN_RUN: into the run at hand, if that is of the same tag. */
  putInRun(tag: number, body: Uint8Array): void {
    const length = body.length;
    let at = this.position & MASK;
    if (this.#run !== tag || at + length + 2 >= SIZE) at = this.#openRun(tag, length + 2, 0);
    const bytes = this.#bytes;
    bytes[at] = 0;
    bytes[at + 1] = length;
    if (length < 16) for (let i = 0; i < length; i++) bytes[at + 2 + i] = body[i] as number;
    else bytes.set(body, at + 2);
    this.position = (this.position + length + 2) | 0;
  }

  /** Writes a run of no more than PIECE bytes, aligned as it is in its memory. */
  putRun(tag: number, { memory, from, end }: FrameRun): void {
    const before = (memory.byteOffset + from) & 7;
    const at = this.#openRun(tag, end - from, before);
    // What is before the run is copied too: both sides have to be aligned (a subarray can't begin before its array).
    const aligned = new Uint8Array(memory.buffer, memory.byteOffset + from - before, before + end - from);
    this.#bytes.set(aligned, at - before);
    this.position = (this.position + end - from) | 0;
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
    const at = this.#unbroken(size);
    this.position = (this.position + size) | 0;
    return at;
  }

  /** Where the next record begins, which has so many bytes. */
  #unbroken(size: number): number {
    if (this.#run !== 0) this.#closeRun();
    const at = this.position & MASK;
    if (at + size <= SIZE) return at;
    this.#words[(at >> 2) + 1] = KIND.skip;
    this.position = (this.position + SIZE - at) | 0;
    return 0;
  }

  /** Begins a run, `before` bytes behind its header. Its end always has room. */
  #openRun(tag: number, size: number, before: number): number {
    const at = this.#unbroken(HEADER + before + size + 1);
    this.#words[at >> 2] = before;
    this.#words[(at >> 2) + 1] = tag;
    this.position = (this.position + HEADER + before) | 0;
    this.#run = tag;
    return at + HEADER + before;
  }

  #closeRun(): void {
    this.#run = 0;
    this.#bytes[this.position & MASK] = RUN_END;
    this.position = afterRun(this.position);
  }
}

/** Where the record behind a run begins, whose end is at `position`. */
function afterRun(position: number): number {
  return ((position + 8) & ~7) | 0;
}

/** Who takes records. Bodies are private memory, except those of `piece`, which are gone after the call. */
export interface RecordSink {
  record(tag: number, body: Uint8Array): void;
  number(tag: number, value: number): void;
  piece(tag: number, body: Uint8Array): void;
  /** Absent where nobody writes any. */
  run?(tag: number, run: FrameRun): void;
}

const SLAB_SIZE = 64 * 1024;

/** Where small records are received into: written from front to back, and never again, because frames are views of it. */
let slab: Uint8Array = EMPTY;
let slabWords: Int32Array = new Int32Array(0);
let slabAt = 0;

/** Where so many bytes of the slab begin, at a multiple of 8; it may be a new one then. */
function reserve(size: number): number {
  if (slabAt + size > slab.length) {
    slab = allocate(SLAB_SIZE);
    slabWords = new Int32Array(slab.buffer, slab.byteOffset, SLAB_SIZE / 4);
    slabAt = 0;
  }
  const at = slabAt;
  slabAt += (size + 7) & ~7;
  return at;
}

/** What a ring has was within the limits when it was written. */
const ANY = { most: Infinity, longest: Infinity };

/** The side of a ring that reads. */
export class RingReader {
  readonly #counters: Int32Array;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  /** Bytes that the last `read` found. */
  amount = 0;
  #at = 0;
  /** The tag of the run that is being read; 0 is none. */
  #run = 0;

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
      if (this.#run !== 0) {
        this.#readRun(at, Math.min((written - this.#at) | 0, SLAB_SIZE - HEADER), to);
        continue;
      }
      const tag = tagOf(this.#words, at);
      const kind = kindOf(tag);
      if (kind === KIND.skip) this.#move(SIZE - at);
      else if (kind === KIND.run) this.#beginRun(at, tag);
      else if (kind === KIND.piece) this.#piece(at, to);
      else this.#records(at, Math.min(SIZE, at + ((written - this.#at) | 0), at + SLAB_SIZE), to);
    }
    return true;
  }

  #beginRun(at: number, tag: number): void {
    this.#run = tag;
    this.#move(HEADER + (this.#words[at >> 2] as number)); // in bounds: records are whole
  }

  /** Hands out what is there of the run at hand: what was published has no frame that is cut off. */
  #readRun(at: number, most: number, to: RecordSink): void {
    if (this.#bytes[at] === RUN_END) {
      this.#run = 0;
      return this.#move(afterRun(this.#at) - this.#at);
    }
    const { end, count } = measureRun(this.#bytes, at, at + most, ANY);
    // Both sides aligned, as whole records are.
    const start = reserve(end - at + HEADER) + (at & 7);
    slab.set(this.#bytes.subarray(at & ~7, end), start & ~7);
    const [tag, memory] = [this.#run, slab];
    this.#move(end - at);
    to.run?.(tag, { memory, from: start, end: start + end - at, count });
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
    let from = reserve(end - at);
    const until = from + end - at;
    const [bytes, words] = [slab, slabWords];
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
      if (kind === KIND.skip || kind === KIND.piece || kind === KIND.run) break;
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
