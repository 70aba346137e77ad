import { messagesOf, type FrameRun } from "../base/frame-run.ts";
import type { Message } from "../base/message.ts";
import type { Peer } from "../base/peer.ts";
import type { Sink } from "../pipe/lane.ts";
import type { Pipe, PipeOwner } from "../pipe/pipe.ts";
import type { Passage, PassageEvents } from "../transports/threads.ts";
import type { EngineHost } from "./host.ts";
import { CROSSING_MOVES, Lifecycle } from "./lifecycle.ts";
import { notice } from "./notices.ts";

/**
 * Where no mark says how many messages may wait, the peer is granted as many at a time, and more when the user keeps up or
 * takes none at all: what he can't take meanwhile waits at the sender, instead of being carried around by the garbage
 * collector here (PUSH to PULL with mark 0: from 1.0 M to 2.0 M msg/s).
 */
const AHEAD = 1024;

/**
 * One peer that is a socket in another thread: joins the far end of a pipe and a passage, as a session joins one with a
 * stream.
 *
 * Its own business is that the marks are inproc's: as many messages wait here as this side may have queued, and as many
 * are granted to the peer as this side may have unread, which is the sum of both. And like a pipe between two sockets of
 * one thread, it ends with either of them; what was written before is still read, however long that takes.
 */
export class Crossing implements Sink, PassageEvents {
  readonly #host: EngineHost;
  readonly #pipe: Pipe;
  readonly #passage: Passage;
  /** What the socket receives if the peer's thread ends without a word (ZMQ_DISCONNECT_MSG). */
  readonly #epitaph: Uint8Array | null;
  readonly #life: Lifecycle<typeof CROSSING_MOVES> = new Lifecycle(CROSSING_MOVES, "open");
  /** Messages that the peer takes, and those that it was granted and has not sent. */
  #granted = 0;
  #outstanding = 0;
  /** Whether nothing is granted for a turn, because the user is catching up. */
  #resting = false;

  /** `pipe` is the far end. */
  constructor(host: EngineHost, pipe: Pipe, passage: Passage, epitaph: Uint8Array | null) {
    this.#host = host;
    this.#pipe = pipe;
    this.#passage = passage;
    this.#epitaph = epitaph;
  }

  /** The two sockets have found each other, and the pipe's marks are set. */
  begin(peer: Peer): void {
    const pipe = this.#pipe;
    pipe.owner = this.#signals();
    pipe.traffic.handshakes++;
    if (pipe.far.closed) return this.#finish();
    this.#refill();
    pipe.sink = this;
    pipe.open(peer);
    this.#drain(false);
  }

