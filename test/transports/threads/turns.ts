import type { Turns } from "../../../src/transports/threads.ts";

/** Turns of the loop that come when a test says so. */
export class ManualTurns implements Turns {
  holds = 0;
  #ends: (() => void)[] = [];
  #later: (() => void)[] = [];

  atEndOfTurn(run: () => void): void {
    this.#ends.push(run);
  }
  afterIo(run: () => void): void {
    this.#later.push(run);
  }
  hold(): void {
    this.holds++;
  }
  release(): void {
    this.holds--;
  }

  /** Ends this turn and does all that leads to, until nothing is left to do. */
  run(): void {
    while (this.#ends.length + this.#later.length > 0) {
      for (const end of this.#ends.splice(0)) end();
      for (const later of this.#later.splice(0)) later();
    }
  }
}
