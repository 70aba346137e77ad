/** Places at first; most queues stay short, and there are several for each connection. */
const SMALL = 4;

/** What all have before the first value comes; nothing is ever written into it. */
const NO_RING: undefined[] = [];

/** First in, first out, without moving what is in it: a ring that doubles when it is full. */
export class Deque<T> {
  #ring: (T | undefined)[] = NO_RING;
  #head = 0;
  /** How many are in it. */
  length = 0;

  push(value: T): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.length) & (this.#ring.length - 1)] = value;
    this.length++;
  }

  /** The oldest, removed; undefined when empty. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const value = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.length--;
    return value;
  }

  /** The oldest, left in place; undefined when empty. */
  peek(): T | undefined {
    return this.#ring[this.#head];
  }

  /** Puts one back in front of the oldest. */
  unshift(value: T): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = value;
    this.length++;
  }

  clear(): void {
    this.#ring = NO_RING;
    this.#head = 0;
    this.length = 0;
  }

  /** Removes one wherever it is; whether it was there. For rare use: it looks at each. */
  remove(value: T): boolean {
    let found = false;
    for (let left = this.length; left > 0; left--) {
      const each = this.shift() as T;
      if (!found && each === value) found = true;
      else this.push(each);
    }
    return found;
  }

  #grow(): void {
    const ring = this.#ring;
    const longer = new Array<T | undefined>(Math.max(SMALL, ring.length * 2));
    for (let at = 0; at < this.length; at++) longer[at] = ring[(this.#head + at) & (ring.length - 1)];
    this.#ring = longer;
    this.#head = 0;
  }
}