  accept(message: Message): boolean {
    if (this.#granted <= 0 || !this.#passage.writable) return false;
    this.#send(message);
    return true;
  }

  // What the passage tells.

  message(message: Message): void {
    const pipe = this.#pipe;
    this.#outstanding--;
    // A peer that leaves lets go of all it has, granted or not.
    if (!pipe.overfill(message)) pipe.reject("unread");
    if (pipe.outLimit === 0) this.#refillUnbounded();
  }

  run(run: FrameRun): void {
    const pipe = this.#pipe;
    // Before anybody reads them, and grants what is not outstanding.
    this.#outstanding -= run.count;
    if (pipe.overfillRun(run)) {
      if (pipe.outLimit === 0) this.#refillUnbounded();
      return;
    }
    this.#outstanding += run.count;
    for (const message of messagesOf(run)) this.message(message);
  }

  subscription(topic: Uint8Array, added: boolean): void {
    this.#pipe.subscription(topic, added);
  }

  granted(count: number): void {
    this.#granted += count;
    this.#drain(false);
  }

  drained(): void {
    this.#drain(this.#life.state === "finishing");
    this.#endWhenWritten();
  }

  delivered(count: number): void {
    if (this.#life.state !== "ended") this.#deliver(count);
  }

  leaving(): void {
    if (this.#life.state !== "ended") this.#drain(true);
  }

  ended(lost: boolean): void {
    if (lost) this.#loseInFlight();
    if (lost && this.#life.state === "open") this.#report();
    this.#end();
  }

  /** What the socket's end of the pipe asks for. */
  #signals(): PipeOwner {
    return {
      readable: () => this.#drain(false),
      writable: () => {
        if (this.#life.state === "open") this.#refill();
      },
      opened: () => {},
      lost: () => {},
      ended: (_pipe, reason) => {
        if (reason === "refused") this.#end();
        else this.#finish();
      },
      subscription: (_pipe, topic, added) => {
        if (this.#life.state === "open") this.#passage.subscription(topic, added);
      },
    };
  }

  /** The socket let go of the pipe: what it wrote before is the peer's, granted or not. */
  #finish(): void {
    if (this.#life.state !== "open") return this.#end();
    this.#life.move("finish");
    this.#host.lingering(1);
    this.#drain(true);
    this.#endWhenWritten();
  }

  #endWhenWritten(): void {
    if (this.#life.state === "finishing" && this.#pipe.queuedIn === 0 && this.#passage.idle) this.#end();
  }

  #deliver(count: number): void {
    this.#pipe.traffic.inFlight -= count;
    this.#pipe.traffic.delivered += count;
  }

  /** The one way to end, safe to call twice. */
  #end(): void {
    const { state } = this.#life;
    if (state === "ended") return;
    this.#life.move("end");
    this.#passage.end();
    // As bytes that the kernel has: the other thread reads them even when this one is gone.
    this.#deliver(this.#pipe.traffic.inFlight);
    this.#pipe.sink = null;
    this.#pipe.finish("peer-lost");
    if (state === "finishing") this.#host.lingering(-1);
  }

  #loseInFlight(): void {
    const { traffic, drops } = this.#pipe;
    drops["peer-lost"] += traffic.inFlight;
    traffic.inFlight = 0;
  }

  /** Writes what is queued, as far as it is granted and there is room; `all`: granted or not. */
  #drain(all: boolean): void {
    const pipe = this.#pipe;
    const queue = pipe.source;
    while (queue.length > 0 && (all || this.#granted > 0) && this.#passage.writable) {
      const message = queue.shift();
      if (message === undefined) return;
      this.#send(message);
      pipe.took(1);
    }
  }

  #send(message: Message): void {
    this.#granted--;
    this.#pipe.traffic.inFlight++;
    this.#passage.write(message);
  }

  /** Grants what the pipe has room for, and asks to be told when the socket has read more. */
  #refill(): void {
    const pipe = this.#pipe;
    const limit = pipe.outLimit;
    if (limit === 0) return this.#refillUnbounded();
    const free = limit - pipe.queuedOut - this.#outstanding;
    if (free > 0) this.#grant(free);
    pipe.watch();
  }

  #refillUnbounded(): void {
    if (this.#resting || this.#outstanding > AHEAD / 2 || this.#life.state !== "open") return;
    const unread = this.#pipe.queuedOut;
    if (unread > AHEAD) this.#rest(unread);
    else this.#grant(AHEAD);
  }

  #rest(unread: number): void {
    this.#resting = true;
    this.#host.afterIo(() => {
      const left = this.#pipe.queuedOut;
      if (left > AHEAD && left < unread) return this.#rest(left);
      this.#resting = false;
      if (this.#life.state === "open") this.#grant(AHEAD);
    });
  }

  #grant(count: number): void {
    this.#outstanding += count;
    this.#passage.grant(count);
  }

  /** A thread that ended took a socket with it: nobody closed it, so it is told as for a connection. */
  #report(): void {
    if (this.#epitaph !== null) notice(this.#pipe, this.#epitaph);
    const { peer } = this.#pipe;
    if (peer === undefined) return;
    const { id, endpoint, address, socketType, routingId } = peer;
    this.#host.connections.disconnects++;
    const fields = { address: endpoint, peer: id, peerAddress: address, socketType, routingId };
    this.#host.emit("disconnect", { ...fields, reason: "the peer's thread ended" });
  }
}
