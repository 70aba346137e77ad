import type { Message } from "../base/message.ts";
import type { Passage, PassageEvents, Turns } from "../transports/threads.ts";
import { Link, type Side } from "../transports/threads/link.ts";
import type { Strand } from "../transports/threads/strand.ts";
import type { SiblingQuestion } from "./commands.ts";
import { decodeValue, encodeValue } from "./values.ts";

/** The memory that two I/O threads have in common, as one of them is given it. */
export interface Acquaintance {
  /** The other's number. */
  readonly thread: number;
  /** Of the link (transports/threads/link.ts). */
  readonly memory: SharedArrayBuffer;
  readonly side: Side;
}

/** Another I/O thread of the same context. */
export interface Sibling {
  call(question: SiblingQuestion, events: PassageEvents): Passage;
  /** Reads what came. */
  poll(): void;
  /** Has it see what was written, and writes what waits for room, as far as there is any. */
  push(): void;
}

/** The other I/O threads of the same context, as far as this one has to do with them. */
export class Siblings {
  readonly #turns: Turns;
  readonly #called: (sibling: Sibling, question: SiblingQuestion, strand: Strand) => void;
  readonly #links: Map<number, Link> = new Map();
  /** Who waits for one that is still to be met. */
  readonly #waiting: Map<number, (sibling: Sibling) => void> = new Map();

  constructor(turns: Turns, called: (sibling: Sibling, question: SiblingQuestion, strand: Strand) => void) {
    this.#turns = turns;
    this.#called = called;
  }

  meet({ thread, memory, side }: Acquaintance): void {
    const called = (strand: Strand, question: Message): void =>
      this.#called(asSibling(link), decodeValue<SiblingQuestion>(question), strand);
    const link = new Link(memory, side, this.#turns, { called, closed: () => {} });
    this.#links.set(thread, link);
    this.#waiting.get(thread)?.(asSibling(link));
    this.#waiting.delete(thread);
    link.poll();
  }

  /** Calls back with a thread, which the application may not have introduced yet. */
  reach(thread: number, reached: (sibling: Sibling) => void): void {
    const link = this.#links.get(thread);
    if (link !== undefined) return reached(asSibling(link));
    const before = this.#waiting.get(thread);
    this.#waiting.set(thread, (sibling) => {
      before?.(sibling);
      reached(sibling);
    });
  }

  /** A thread is gone: so is what was connected to it. */
  mourn(thread: number): void {
    this.#waiting.delete(thread);
    this.#links.get(thread)?.lose();
    this.#links.delete(thread);
  }
}

function asSibling(link: Link): Sibling {
  return {
    call: (question, events) => link.call(encodeValue(question), events),
    poll: () => link.poll(),
    push: () => link.push(),
  };
}
