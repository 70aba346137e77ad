import { ZmqError } from "../base/errors.ts";
import type { Timer } from "../base/clock.ts";
import { Pipe } from "../pipe/pipe.ts";
import type { Waiting } from "../transports/inproc.ts";
import type { Passage, PassageEvents, Reach } from "../transports/threads.ts";
import { greet, inprocPeer, ownId, reportMismatch, say, setMarks } from "./inproc-meeting.ts";
import { cross, factsOf, readFacts, type Facts } from "./inproc-threads.ts";
import type { SocketSelf } from "./self.ts";

/** A bound inproc name. Unbinding frees the name and leaves joined pipes alone (libzmq.md 2.4). */
export class InprocBind {
  /** Set when the name turned out to be another thread's, which had bound it before the two knew of each other. */
  lost: ZmqError | null = null;
  readonly #core: SocketSelf;
  readonly #name: string;

  /** Throws EADDRINUSE. */
  constructor(core: SocketSelf, name: string) {
    this.#core = core;
    this.#name = name;
    try {
      core.context.names.bind(name, core, () => this.#lose());
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

  #lose(): void {
    const address = `inproc://${this.#name}`;
    this.lost = new ZmqError("EADDRINUSE", { address, hint: "another thread had bound it before" });
    this.#core.emit("bind:error", { address: this.#name, error: this.lost });
    this.#core.gone(this);
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
  /** The search for the name in other threads. */
  #reach: Reach | null = null;
  #linger: Timer | null = null;
  /** Whether the process stays for the answer of another thread. */
  #held = false;
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
    else {
      this.#waiting = core.context.names.wait(name, (later) => this.#join(later));
      this.#search();
    }
  }

  /** Queued messages wait for the name to be bound for as long as the socket lingers; they don't hold the process. */
  close(): void {
    say(this.#core, this.#pipe, this.#farewell);
    this.#pipe.finish("unread");
    if (this.#reach?.calling !== true || this.#pipe.queuedOut === 0) return this.#lingerOn();
    // Somebody has the name: what was sent to him is his, as if he were in this thread.
    this.#held = true;
    this.#core.lingering(1);
  }

  giveUp(): void {
    if (this.#linger !== null) this.abort();
  }

  abort(): void {
    this.#linger?.cancel();
    if (this.#waiting !== null) {
      this.#stopWaiting();
      this.#pipe.close("linger-expired", "unread");
      this.#pipe.far.finish("linger-expired");
    }
    this.#core.gone(this);
    this.#letGo();
  }

  #lingerOn(): void {
    const linger = this.#core.linger();
    const hopeless = this.#waiting === null || this.#core.context.ending;
    if (hopeless || linger === 0 || this.#pipe.queuedOut === 0) this.abort();
    else if (linger > 0) this.#linger = this.#core.clock.after(linger, () => this.abort());
    else this.#core.gone(this);
  }

  #letGo(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#core.lingering(-1);
  }

  #stopWaiting(): void {
    this.#waiting?.cancel();
    this.#reach?.cancel();
    this.#waiting = this.#reach = null;
  }

  #search(): void {
    const { threads } = this.#core.context;
    if (threads === null) return;
    this.#reach = threads.reach(this.#name, factsOf(this.#core), {
      met: (passage, facts) => this.#joinAcross(passage, readFacts(facts)),
      refused: (facts) => {
        this.#stopWaiting();
        this.#mismatch(readFacts(facts).type);
      },
      missed: () => {
        if (!this.#held) return;
        this.#lingerOn();
        this.#letGo();
      },
    });
  }

  #join(binder: SocketSelf): void {
    this.#stopWaiting();
    const near = this.#pipe;
    const { type } = binder;
    if (!type.peers.includes(this.#core.type.name)) {
      reportMismatch(binder, this.#name, this.#core.type.name, type.name);
      return this.#mismatch(type.name);
    }
    setMarks(near, this.#core.options, binder.options);
    greet(this.#core, near);
    binder.attach(near.far);
    greet(binder, near.far);
    const facts = { socketType: type.name, routingId: ownId(binder), dialed: true };
    const own = { socketType: this.#core.type.name, routingId: ownId(this.#core), dialed: false };
    near.meet(inprocPeer(this.#core, facts, this.#name), inprocPeer(this.#core, own, this.#name));
    this.#farewell = binder.options.disconnectMessage;
    if (near.queuedOut > 0) binder.readable(near.far);
    if (near.closed) binder.ended(near.far, "peer-lost");
    this.#endIfClosed();
  }

  /** The name is bound in another thread. */
  #joinAcross(passage: Passage, theirs: Facts): PassageEvents {
    this.#stopWaiting();
    this.#pipe.becomeWire();
    this.#farewell = theirs.farewell;
    const events = cross(this.#core, this.#pipe, passage, { name: this.#name, theirs, dialed: true });
    this.#endIfClosed();
    return events;
  }

  /** It was closed while it waited, and now what it had queued is with the other one. */
  #endIfClosed(): void {
    if (this.#pipe.closed && (this.#linger !== null || this.#held)) this.abort();
  }

  #mismatch(bound: string): void {
    reportMismatch(this.#core, this.#name, this.#core.type.name, bound);
    this.#pipe.far.finish("refused");
    this.#endIfClosed();
  }
}
