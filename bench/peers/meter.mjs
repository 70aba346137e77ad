/** Part of the whole time that is not measured, while code is being compiled. */
const WARM_UP = 0.25;

/** Messages between two looks at the clock: fewer where each takes long. */
const LOOK_EVERY = 64;
const LOOK_EVERY_LARGE = 4;
const LARGE = 16_384;
/** Beyond, there may be few in the whole time: each is looked at, and at least one is counted. */
const HUGE = 1_048_576;

/** Counts messages per second, from the end of the warm-up on. The same as in libzmq.c. */
export class Meter {
  #every;
  #left;
  #warmUp;
  #whole;
  #count = 0;
  #first = 0;
  #began = 0;
  #counted = 0;
  #latest = 0;

  constructor(size, seconds) {
    this.#every = this.#left = size < LARGE ? LOOK_EVERY : size <= HUGE ? LOOK_EVERY_LARGE : 1;
    this.#warmUp = seconds * WARM_UP * 1000;
    this.#whole = seconds * 1000;
  }

  /** Notes messages; returns whether the time is over. */
  took(messages) {
    this.#count += messages;
    this.#left -= messages;
    return this.#left <= 0 && this.look();
  }

  /** Looks at the clock; returns whether the time is over. */
  look() {
    const now = performance.now();
    this.#left = this.#every;
    if (this.#first === 0) this.#first = now;
    if (this.#began > 0) {
      this.#counted = this.#count;
      this.#latest = now;
    } else if (now - this.#first >= this.#warmUp) {
      this.#began = now;
      this.#count = 0;
    }
    return now - this.#first >= this.#whole && (this.#every > 1 || this.#counted > 0);
  }

  /** NaN when nothing came after the warm-up. */
  get perSecond() {
    return (this.#counted / (this.#latest - this.#began)) * 1000;
  }
}
