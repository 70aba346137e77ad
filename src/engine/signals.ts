import type { DropReason } from "../observe/drops.ts";
import type { Pipe, PipeOwner } from "../pipe/pipe.ts";
import { ending, type Ending } from "./ending.ts";
import type { Intake } from "./intake.ts";
import type { Outbox } from "./outbox.ts";

/** What only the session as a whole can do. */
interface Whole {
  end(why: Ending): void;
  /** What is queued goes out, then it ends. */
  finish(): void;
  subscribe(topic: Uint8Array, added: boolean): void;
}

/**
 * The session's end of a pipe: what the socket asks for, passed to whoever does it.
 *
 * Not the session itself, whose `subscription` is the peer's.
 */
export class Signals implements PipeOwner {
  readonly #session: Whole;
  readonly #outbox: Outbox;
  readonly #intake: Intake;

  constructor(session: Whole, outbox: Outbox, intake: Intake) {
    this.#session = session;
    this.#outbox = outbox;
    this.#intake = intake;
  }

  readable(): void {
    this.#outbox.drain();
  }

  writable(): void {
    this.#intake.roomMade();
  }

  opened(): void {}

  lost(): void {}

  ended(_pipe: Pipe, reason: DropReason): void {
    if (reason === "refused") this.#session.end(ending("refused", "the socket refused this peer"));
    else this.#session.finish();
  }

  subscription(_pipe: Pipe, topic: Uint8Array, added: boolean): void {
    this.#session.subscribe(topic, added);
  }
}
