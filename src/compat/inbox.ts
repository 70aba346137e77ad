import type { Receiving, Socket } from "../index.ts";

/** Who messages go to: an emitter of "message" events. */
interface Listeners {
  listenerCount(event: "message"): number;
  emit(event: "message", ...frames: Buffer[]): boolean;
}

/**
 * Emits the messages of a socket as events, while it is not paused and somebody listens. Without listeners messages stay
 * where they are, under the high-water mark, so that none is lost which came before the first `on("message")`.
 */
export class Inbox {
  readonly #socket: Socket & Receiving;
  readonly #listeners: Listeners;
  #paused = false;
  #stop: (() => void) | null = null;

  constructor(socket: Socket & Receiving, listeners: Listeners) {
    this.#socket = socket;
    this.#listeners = listeners;
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.update();
  }

  /** Listeners came or went: begins or ends to read. */
  update(): void {
    const wanted = !this.#paused && this.#listeners.listenerCount("message") > 0;
    if (wanted === (this.#stop !== null) || this.#socket.closed) return;
    this.#stop?.();
    this.#stop = wanted ? this.#socket.onMessage((frames) => void this.#listeners.emit("message", ...frames)) : null;
  }
}
