/** What went through a pipe, in plain numbers; one object for both ends. Sessions write it; inproc only has the handshake. */
export interface Traffic {
  /** Messages the kernel has taken, and those on their way to it. */
  delivered: number;
  inFlight: number;
  /** Of both, those that the library sent by itself: hello and probe messages. */
  generated: number;
  /** Bytes on the wire. */
  bytesOut: number;
  bytesIn: number;
  /** When bytes last came or went, in the clock's ms; 0 is never. */
  lastTraffic: number;
  /** Handshakes done with whoever is behind it; all but the first are reconnects. */
  handshakes: number;
  /** Told when the kernel took or lost messages, and when bytes came: where the books are kept in another thread too. */
  moved: (() => void) | null;
  /** Called when fewer are on their way, for whoever waits for that. */
  settled: (() => void) | null;
}

export function noTraffic(): Traffic {
  return {
    delivered: 0,
    inFlight: 0,
    generated: 0,
    bytesOut: 0,
    bytesIn: 0,
    lastTraffic: 0,
    handshakes: 0,
    moved: null,
    settled: null,
  };
}
