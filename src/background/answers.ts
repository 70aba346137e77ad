import { ZmqError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import { copyOf, EMPTY } from "../base/bytes.ts";
import type { Clock } from "../base/clock.ts";
import type { Answer } from "./commands.ts";
import { decodeValue, encodeValue } from "./values.ts";

/** Words: which question was answered last, and how long the answer is; then the answer. */
const ANSWERED = 0;
const LENGTH = 1;
const HEADER = 8;
/** Answers are an endpoint or an error: no longer than a path and what is said of it. */
const SIZE = 16 * 1024;

/** How long a blocked application waits for an I/O thread, in ms: one that is starting up on a busy machine takes long. */
const PATIENCE = 30_000;

/** Where an I/O thread answers an application that waits, blocked, and reads nothing else meanwhile. */
export class Answers {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  #asked = 0;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(HEADER + SIZE)) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, 2);
    this.#bytes = new Uint8Array(memory, HEADER, SIZE);
  }

  /** The number of the next question. */
  next(): number {
    return ++this.#asked;
  }

  /** Answers a question; only one is ever open. False: the answer is too long, or has bytes in it, and was not given. */
  give(question: number, answer: Answer): boolean {
    const [json = EMPTY, ...bytes] = encodeValue(answer);
    if (json.length > SIZE || bytes.length > 0) return false;
    this.#bytes.set(json);
    this.#words[LENGTH] = json.length;
    Atomics.store(this.#words, ANSWERED, question);
    Atomics.notify(this.#words, ANSWERED);
    return true;
  }

  /**
   * Waits for the answer to the newest question. `push` is called meanwhile, for the question itself may not have had room;
   * it says whether it has to be called again.
   */
  take(clock: Clock, push: () => boolean): Answer {
    const end = clock.now() + PATIENCE;
    while (Atomics.load(this.#words, ANSWERED) !== this.#asked) {
      const left = end - clock.now();
      if (left <= 0) throw new ZmqError("EMTHREAD", { hint: "the I/O thread does not answer" });
      Atomics.wait(this.#words, ANSWERED, this.#asked - 1, push() ? 1 : left);
    }
    const message: Message = [copyOf(this.#bytes.subarray(0, this.#words[LENGTH]))];
    return decodeValue<Answer>(message);
  }
}
