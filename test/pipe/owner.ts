import type { PipeOwner } from "../../src/pipe/pipe.ts";

/** An owner that only counts the signals it gets. */
export class Owner implements PipeOwner {
  readonly signals = { readable: 0, writable: 0, opened: 0, lost: 0, ended: 0, subscription: 0 };

  readable(): void {
    this.signals.readable++;
  }

  writable(): void {
    this.signals.writable++;
  }

  opened(): void {
    this.signals.opened++;
  }

  lost(): void {
    this.signals.lost++;
  }

  ended(): void {
    this.signals.ended++;
  }

  subscription(): void {
    this.signals.subscription++;
  }
}
