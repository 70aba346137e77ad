import { Pipe, type PipeOwner } from "../../src/pipe/pipe.ts";

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

/** The near end of a pair between two sockets, with the same mark both ways. */
export function newPipe(limit: number = 0): Pipe {
  return Pipe.pair({ outLimit: limit, inLimit: limit, conflate: false, far: "socket" });
}

export function newPipes(count: number, limit: number = 0): Pipe[] {
  return Array.from({ length: count }, () => newPipe(limit));
}

/** One frame, one character a byte. */
export function frame(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1");
}

/** What the far end of a pipe reads next, as text. */
export function farReads(pipe: Pipe): string | undefined {
  return textOf(pipe.far.read()?.[0]);
}
