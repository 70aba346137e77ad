import type { Message } from "../base/message.ts";
import type { Pipe } from "../pipe/pipe.ts";
import { OUTBOUND } from "./pipe-array.ts";
import { Rotation } from "./rotation.ts";

/**
 * Sends each message to the next pipe that has room (PUSH, DEALER, REQ; RFC 28 and 30 "in a round-robin fashion").
 *
 * A full pipe leaves the rotation until it is `writable`. Nothing is ever dropped here: what no pipe takes stays with
 * the caller. Rotation order is libzmq's lb_t. One pipe needs no path of its own: the loop runs once.
 */
export class LoadBalancer {
  /** Where the last message went; null when that pipe was detached since. */
  last: Pipe | null = null;
  readonly #rotation = new Rotation(OUTBOUND);

  get size(): number {
    return this.#rotation.size;
  }

  attach(pipe: Pipe): void {
    this.#rotation.add(pipe);
  }

  detach(pipe: Pipe): void {
    this.#rotation.remove(pipe);
    if (this.last === pipe) this.last = null;
  }

  /** It has room again. */
  writable(pipe: Pipe): void {
    this.#rotation.wake(pipe);
  }

  /** Takes the message over, or returns false when no pipe has room: then one will be `writable`. */
  send(message: Message): boolean {
    const rotation = this.#rotation;
    for (let pipe = rotation.current; pipe !== null; pipe = rotation.current) {
      if (pipe.write(message)) {
        this.last = pipe;
        rotation.next();
        return true;
      }
      rotation.rest();
    }
    return false;
  }

  /** Whether the next `send` is taken. */
  get ready(): boolean {
    const rotation = this.#rotation;
    for (let pipe = rotation.current; pipe !== null; pipe = rotation.current) {
      if (pipe.ready()) return true;
      rotation.rest();
    }
    return false;
  }

  [Symbol.iterator](): IterableIterator<Pipe> {
    return this.#rotation[Symbol.iterator]();
  }
}
