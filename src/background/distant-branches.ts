import type { ListenerPlace } from "./commands.ts";
import { DistantListener, type Place } from "./distant-part.ts";

/** A bind() of a stream whose peers are spread over several I/O threads: a listener in one, and branches in the others. */
export class BranchedListener extends DistantListener {
  /** Where the branches go, once there is something to branch from. */
  readonly #elsewhere: () => readonly Place[];
  readonly #branches: Set<DistantBranch> = new Set();
  #closed = false;
  #over = false;

  constructor(place: Place, elsewhere: () => readonly Place[]) {
    super(place);
    this.#elsewhere = elsewhere;
  }

  override listen(transport: unknown, endpoint: string): void {
    super.listen(transport, endpoint);
    this.#branchOut();
  }

  override listens(endpoint: string): void {
    super.listens(endpoint);
    this.#branchOut();
  }

  override close(): void {
    this.#closed = true;
    super.close();
    for (const branch of this.#branches) branch.close();
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
    for (const branch of this.#branches) branch.close();
    this.#endIfOver();
  }

  #branchOut(): void {
    if (this.#closed) return;
    for (const place of this.#elsewhere()) {
      const branch = new DistantBranch(place, this);
      this.#branches.add(branch);
      branch.begin({ thread: this.thread.number, part: this.number }, this.endpoint);
    }
  }

  #endIfOver(): void {
    if (this.#over && this.#branches.size === 0) super.ended();
  }
}

/** What a listener has in another I/O thread. */
class DistantBranch extends DistantListener {
  readonly #listener: BranchedListener;

  constructor(place: Place, listener: BranchedListener) {
    super(place);
    this.#listener = listener;
  }

  begin(of: ListenerPlace, endpoint: string): void {
    this.thread.say({ do: "branch", of, ...this.order(endpoint) });
  }

  protected override ended(): void {
    this.#listener.fell(this);
  }

  /** Nothing has to be free when it returns. */
  protected override tellToClose(): void {
    this.thread.say({ do: "close", part: this.number });
  }
}
