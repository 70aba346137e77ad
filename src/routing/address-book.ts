import { EMPTY, allocateSmall, copyOf, keyOf, readU32, view, writeU32 } from "../base/bytes.ts";
import type { Pipe } from "../pipe/pipe.ts";

/** Length of a generated id: 00 and a 32-bit number. */
const GENERATED = 5;

/** How many generated ids share memory, of the runtime's pool, which nobody can transfer away: alone each takes 200 bytes. */
const TOGETHER = 64;

/** Generated ids by number, in a sixth of the time that making a string takes (10 ns to 60, Node 20); others by text. */
type Key = number | string;

interface Entry {
  readonly key: Key;
  readonly id: Uint8Array;
}

/**
 * Who has which routing id (ROUTER, STREAM; RFC 28 "SHALL identify each queue").
 *
 * Ids are 1 to 255 bytes, which whoever got them has checked. A pipe without one gets 00 and a 32-bit number that
 * counts up from a random start, as libzmq does. What happens to a pipe that is refused or taken over, its owner says.
 */
export class AddressBook {
  readonly #pipes = new Map<Key, Pipe>();
  readonly #entries = new Map<Pipe, Entry>();
  #next: number;
  /** Where generated ids lie, and where the next one goes. */
  #memory: Uint8Array = EMPTY;
  #at = 0;

  /** `start` is a random 32-bit number: ids of one life of a program shall not fit those of another. */
  constructor(start: number) {
    this.#next = start >>> 0;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Enters a pipe under the id it wants; empty: under a generated one. A duplicate is not entered. */
  add(pipe: Pipe, wantedId: Uint8Array): "added" | "duplicate" {
    if (wantedId.length > 0 && this.lookup(wantedId) !== undefined) return "duplicate";
    this.#enter(pipe, wantedId);
    return "added";
  }

  /** Enters a pipe whatever (ZMQ_ROUTER_HANDOVER); the pipe that had the id before is out, and the caller's to close. */
  takeOver(pipe: Pipe, wantedId: Uint8Array): Pipe | undefined {
    const old = wantedId.length > 0 ? this.lookup(wantedId) : undefined;
    if (old !== undefined && old !== pipe) this.remove(old);
    this.#enter(pipe, wantedId);
    return old === pipe ? undefined : old;
  }

  /** Whether it was in the book. */
  remove(pipe: Pipe): boolean {
    const entry = this.#entries.get(pipe);
    if (entry === undefined) return false;
    this.#entries.delete(pipe);
    this.#pipes.delete(entry.key);
    return true;
  }

  lookup(id: Uint8Array): Pipe | undefined {
    return this.#pipes.get(keyFor(id));
  }

  /** The frame that names a pipe: the same one every time, so who hands it to a user trusts him not to write into it. */
  idOf(pipe: Pipe): Uint8Array | undefined {
    return this.#entries.get(pipe)?.id;
  }

  [Symbol.iterator](): IterableIterator<Pipe> {
    return this.#entries.keys();
  }

  #enter(pipe: Pipe, wantedId: Uint8Array): void {
    this.remove(pipe);
    const id = wantedId.length === 0 ? this.#generate() : copyOf(wantedId);
    const key = keyFor(id);
    this.#pipes.set(key, pipe);
    this.#entries.set(pipe, { key, id });
  }

  /** The next id that nobody has: a peer may have chosen one that looks generated. */
  #generate(): Uint8Array {
    if (this.#at === this.#memory.length) {
      this.#memory = allocateSmall(TOGETHER * GENERATED);
      this.#at = 0;
    }
    const id = view(this.#memory, this.#at, GENERATED);
    this.#at += GENERATED;
    id[0] = 0;
    do {
      writeU32(id, 1, this.#next);
      this.#next = (this.#next + 1) >>> 0;
    } while (this.lookup(id) !== undefined);
    return id;
  }
}

/** A number as a signed one, which the runtime keeps without an object. */
function keyFor(id: Uint8Array): Key {
  return id.length === GENERATED && id[0] === 0 ? readU32(id, 1) | 0 : keyOf(id);
}
