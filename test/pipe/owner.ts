import type { Pipe, PipeOwner } from "../../src/pipe/pipe.ts";

/** An owner that counts the signals it gets, and passes on two of them. */
export class Owner implements PipeOwner {
  readonly signals = { readable: 0, writable: 0, opened: 0, lost: 0, ended: 0, subscription: 0 };
  onReadable: (pipe: Pipe) => void = () => undefined;
  onWritable: (pipe: Pipe) => void = () => undefined;

  readable(pipe: Pipe): void {
    this.signals.readable++;
    this.onReadable(pipe);
  }

  writable(pipe: Pipe): void {
    this.signals.writable++;
    this.onWritable(pipe);
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
