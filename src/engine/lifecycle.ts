/** Long-lived states as tables: a move that is not listed is a bug, and says so. */

/** One connection: from a stream that is open to its one and only end. */
export const SESSION_MOVES = {
  handshaking: { ready: "ready", end: "done" },
  ready: { finish: "finishing", end: "done" },
  finishing: { end: "done" },
  done: {},
} as const;

/** One peer in another thread. */
export const CROSSING_MOVES = {
  open: { finish: "finishing", end: "ended" },
  finishing: { end: "ended" },
  ended: {},
} as const;

/** One connect() call. */
export const DIALER_MOVES = {
  idle: { dial: "dialing", close: "done" },
  dialing: { opened: "up", failed: "waiting", stop: "stopped", close: "done" },
  up: { lost: "waiting", stop: "stopped", close: "done" },
  waiting: { dial: "dialing", stop: "stopped", close: "done" },
  /** Given up, but still registered until disconnect() (libzmq 8.6). */
  stopped: { close: "done" },
  done: {},
} as const;

/** One endpoint of datagrams, bound or connected. */
export const DATAGRAM_MOVES = {
  idle: { dial: "dialing", opened: "open", close: "done" },
  dialing: { opened: "open", failed: "waiting", close: "done" },
  waiting: { dial: "dialing", close: "done" },
  open: { close: "done" },
  done: {},
} as const;

type Moves = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The state of one long-lived thing. */
export class Lifecycle<Table extends Moves> {
  state: keyof Table & string;
  readonly #moves: Table;

  constructor(moves: Table, first: keyof Table & string) {
    this.#moves = moves;
    this.state = first;
  }

  can(event: string): boolean {
    return this.#moves[this.state]?.[event] !== undefined;
  }

  move(event: string): void {
    const next = this.#moves[this.state]?.[event];
    if (next === undefined) throw new Error(`bug: "${event}" in state "${this.state}"`);
    this.state = next;
  }
}
