import type { Clock, Timer } from "../base/clock.ts";

export interface HeartbeatSettings {
  /** ms between PINGs; 0 sends none (ZMQ_HEARTBEAT_IVL). */
  readonly heartbeatInterval: number;
  /** ms of silence after a PING until the peer is given up; -1 is the interval (ZMQ_HEARTBEAT_TIMEOUT). */
  readonly heartbeatTimeout: number;
}

export interface HeartbeatEvents {
  /** Send a PING now. False where the peer's protocol has none: then it is not asked again, and no answer awaited. */
  ping(): boolean;
  /** Nothing was heard in time. */
  silent(cause: "timeout" | "ttl"): void;
}

/**
 * Decides when to PING and when a peer is gone (RFC 37 "connection heartbeating"; libzmq.md 7.3).
 *
 * A time-out starts with a PING, unless one runs, and any inbound byte ends it; so does the time to live that a peer's
 * PING asked for. It neither writes nor reads: the session does.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #settings: HeartbeatSettings;
  readonly #events: HeartbeatEvents;
  #next: Timer | null = null;
  #timeout: Timer | null = null;
  #ttl: Timer | null = null;

  constructor(clock: Clock, settings: HeartbeatSettings, events: HeartbeatEvents) {
    this.#clock = clock;
    this.#settings = settings;
    this.#events = events;
  }

  /** The handshake is done: from now on PINGs are allowed. */
  start(): void {
    const interval = this.#settings.heartbeatInterval;
    if (interval <= 0) return;
    this.#next = this.#clock.after(interval, () => {
      if (!this.#events.ping()) return;
      this.start();
      this.#expectAnswer();
    });
  }

  /** Something came in, whatever it was. Cheap when nothing is awaited. */
  heard(): void {
    if (this.#timeout !== null) {
      this.#timeout.cancel();
      this.#timeout = null;
    }
    if (this.#ttl !== null) {
      this.#ttl.cancel();
      this.#ttl = null;
    }
  }

  /** The peer's PING asked to be given up after `ttl` ms of silence. */
  promised(ttl: number): void {
    if (ttl <= 0 || this.#ttl !== null) return;
    this.#ttl = this.#clock.after(ttl, () => {
      this.#ttl = null;
      this.#events.silent("ttl");
    });
  }

  stop(): void {
    this.heard();
    this.#next?.cancel();
    this.#next = null;
  }

  #expectAnswer(): void {
    const { heartbeatTimeout, heartbeatInterval } = this.#settings;
    const limit = heartbeatTimeout < 0 ? heartbeatInterval : heartbeatTimeout;
    if (limit === 0 || this.#timeout !== null) return;
    this.#timeout = this.#clock.after(limit, () => {
      this.#timeout = null;
      this.#events.silent("timeout");
    });
  }
}
