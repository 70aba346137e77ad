import { allocate, copyOf, view, writeU64 } from "./bytes.ts";

/**
 * A body of at least this size is handed over by reference: copying it costs more than one more entry in a gathered
 * write (measured: at 16 KiB copying still wins by 1.15, above it loses).
 */
export const BY_REFERENCE: number = 16 * 1024 + 1;

/**
 * So many bytes, most of them by reference, go out in one gathered write (64 KiB over tcp, of 256 KiB, this and 1 MiB: 24, 30 and
 * 28 k msg/s in the first 0.4 s; 45, 58 and 49 k later).
 */
export const GATHERED: number = 512 * 1024;

/**
 * Sizes of the memory that a batch writes into: small at first, because most connections send little. The last has room for
 * a message of 64 KiB with what sealing adds (a third faster than with memory of its own for each).
 */
const SLAB_SIZES = [1024, 8 * 1024, 64 * 1024 + 128] as const;
const FULL = 2;
const FULL_SLAB: number = SLAB_SIZES[FULL];
/** Most spares of each size; of the middle one, in which the batches of many peers wait, 32 MiB. */
const MOST_SPARES = [64, 4096, 64] as const;

/** A part that is not worth an entry of its own in a gathered write. */
const SHORT = 512;

/** By size: a batch has memory only between its first byte and the write, so that idle connections have none. */
const spares: readonly Uint8Array[][] = SLAB_SIZES.map(() => []);

/** What an empty batch has; nothing is ever put into it. An array that is pushed into takes 150 bytes more than one made whole. */
const NONE: Uint8Array[] = [];

/** What a batch gave out: the parts to write, in order, and the slabs that they lie in. */
export interface Output {
  readonly parts: Uint8Array[];
  readonly slabs: readonly Uint8Array[];
}

/** Gives the slabs of an output back, once all its parts are written. */
export function recycle(output: Output): void {
  for (const slab of output.slabs) {
    const size = SLAB_SIZES.indexOf(slab.length);
    const kept = spares[size];
    if (kept !== undefined && kept.length < (MOST_SPARES[size] as number)) kept.push(slab);
  }
}

/**
 * The growing output buffer of one connection.
 *
 * Small bodies are copied into slabs, large ones appended by reference, so that what comes out is one short list for a
 * gathered write. It knows length-prefixed frames (flags, length, body: ZMTP 2.0 and later, RFC 23 "framing") because
 * writing the header and the body in one go is the hottest loop of sending; it knows nothing of what a flag means
 * except the one that says how long the length is.
 */
export class Batch {
  /** Bytes waiting to be taken. */
  size = 0;
  /** Those of them that were not copied. */
  referenced = 0;
  #parts: Uint8Array[] = NONE;
  #retired: Uint8Array[] = NONE;
  #slab: Uint8Array | null = null;
  #from = 0;
  #at = 0;
  #step = 0;

  /** Whether it has never needed much: then nothing is lost with it, and the next one may be new. */
  get small(): boolean {
    return this.#step === 0;
  }

  /** Appends one frame. `flags` without the LONG bit, which follows from the body's length. */
  frame(flags: number, body: Uint8Array): void {
    const length = body.length;
    if (length >= BY_REFERENCE) {
      this.#large(flags, body);
      return;
    }
    let slab = this.#slab;
    let at = this.#at;
    if (slab === null || at + length + 9 > slab.length) {
      slab = this.#renew(length + 9);
      at = 0;
    }
    const start = at;
    if (length < 256) {
      slab[at] = flags;
      slab[at + 1] = length;
      at += 2;
    } else {
      slab[at] = flags | 2;
      slab[at + 1] = slab[at + 2] = slab[at + 3] = slab[at + 4] = slab[at + 5] = slab[at + 6] = 0;
      slab[at + 7] = length >>> 8;
      slab[at + 8] = length;
      at += 9;
    }
    // Below 24 bytes a loop is faster than the call of set().
    if (length < 24) for (let i = 0; i < length; i++) slab[at + i] = body[i] as number;
    else slab.set(body, at);
    at += length;
    this.#at = at;
    this.size += at - start;
  }

