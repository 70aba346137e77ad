import { EMPTY, utf8 } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { Applicant, NoVerdict } from "../engine/host.ts";
import { decodeReply, encodeRequest } from "../security/zap.ts";
import type { Passage, PassageEvents, Reach, Threads } from "../transports/threads.ts";
import type { Verdict } from "../wire/connection.ts";
import { readFacts } from "./inproc-threads.ts";
import { gone, noHandler, REQUEST_ID, ZAP_NAME } from "./zap-client.ts";

type Answer = (outcome: Verdict | NoVerdict) => void;

/** What this side is to the handler: a REQ without routing id, farewell or marks (inproc-threads.ts). */
const FACTS: Message = [utf8("REQ"), EMPTY, EMPTY, new Uint8Array(8)];

/**
 * One question to a ZAP handler that is bound in another thread of the process, which all share the default context.
 * `nobody` is called if there is none: that is known once no thread can come up with the name any more.
 */
export class DistantZapRequest implements PassageEvents {
  readonly #threads: Threads;
  readonly #applicant: Applicant;
  readonly #answer: Answer;
  readonly #nobody: () => void;
  #reach: Reach | null = null;
  #passage: Passage | null = null;
  #asked = false;
  #over = false;

  constructor(threads: Threads, applicant: Applicant, answer: Answer, nobody: () => void) {
    this.#threads = threads;
    this.#applicant = applicant;
    this.#answer = answer;
    this.#nobody = nobody;
    threads.settled().then(
      () => this.#look(),
      () => this.#end(nobody),
    );
  }

  /** Nobody waits for the answer any more. */
  cancel(): void {
    this.#over = true;
    this.#reach?.cancel();
    this.#passage?.end();
  }

  // What the passage tells.

  /** The handler takes the question. */
  granted(): void {
    if (this.#asked || this.#over) return;
    this.#asked = true;
    this.#passage?.write(encodeRequest(REQUEST_ID, this.#applicant));
  }

  message(message: Message): void {
    this.#end(() => this.#answer(verdictIn(message)));
  }

  ended(): void {
    this.#end(() => this.#answer(gone()));
  }

  subscription(): void {}
  drained(): void {}
  leaving(): void {}

  #look(): void {
    if (this.#over) return;
    if (!this.#threads.isElsewhere(ZAP_NAME)) return this.#end(this.#nobody);
    this.#reach = this.#threads.reach(ZAP_NAME, FACTS, {
      met: (passage) => this.#met(passage),
      refused: (facts) => this.#end(() => this.#answer(noHandler(readFacts(facts).type))),
      missed: () => this.#end(() => this.#answer(gone())),
    });
  }

  #met(passage: Passage): PassageEvents {
    this.#passage = passage;
    passage.grant(1);
    return this;
  }

  #end(tell: () => void): void {
    if (this.#over) return;
    this.cancel();
    tell();
  }
}

function verdictIn(message: Message): Verdict | NoVerdict {
  try {
    return decodeReply(message, REQUEST_ID);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { error, reason: error.message };
  }
}
