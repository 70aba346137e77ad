/** Whether others get their turn: counts how often the event loop goes round, and how often a 0 ms interval fires. */
export class LoopWatch {
  turns = 0;
  ticks = 0;
  #immediate: NodeJS.Immediate;
  readonly #interval: NodeJS.Timeout;

  constructor() {
    const turn = (): void => {
      this.turns++;
      this.#immediate = setImmediate(turn);
    };
    this.#immediate = setImmediate(turn);
    this.#interval = setInterval(() => this.ticks++, 0);
  }

  stop(): void {
    clearImmediate(this.#immediate);
    clearInterval(this.#interval);
  }
}
