/** Awake: whoever has something to tell need not ring. Asleep: for what is new. Waiting: for progress too. */
const AWAKE = 0;
export const ASLEEP = 1;
export const WAITING = 2;

interface Waiting {
  readonly async: boolean;
  readonly value: Promise<string> | string;
}

/** Not in the types of ES 2023; in Node.js since 16. */
const waitAsync = (
  Atomics as unknown as { waitAsync?(words: Int32Array, at: number, value: number): Waiting }
).waitAsync?.bind(Atomics);

/** Whether this runtime can be woken through shared memory. */
export const CAN_SLEEP: boolean = waitAsync !== undefined;

/**
 * Wakes a thread through a word of shared memory, and only when it sleeps: while it is awake, ringing is one exchange.
 *
 * A pending wait holds neither the process nor a worker. (A message port as the bell takes as long, 47 µs there and back
 * between two idle threads on Node 20 to 26, but makes garbage and must be sent to.)
 */
export class Bell {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #rung: () => void;
  #armed = false;

  constructor(words: Int32Array, at: number, rung: () => void) {
    this.#words = words;
    this.#at = at;
    this.#rung = rung;
  }

  /** From now on, ringing wakes. Whoever calls this looks again whether there is nothing to do, or else calls `rise`. */
  sleep(state: typeof ASLEEP | typeof WAITING): void {
    Atomics.store(this.#words, this.#at, state);
  }

  rise(): void {
    Atomics.store(this.#words, this.#at, AWAKE);
  }

  /** Waits to be rung. */
  listen(): void {
    if (this.#armed || waitAsync === undefined) return;
    const state = Atomics.load(this.#words, this.#at);
    const waiting = waitAsync(this.#words, this.#at, state === AWAKE ? ASLEEP : state);
    this.#armed = true;
    const woken = (): void => {
      this.#armed = false;
      this.#rung();
    };
    // Rung meanwhile, it is no promise.
    void Promise.resolve(waiting.value).then(woken);
  }
}

/** Something is new. Whether that woke anybody. */
export function ring(words: Int32Array, at: number): boolean {
  if (Atomics.load(words, at) === AWAKE || Atomics.exchange(words, at, AWAKE) === AWAKE) return false;
  Atomics.notify(words, at);
  return true;
}

/** Something went on: wakes only who waits for that. Whether it did. */
export function nudge(words: Int32Array, at: number): boolean {
  if (Atomics.compareExchange(words, at, WAITING, AWAKE) !== WAITING) return false;
  Atomics.notify(words, at);
  return true;
}