  /**
   * Appends a frame whose body of `length` bytes the caller writes, to what this returns, before anything else happens to
   * the batch.
   */
  blank(flags: number, length: number): Uint8Array {
    const long = length > 255;
    const header = long ? 9 : 2;
    const own = header + length > FULL_SLAB;
    const room = header + (own ? 0 : length);
    if (this.#slab === null || this.#at + room > this.#slab.length) this.#renew(room);
    const slab = this.#slab as unknown as Uint8Array; // renewed above
    const at = this.#at;
    slab[at] = long ? flags | 2 : flags;
    if (long) writeU64(slab, at + 1, length);
    else slab[at + 1] = length;
    this.#at = at + room;
    this.size += room;
    if (!own) return view(slab, at + header, length);
    const body = allocate(length);
    this.reference(body);
    return body;
  }

  /** Appends bytes as they are, by copy. */
  bytes(bytes: Uint8Array): void {
    const length = bytes.length;
    if (length >= BY_REFERENCE) {
      this.reference(copyOf(bytes));
      return;
    }
    let slab = this.#slab;
    if (slab === null || this.#at + length > slab.length) slab = this.#renew(length);
    slab.set(bytes, this.#at);
    this.#at += length;
    this.size += length;
  }

  /** Appends bytes as they are, without copying: they must not change until they are written. */
  reference(bytes: Uint8Array): void {
    this.#seal();
    this.#parts = joined(this.#parts, bytes);
    this.size += bytes.length;
    this.referenced += bytes.length;
  }

  /** Takes over what another batch gave out; a short part is copied, since one write is cheaper than a gathered one. */
  append(output: Output): void {
    if (this.size === 0) return this.#adopt(output);
    for (const part of output.parts) {
      if (part.length <= SHORT) this.bytes(part);
      else this.reference(part);
    }
    for (const slab of output.slabs) this.#retired = joined(this.#retired, slab);
  }

  /** Appends what other batches append too: short parts by copy, so that who made them may use their memory again. */
  share(output: Output): void {
    for (const part of output.parts) {
      if (part.length < BY_REFERENCE) this.bytes(part);
      else this.reference(part);
    }
  }

  /** All that was appended, in order; the batch is empty afterwards. */
  take(): Output {
    this.#seal();
    if (this.#slab !== null && this.#slab.length === FULL_SLAB && this.#at * 8 < FULL_SLAB) this.#step = 0;
    this.#retire();
    const output = { parts: this.#parts, slabs: this.#retired };
    this.#parts = this.#retired = NONE;
    this.size = this.referenced = 0;
    return output;
  }

  /**
   * As `append`, with nothing before it: the list of parts is taken as it is. With four bodies to a block instead of one, a queue
   * of 64 KiB goes out over ipc at 24 k msg/s instead of 19.
   */
  #adopt({ parts, slabs }: Output): void {
    this.#parts = parts;
    this.#retired = [...slabs];
    for (const part of parts) this.size += part.length;
    this.referenced = this.size;
  }

  #large(flags: number, body: Uint8Array): void {
    if (this.#slab === null || this.#at + 9 > this.#slab.length) this.#renew(9);
    const slab = this.#slab as unknown as Uint8Array; // renewed above
    slab[this.#at] = flags | 2;
    writeU64(slab, this.#at + 1, body.length);
    this.#at += 9;
    this.size += 9;
    this.reference(body);
  }

  /** Fresh memory with at least `size` bytes; larger than before when this one did not last for one flush. */
  #renew(size: number): Uint8Array {
    this.#seal();
    this.#retire();
    if (this.#step < FULL && this.size * 2 >= (SLAB_SIZES[this.#step] as number)) this.#step++;
    while (this.#step < FULL && (SLAB_SIZES[this.#step] as number) < size) this.#step++;
    return (this.#slab = spares[this.#step]?.pop() ?? allocate(SLAB_SIZES[this.#step] as number));
  }

  #retire(): void {
    if (this.#slab !== null) this.#retired = joined(this.#retired, this.#slab);
    this.#slab = null;
    this.#from = this.#at = 0;
  }

  #seal(): void {
    const slab = this.#slab;
    if (slab === null || this.#at === this.#from) return;
    this.#parts = joined(this.#parts, view(slab, this.#from, this.#at - this.#from));
    this.#from = this.#at;
  }
}

function joined(list: Uint8Array[], more: Uint8Array): Uint8Array[] {
  if (list.length === 0) return [more];
  list.push(more);
  return list;
}
