import { Pipe } from "../../src/pipe/pipe.ts";

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
