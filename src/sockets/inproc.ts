import { EMPTY } from "../base/bytes.ts";
import { ProtocolError, type ZmqError } from "../base/errors.ts";
import type { Timer } from "../base/clock.ts";
import type { Peer } from "../base/peer.ts";
import type { Options } from "../options/table.ts";
import { Pipe } from "../pipe/pipe.ts";
import type { Waiting } from "../transports/inproc.ts";
import type { SocketSelf } from "./self.ts";

/** A bound inproc name. Unbinding frees the name and leaves joined pipes alone (libzmq.md 2.4). */
export class InprocBind {
  readonly #core: SocketSelf;
  readonly #name: string;

  /** Throws EADDRINUSE. */
  constructor(core: SocketSelf, name: string) {
    this.#core = core;
    this.#name = name;
    try {
      core.context.names.bind(name, core);
    } catch (error) {
      core.emit("bind:error", { address: name, error: error as ZmqError }); // InprocNames throws nothing else
      throw error;
    }
  }

  close(): void {
    this.#core.context.names.unbind(this.#name);
    this.#core.gone(this);
  }

  abort(): void {
    this.close();
  }
}

/**
 * A connect() to an inproc name, bound or not yet: messages queue until it is. There is no reconnecting: when the bound
 * socket closes, it is over.
 */
export class InprocConnect {
  readonly #core: SocketSelf;
  readonly #name: string;
  readonly #pipe: Pipe;
  #waiting: Waiting | null = null;
  #linger: Timer | null = null;
  /** What the bound socket wants to receive when this one leaves (ZMQ_DISCONNECT_MSG). */
  #farewell: Uint8Array | null = null;

  constructor(core: SocketSelf, name: string) {
    this.#core = core;
    this.#name = name;
    const { sendHighWaterMark, receiveHighWaterMark, conflate } = core.options;
    this.#pipe = Pipe.pair({ outLimit: sendHighWaterMark, inLimit: receiveHighWaterMark, conflate, far: "socket" });
    this.#pipe.endpoint = `inproc://${name}`;
    core.attach(this.#pipe);
    const binder = core.context.names.lookup(name);
    if (binder !== undefined) this.#join(binder);
    else this.#waiting = core.context.names.wait(name, (later) => this.#join(later));
  }

  /** Queued messages wait for the name to be bound for as long as the socket lingers; they don't hold the process. */
  close(): void {
    const linger = this.#core.linger();
    say(this.#core, this.#pipe, this.#farewell);
    this.#pipe.finish("unread");
    if (this.#waiting === null || linger === 0 || this.#pipe.queuedOut === 0) this.abort();
    else if (linger > 0) this.#linger = this.#core.clock.after(linger, () => this.abort());
    else this.#core.gone(this);
  }

  abort(): void {
    this.#linger?.cancel();
    if (this.#waiting !== null) {
      this.#waiting.cancel();
      this.#waiting = null;
      this.#pipe.close("linger-expired", "unread");
      this.#pipe.far.finish("linger-expired");
    }
    this.#core.gone(this);
  }

  #join(binder: SocketSelf): void {
    this.#waiting = null;
    const near = this.#pipe;
    if (!binder.type.peers.includes(this.#core.type.name)) return this.#mismatch(binder);
    setMarks(near, this.#core.options, binder.options);
    greet(this.#core, near);
    binder.attach(near.far);
    greet(binder, near.far);
    near.meet(this.#peer(binder, true), this.#peer(this.#core, false));
    this.#farewell = binder.options.disconnectMessage;
    if (near.queuedOut > 0) binder.readable(near.far);
    if (near.closed) binder.ended(near.far, "peer-lost");
    if (near.closed && this.#linger !== null) this.abort();
  }

  #peer(of: SocketSelf, dialed: boolean): Peer {
    const endpoint = `inproc://${this.#name}`;
    return {
      id: this.#core.nextPeerId(),
      endpoint,
      address: endpoint,
      dialed,
      socketType: of.type.name,
      routingId: of.type.identifies ? (of.options.routingId ?? EMPTY) : EMPTY,
      protocol: "",
      mechanism: "",
      properties: new Map(),
    };
  }

  /** libzmq joins any types here and leaves the outcome to chance; over a wire it refuses, and so is it here. */
  #mismatch(binder: SocketSelf): void {
    const address = `inproc://${this.#name}`;
    const detail = `${this.#core.type.name} connected to ${binder.type.name}`;
    const error = new ProtocolError("ERR_ZMTP_SOCKET_TYPE_MISMATCH", detail);
    for (const core of [this.#core, binder]) {
      core.connections.handshakePeerType++;
      core.emit("handshake:error:protocol", { address, peerAddress: address, reason: error.message, error });
    }
    this.#pipe.far.finish("refused");
  }
}

type Marks = Pick<Options, "sendHighWaterMark" | "receiveHighWaterMark">;

/** The marks of a pipe between two sockets are the sums of what both allow. */
export function setMarks(near: Pipe, mine: Marks, theirs: Marks): void {
  near.setLimits(
    sum(mine.sendHighWaterMark, theirs.receiveHighWaterMark),
    sum(mine.receiveHighWaterMark, theirs.sendHighWaterMark),
  );
}

/** 0 is unlimited, and one unlimited side makes the sum so. */
function sum(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a + b;
}

/** ZMQ_PROBE_ROUTER and ZMQ_HELLO_MSG: what a session sends first on a wire. */
function greet(core: SocketSelf, pipe: Pipe): void {
  const { probeRouter, helloMessage } = core.options;
  if (probeRouter) say(core, pipe, EMPTY);
  say(core, pipe, helloMessage);
}

/** Writes a message that no user sent, if there is one. */
function say(core: SocketSelf, pipe: Pipe, frame: Uint8Array | null): void {
  if (frame === null || !pipe.alive) return;
  core.generated(1);
  if (!pipe.write([frame])) pipe.reject("hwm");
}
