/**
 * What the engine may ask of the outside world: streams of bytes, listeners, and nothing about messages.
 *
 * Everything a transport reports comes through plain callbacks, never inside the call that caused it, with one
 * exception: `write` may say at once that it took all.
 */

/** One connection's bytes, both ways. Reading starts with `begin`. */
export interface ByteStream {
  /** The other end: `tcp://127.0.0.1:40112`, `ipc://…`. */
  readonly remote: string;
  /** The peer's numeric IP, or `localhost:uid:gid:pid` where known, for `Peer-Address`; "" when unknown. */
  readonly peerAddress: string;
  /** Whether our close reaches the peer ahead of what it has yet to read, which libzmq then drops (Unix sockets). */
  readonly closeOvertakes: boolean;
  /** Bytes given to `write` that the kernel has not taken yet. */
  readonly pending: number;
  begin(events: StreamEvents): void;
  /**
   * Hands bytes to the kernel, in order, as one gathered write. They must not change until `done`, which is called
   * exactly once: with true when the kernel has all, with false when the stream ended first. It may be called before
   * `write` returns. Returns false when the kernel is behind: `drained` follows.
   */
  write(parts: readonly Uint8Array[], done: (delivered: boolean) => void): boolean;
  pause(): void;
  resume(): void;
  /** Ends at once; bytes still pending are lost. Safe to call twice. `closed` is not called for it. */
  close(): void;
  /** Ends when all that was written is out; the other end sees an orderly end. Where closing overtakes, it holds the
   * process until the other end has ended too, for some seconds. */
  end(): void;
  /** Writes what is pending and then `parts` before returning, for a process that is about to exit. Best effort, at
   * most `limit` ms without progress; where closing overtakes, also waits as long for a word of the peer. Returns how
   * many bytes of `parts` went out. */
  flushSync(parts: readonly Uint8Array[], limit: number): number;
}

export interface StreamEvents {
  /**
   * Bytes came. They are valid only during the call (the memory is read into again): who keeps them copies them —
   * unless they lie in memory that `target` gave.
   */
  received(bytes: Uint8Array): void;
  /** Whether the user has yet to take some of what came, and so is at work; absent: nobody knows. */
  readonly unread?: boolean;
  /** Memory for the next bytes to land in (the rest of a large body), or null for the stream's own. */
  target(): Uint8Array | null;
  /** The kernel caught up after `write` returned false. */
  drained(): void;
  /** The peer ended it, or it broke. Not called after `close`. */
  closed(error?: Error): void;
}

/** Options of `reference` names that concern a transport; taken when a connection or listener is made. */
export interface TransportOptions {
  readonly ipv6: boolean;
  readonly backlog: number;
  /** 1 on, 0 off, -1 as the system has it. */
  readonly tcpKeepalive: number;
  readonly tcpKeepaliveCount: number;
  /** Seconds, as libzmq has it; likewise the interval. */
  readonly tcpKeepaliveIdle: number;
  readonly tcpKeepaliveInterval: number;
  /** Per address that a name stands for; 0 leaves it to the system. */
  readonly connectTimeout: number;
  readonly tcpMaxRetransmitTimeout: number;
  readonly typeOfService: number;
  readonly sendBufferSize: number;
  readonly receiveBufferSize: number;
  /** Networks like `192.168.0.0/16` that may connect to a listener, separated by commas; null or "" is all. */
  readonly tcpAcceptFilter: string | null;
  /** The network interface that connections must go through. */
  readonly interface: string | null;
  /** SOCKS5 proxy, host:port, that connects in our place; null is none. */
  readonly socksProxy: string | null;
  readonly socksUsername: string | null;
  readonly socksPassword: string | null;
  /** What a proxy has for its answers, if connectTimeout does not say; 0 is no limit. */
  readonly handshakeInterval: number;
  /** A descriptor that listens already, taken instead of binding; -1 is none. */
  readonly useFd: number;
}

export interface DialEvents {
  /** An asynchronous connection attempt is under way (`connect:delay`). Not called when it succeeds at once. */
  delayed(): void;
  opened(stream: ByteStream): void;
  /** The attempt failed: refused, unreachable, unresolvable, timed out. */
  failed(error: Error): void;
}

export interface ListenEvents {
  accepted(stream: ByteStream): void;
  /** accept(2) failed; the listener goes on by itself (with a pause on EMFILE). */
  acceptFailed(error: Error): void;
}

export interface Dialing {
  /** No event comes after this. Safe to call twice. */
  cancel(): void;
}

export interface Listening {
  /** The resolved endpoint: `tcp://0.0.0.0:5555`. */
  readonly endpoint: string;
  /** Frees the address before it returns; accepted streams live on. Safe to call twice. Throws nothing: a failure to
   * remove an ipc file is returned. */
  close(): Error | undefined;
}

export interface Transport {
  /** Without "://". */
  readonly scheme: string;
  /** Throws a ZmqError (EINVAL, ENAMETOOLONG …) when the address can never work for connecting; no I/O. */
  checkConnect(address: string, options: TransportOptions): void;
  dial(address: string, options: TransportOptions, events: DialEvents): Dialing;
  /** Binds at once where the address needs no name look-up. Throws a ZmqError: EADDRINUSE, EADDRNOTAVAIL, EINVAL … */
  listen(address: string, options: TransportOptions, events: ListenEvents): Listening;
  /** As `listen`, for addresses that need a look-up first; others resolve at once. */
  listenLater?(address: string, options: TransportOptions, events: ListenEvents): Promise<Listening>;
}
