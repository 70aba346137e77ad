import { hashOf } from "./name-hash.ts";
import type { SharedNumbers } from "../threads.ts";

/** Changes with the layout of anything that threads share: copies of the package that differ in it don't meet. */
export const LAYOUT = 2;

/** Words of the registry. */
const FOUNDED = 0;
const MADE_BY = 2;
const LOCK = 3;
const OPTIONS = 8;
const OPTION_COUNT = 128;
const THREADS = OPTIONS + OPTION_COUNT;
/** Most threads that may share names. */
export const MOST_THREADS = 1024;
const THREAD_WORDS = 8;
const NAMES: number = THREADS + MOST_THREADS * THREAD_WORDS;
/** Places for names; three quarters of them may be in use. */
const PLACES = 1 << 17;
const NAME_WORDS = 4;
const MOST_NAMES: number = (PLACES * 3) / 4;
const WORDS: number = NAMES + PLACES * NAME_WORDS;

/** Of a thread's words: who it is (0: nobody), its number in the runtime, its bell, and counts. */
const UID = 0;
const NUMBER = 1;
const BELL = 2;
const SEARCHES = 3;
const SOCKETS = 4;
const HELD = 5;

const UNSET = -0x8000_0000;
const FREE = 0;
const DELETED = -1;

/** ms that somebody may hold the lock; it takes microseconds, so beyond that its thread was ended in the middle. */
const PATIENCE = 1000;

/** What becomes of taking a name. */
export type Taking = "taken" | "in use" | "no room";

/**
 * What all threads of the process have in common, in one piece of shared memory (2 MB, of which the system gives only what
 * is touched): values of options, the threads, and who has which inproc name.
 *
 * Changes of names are made under a lock, each so that it is done with its last store: if a thread is ended in the middle,
 * the table is as it was before. Names are kept as 96 bits of hash.
 */
