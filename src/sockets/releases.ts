import { copyOf } from "../base/bytes.ts";
import type { Timer } from "../base/clock.ts";
import { Deque } from "../base/deque.ts";
import { COPIED, type Message } from "../base/message.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { SocketSelf } from "./self.ts";

/** How often the books are looked at while somebody waits, in ms, for what no write tells: messages that were dropped. */
const LOOK_EVERY = 5;

/** Whoever lent the memory of a message, and how far each pipe that took it must be for it to be free. */
interface Loan {
  readonly marks: ReadonlyMap<Pipe, number>;
  readonly released: () => void;
}

/**
 * Tells senders when the memory of what they sent is theirs again.
 *
 * A pipe keeps the order, so a message has left it once all that was written so far has: nothing is noted with the messages
 * themselves, and sends that don't ask pay nothing.
 */
export class Releases {
  readonly #core: SocketSelf;
  readonly #loans = new Deque<Loan>();
  readonly #look = (): void => this.#settle();
  #timer: Timer | null = null;

  constructor(core: SocketSelf) {
    this.#core = core;
  }

  /**
   * Sends a message now, or returns false. If it was taken, calls `released` once, later, when its memory is not needed any
   * more: written to the kernel, copied, or dropped.
   */
  send(message: Message, released: () => void): boolean {
    const { pattern, pipes } = this.#core;
    const before = new Map<Pipe, number>();
    for (const pipe of pipes) before.set(pipe, pipe.writes);
    // Another socket of this thread would keep the memory itself, for as long as its user likes.
    const shared = [...pipes].some((pipe) => !pipe.wire);
    if (!pattern.send(shared ? message.map(copyIfKept) : message)) return false;
    const marks = new Map<Pipe, number>();
    if (!shared) for (const [pipe, writes] of before) if (pipe.writes > writes) marks.set(pipe, pipe.writes);
    this.#watch({ marks, released });
    return true;
  }

  #watch(loan: Loan): void {
    if (isOver(loan)) return this.#core.atEndOfTurn(loan.released);
    for (const pipe of loan.marks.keys()) pipe.traffic.settled = this.#look;
    this.#loans.push(loan);
    if (this.#timer === null) this.#timer = this.#core.clock.after(LOOK_EVERY, () => this.#lookAgain());
  }

  #lookAgain(): void {
    this.#timer = null;
    this.#settle();
    if (this.#loans.length > 0) this.#timer = this.#core.clock.after(LOOK_EVERY, () => this.#lookAgain());
  }

  /** Loans end in any order: one peer may be faster than another. */
  #settle(): void {
    for (let left = this.#loans.length; left > 0; left--) {
      const loan = this.#loans.shift() as Loan; // as many are there
      if (isOver(loan)) this.#core.atEndOfTurn(loan.released);
      else this.#loans.push(loan);
    }
  }
}

function isOver({ marks }: Loan): boolean {
  for (const [pipe, mark] of marks) {
    if (pipe.writes - pipe.borrowed < mark) return false;
  }
  return true;
}

function copyIfKept(frame: Uint8Array): Uint8Array {
  return frame.length > COPIED ? copyOf(frame) : frame;
}
