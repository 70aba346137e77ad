import { allocate, readU32, writeU32 } from "../base/bytes.ts";
import type { Pipe } from "../pipe/pipe.ts";

/**
 * Which peer has which number (SERVER, PEER; RFC 41): 32 bits, never 0, counted up from a random start as libzmq does. No
 * peer has a say in it. Messages carry a number as a frame of four octets, made once for each peer.
 */
export class PeerNumbers {
  /** Given last; 0 before the first. */
  last = 0;
  readonly #pipes = new Map<number, Pipe>();
  /** Kept as long as the pipe, for what it left to be read after it was removed. */
  readonly #frames: WeakMap<Pipe, Uint8Array> = new WeakMap();
  #next: number;

  /** `start` is a random 32-bit number: those of one life of a program shall not fit those of another. */
  constructor(start: number) {
    this.#next = start >>> 0;
  }

  add(pipe: Pipe): void {
    while (this.#next === 0 || this.#pipes.has(this.#next)) this.#next = (this.#next + 1) >>> 0;
    this.last = this.#next;
    this.#next = (this.#next + 1) >>> 0;
    const frame = allocate(4);
    writeU32(frame, 0, this.last);
    this.#frames.set(pipe, frame);
    this.#pipes.set(this.last, pipe);
  }

  remove(pipe: Pipe): void {
    const frame = this.#frames.get(pipe);
    if (frame !== undefined) this.#pipes.delete(readU32(frame, 0));
  }

  /** The peer of a number; undefined when it is gone, or never was. */
  lookup(number: number): Pipe | undefined {
    return this.#pipes.get(number);
  }

  /** The frame that stands for a pipe, also after it was removed. */
  frameOf(pipe: Pipe): Uint8Array {
    return this.#frames.get(pipe) as Uint8Array; // every pipe that can be read was added
  }
}