export class Registry implements SharedNumbers {
  readonly memory: SharedArrayBuffer;
  readonly words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.words = new Int32Array(memory);
  }

  /** A new one, made by a thread. */
  static make(uid: number): Registry {
    const registry = new Registry(new SharedArrayBuffer(WORDS * 4));
    registry.words[MADE_BY] = uid;
    registry.words.fill(UNSET, OPTIONS, OPTIONS + OPTION_COUNT);
    return registry;
  }

  /** Some thread begins to use it, and others may know of another one. What counts is when the first did. */
  found(time: number): void {
    this.#locked(() => {
      if (this.#at(FOUNDED) !== 0 || this.#at(FOUNDED + 1) !== 0) return;
      this.words[FOUNDED] = Math.floor(time / 0x1_0000_0000);
      this.words[FOUNDED + 1] = time;
    });
  }

  /** Below 0 when this one is older than the other; 0 when they are the same memory. */
  compare(other: Registry): number {
    for (const at of [FOUNDED, FOUNDED + 1, MADE_BY]) {
      const difference = (this.#at(at) >>> 0) - (other.#at(at) >>> 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  // Options.

  get(number: number): number | undefined {
    if (number >= OPTION_COUNT) return undefined;
    const value = Atomics.load(this.words, OPTIONS + number);
    return value === UNSET ? undefined : value;
  }

  set(number: number, value: number): void {
    if (number >= OPTION_COUNT) return;
    Atomics.store(this.words, OPTIONS + number, value);
  }

  /** Sets what another has set and this one has not. */
  fillFrom(other: Registry): void {
    for (let number = 0; number < OPTION_COUNT; number++) {
      Atomics.compareExchange(this.words, OPTIONS + number, UNSET, other.#at(OPTIONS + number));
    }
  }

  // Threads.

  /** Gives a thread its place; -1 when there is none. */
  enter(uid: number, number: number): number {
    for (let place = 0; place < MOST_THREADS; place++) {
      if (Atomics.compareExchange(this.words, wordsOf(place) + UID, 0, uid) !== 0) continue;
      for (const word of [BELL, SEARCHES, SOCKETS, HELD]) this.words[wordsOf(place) + word] = 0;
      Atomics.store(this.words, wordsOf(place) + NUMBER, number);
      return place;
    }
    return -1;
  }

  /** Frees a thread's names and its place; nothing when it is somebody else's by now. */
  leave(place: number, uid: number): void {
    if (this.uidOf(place) !== uid) return;
    this.#locked(() => {
      if (this.uidOf(place) !== uid) return;
      if (this.#at(wordsOf(place) + HELD) > 0) this.#freeAllOf(place);
      Atomics.store(this.words, wordsOf(place) + NUMBER, -1);
      Atomics.store(this.words, wordsOf(place) + UID, 0);
    });
  }

  /** 0 when nobody is there. */
  uidOf(place: number): number {
    return Atomics.load(this.words, wordsOf(place) + UID);
  }

  numberOf(place: number): number {
    return Atomics.load(this.words, wordsOf(place) + NUMBER);
  }

  bellOf(place: number): number {
    return wordsOf(place) + BELL;
  }

  /** Places of all threads but this one, that search for a name. */
  searchers(but: number): number[] {
    return this.places().filter((place) => place !== but && Atomics.load(this.words, wordsOf(place) + SEARCHES) > 0);
  }

  places(): number[] {
    const places: number[] = [];
    for (let place = 0; place < MOST_THREADS; place++) if (this.uidOf(place) !== 0) places.push(place);
    return places;
  }

  countSearches(place: number, by: number): void {
    Atomics.add(this.words, wordsOf(place) + SEARCHES, by);
  }

  /** Adds to a thread's sockets; how many all have. */
  countSockets(place: number, by: number): number {
    Atomics.add(this.words, wordsOf(place) + SOCKETS, by);
    let count = 0;
    for (let each = 0; each < MOST_THREADS; each++) {
      if (this.uidOf(each) !== 0) count += this.#at(wordsOf(each) + SOCKETS);
    }
    return count;
  }

  // Names.

  take(name: string, place: number): Taking {
    return this.#locked(() => {
      const hash = hashOf(name);
      const { found, free } = this.#search(hash);
      if (found >= 0) return "in use";
      if (free < 0 || this.#nameCount >= MOST_NAMES) return "no room";
      for (let word = 0; word < hash.length; word++) this.words[free + 1 + word] = hash[word] as number; // in bounds
      this.words[wordsOf(place) + HELD] = this.#at(wordsOf(place) + HELD) + 1;
      Atomics.store(this.words, free, place + 1);
      return "taken";
    });
  }

  /** Nothing when another thread has it. */
  free(name: string, place: number): void {
    this.#locked(() => {
      const { found } = this.#search(hashOf(name));
      if (found < 0 || this.#at(found) !== place + 1) return;
      this.words[wordsOf(place) + HELD] = this.#at(wordsOf(place) + HELD) - 1;
      this.#clear(found);
    });
  }

  /** The place of the thread that has a name; -1 when none has. */
  ownerOf(name: string): number {
    const { found } = this.#search(hashOf(name));
    return found < 0 ? -1 : Atomics.load(this.words, found) - 1;
  }

  get #nameCount(): number {
    let count = 0;
    for (const place of this.places()) count += this.#at(wordsOf(place) + HELD);
    return count;
  }

  #at(index: number): number {
    return this.words[index] as number; // only called with places of the layout
  }

  /** Open addressing: from the hash's place on to the first that was never used. */
  #search(hash: readonly number[]): { found: number; free: number } {
    let free = -1;
    const first = (hash[0] as number) & (PLACES - 1); // it has three
    for (let step = 0; step < PLACES; step++) {
      const at = placeOf(first + step);
      const owner = Atomics.load(this.words, at);
      if (owner === FREE) return { found: -1, free: free < 0 ? at : free };
      if (owner === DELETED) {
        if (free < 0) free = at;
      } else if (hash.every((word, index) => this.#at(at + 1 + index) === word)) return { found: at, free };
    }
    return { found: -1, free };
  }

  /** A place in the middle of a run has to be walked over; those at its end are as new. */
  #clear(at: number): void {
    Atomics.store(this.words, at, DELETED);
    let index = (at - NAMES) / NAME_WORDS;
    if (this.#at(placeOf(index + 1)) !== FREE) return;
    for (; this.#at(placeOf(index)) === DELETED; index--) Atomics.store(this.words, placeOf(index), FREE);
  }

  #freeAllOf(place: number): void {
    for (let index = 0; index < PLACES; index++)
      if (this.#at(placeOf(index)) === place + 1) this.#clear(placeOf(index));
  }

  #locked<T>(run: () => T): T {
    let naps = 0;
    while (Atomics.compareExchange(this.words, LOCK, 0, 1) !== 0 && naps < PATIENCE) {
      if (Atomics.wait(this.words, LOCK, 1, 1) === "timed-out") naps++;
    }
    try {
      return run();
    } finally {
      Atomics.store(this.words, LOCK, 0);
      Atomics.notify(this.words, LOCK, 1);
    }
  }
}

function wordsOf(place: number): number {
  return THREADS + place * THREAD_WORDS;
}

function placeOf(index: number): number {
  return NAMES + (index & (PLACES - 1)) * NAME_WORDS;
}
