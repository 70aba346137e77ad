import { ZmqError } from "../base/errors.ts";
import { DistantListener, type Place } from "./distant-part.ts";

/** A bind() of a stream whose peers are spread over several I/O threads: a listener in one, and branches in the others. */
export class BranchedListener extends DistantListener {
  readonly #branches: Set<DistantBranch>;
  #over = false;

  constructor(place: Place, elsewhere: readonly Place[]) {
    super(place);
    this.#branches = new Set(elsewhere.map((each) => new DistantBranch(each, this)));
  }

  /** The branches come first: else the first peers, which may be all there are, would find the listener alone. */
  override listen(transport: unknown, endpoint: string): void {
    try {
      for (const branch of this.#branches) branch.listen();
      super.listen(transport, endpoint);
    } catch (error) {
      this.#closeBranches();
      throw error;
    }
    this.#join();
  }

  override async listenLater(transport: unknown, endpoint: string): Promise<void> {
    try {
      await Promise.all([...this.#branches].map((branch) => branch.listenLater()));
      if (this.#over) throw new ZmqError("EMTHREAD", { hint: "its I/O thread has ended" });
      await super.listenLater(transport, endpoint);
    } catch (error) {
      this.#closeBranches();
      throw error;
    }
    this.#join();
  }

  override close(): void {
    super.close();
    this.#closeBranches();
  }

  override abort(): void {
    super.abort();
    for (const branch of this.#branches) branch.abort();
  }

  /** The listener's thread writes what the branches' sessions had left: it comes last. */
  override flushSync(limit: number): void {
    for (const branch of this.#branches) branch.flushSync(limit);
    super.flushSync(limit);
  }

  /** A branch has wholly ended. */
  fell(branch: DistantBranch): void {
    this.#branches.delete(branch);
    this.#endIfOver();
  }

  /** Without the listener, branches get no more peers, and lose those they have. */
  protected override ended(): void {
    this.#over = true;
    this.#closeBranches();
    this.#endIfOver();
  }

  #join(): void {
    for (const branch of this.#branches) branch.join(this);
  }

  #closeBranches(): void {
    for (const branch of this.#branches) branch.close();
  }

  #endIfOver(): void {
    if (this.#over && this.#branches.size === 0) super.ended();
  }
}

/** What a listener has in another I/O thread. */
class DistantBranch extends DistantListener {
  readonly #trunk: BranchedListener;

  constructor(place: Place, trunk: BranchedListener) {
    super(place);
    this.#trunk = trunk;
  }

  override listen(): void {
    this.listenAt("", { do: "branch" });
  }

  override listenLater(): Promise<void> {
    return this.listenLaterAt("", { do: "branch" });
  }

  join({ thread, number: part, endpoint }: BranchedListener): void {
    this.thread.say({ do: "join", part: this.number, listener: { thread: thread.number, part, endpoint } });
  }

  protected override ended(): void {
    this.#trunk.fell(this);
  }

  /** Nothing has to be free when it returns. */
  protected override tellToClose(): void {
    this.thread.say({ do: "close", part: this.number });
  }
}
