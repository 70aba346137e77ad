import type { Batch } from "../base/batch.ts";
import { copyOf } from "../base/bytes.ts";
import type { Timer } from "../base/clock.ts";
import { ProtocolError } from "../base/errors.ts";
import type { Message } from "../base/message.ts";
import type { Peer } from "../base/peer.ts";
import type { EventFields } from "../observe/events.ts";
import type { Pipe, PipeOwner } from "../pipe/pipe.ts";
import type { ByteStream, StreamEvents } from "../transports/transport.ts";
import type { Connection, ConnectionEvents, PeerFacts } from "../wire/connection.ts";
import { ending, endingOf, report, type Ending } from "./ending.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { EngineHost, Role, Settings } from "./host.ts";
import { Lifecycle, SESSION_MOVES } from "./lifecycle.ts";
import { Outbox } from "./outbox.ts";
import { notice } from "./pipes.ts";
import { newConnection } from "./protocol.ts";

/** Who started a session: a dialer or a listener. */
export interface SessionOwner {
  /** The endpoint the session belongs to, as events name it. */
  readonly endpoint: string;
  readonly dialed: boolean;
  /** The handshake is done: the far end of the pipe to use, or null when the socket wants none any more. */
  join(session: Session): Pipe | null;
  /** Comes once, whatever ended it. */
  ended(session: Session, why: Ending): void;
}

/**
 * One peer, from a stream that is open to its one and only end: handshake, traffic, heartbeat.
 *
 * It moves messages between a stream and the far end of a pipe. It neither frames (wire/), nor batches (outbox.ts), nor
 * decides what comes after the end (dialer.ts, listener.ts), nor knows the socket behind the pipe.
 */
export class Session implements StreamEvents, ConnectionEvents {
  readonly id: number;
  /** Where bytes to send at once go: handshake commands and PONGs. */
  readonly output: Batch;
  readonly #host: EngineHost;
  readonly #settings: Settings;
  readonly #owner: SessionOwner;
  readonly #stream: ByteStream;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #heartbeat: Heartbeat;
  readonly #inbound: Role["inbound"];
  readonly #life: Lifecycle<typeof SESSION_MOVES> = new Lifecycle(SESSION_MOVES, "handshaking");
  #handshake: Timer | null = null;
  #linger: Timer | null = null;
  #pipe: Pipe | null = null;
  #peer: Peer | null = null;
  /** Bytes of the handshake, which come before there is a pipe to count them. */
  #early = 0;
  /** Why reading is paused: the pipe is full; the peer does not read our answers; the user is catching up. */
  #full = false;
  #choked = false;
  #ahead = 0;

  constructor(host: EngineHost, settings: Settings, owner: SessionOwner, stream: ByteStream) {
    this.id = host.nextPeerId();
    this.#host = host;
    this.#inbound = host.role.inbound;
    this.#settings = settings;
    this.#owner = owner;
    this.#stream = stream;
    this.#connection = newConnection(host.role, settings);
    this.#outbox = new Outbox(stream, this.#connection, host);
    this.output = this.#outbox.batch;
    this.#heartbeat = new Heartbeat(host.clock, settings, {
      ping: () => this.#ping(),
      silent: (cause) => this.#silent(cause),
    });
  }

  begin(): void {
    const limit = this.#settings.handshakeInterval;
    if (limit > 0 && this.#connection.handshakes) {
      this.#handshake = this.#host.clock.after(limit, () => this.end(ending("timeout", `no handshake in ${limit} ms`)));
    }
    this.#connection.start(this.output);
    if (this.#owner.dialed) this.#outbox.schedule();
    else this.#greetSoon();
    this.#stream.begin(this);
    if (!this.#connection.handshakes) this.ready(NOTHING_SAID);
  }

  /**
   * Who dialed greets first, mostly in the next turn: our greeting and READY then leave in one write, which makes
   * accepting a third cheaper. Who says nothing is greeted all the same.
   */
  #greetSoon(): void {
    this.#host.afterIo(() => this.#host.afterIo(() => this.#outbox.schedule()));
  }

  /** Whether the handshake is done and the end has not come. */
  get established(): boolean {
    return this.#pipe !== null && this.#life.state !== "done";
  }

  /** Whether the handshake was done, ended or not. */
  get shaken(): boolean {
    return this.#peer !== null;
  }

  // What the stream tells.

  received(bytes: Uint8Array): void {
    this.#heartbeat.heard();
    if (this.#pipe === null) this.#early += bytes.length;
    else {
      this.#pipe.traffic.bytesIn += bytes.length;
      this.#pipe.traffic.lastTraffic = this.#host.clock.now();
    }
    this.#read(bytes);
  }

  target(): Uint8Array | null {
    return this.#connection.target();
  }

  drained(): void {
    this.#outbox.drained();
    if (!this.#choked || this.#outbox.blocked) return;
    this.#choked = false;
    this.#goOn();
  }

  closed(error?: Error): void {
    this.end(ending("lost", error?.message ?? "the peer closed the connection", error));
  }

  // What the connection tells.

  ready(facts: PeerFacts): void {
    this.#handshake?.cancel();
    this.#life.move("ready");
    this.#peer = this.#describe(facts);
    this.#host.emit("handshake", this.#fields());
    const pipe = (this.#pipe = this.#owner.join(this));
    if (pipe === null) return this.end(ending("finished", "the socket has let go of this endpoint"));
    pipe.owner = this.#signals();
    pipe.traffic.handshakes++;
    pipe.traffic.bytesIn += this.#early;
    pipe.traffic.lastTraffic = this.#host.clock.now();
    this.#greet(pipe);
    if (pipe.far.closed) this.#finish();
    else pipe.open(this.#peer);
    this.#announce(pipe, NOTIFY_CONNECT);
    // The socket may have refused the peer just now.
    if (this.#life.state !== "done") {
      this.#outbox.join(pipe);
      this.#heartbeat.start();
    }
  }

  message(message: Message): boolean {
    const pipe = this.#pipe as Pipe; // set by `ready`, before which no message comes
    if (this.#inbound?.(message) === false) {
      throw new ProtocolError("ERR_ZMTP_UNSPECIFIED", "the frames of a message are not a request or reply");
    }
    if (!pipe.write(message)) pipe.reject("unread");
    if (!pipe.full) return true;
    this.#full = pipe.alive && !pipe.ready();
    return !this.#full;
  }

  subscription(topic: Uint8Array, added: boolean): void {
    this.#pipe?.subscription(topic, added);
  }

  ping(ttl: number): void {
    this.#heartbeat.promised(ttl);
  }

  /** The one way to end: always in the same order, safe to call twice. */
  end(why: Ending): void {
    if (this.#life.state === "done") return;
    const { state } = this.#life;
    this.#life.move("end");
    this.#handshake?.cancel();
    this.#linger?.cancel();
    this.#heartbeat.stop();
    if (why.kind === "protocol") this.#outbox.flush();
    this.#outbox.end();
    if (why.kind === "finished" || why.kind === "protocol") this.#stream.end();
    else this.#stream.close();
    if (this.#pipe !== null) {
      this.#countLoss(this.#pipe, why);
      this.#announce(this.#pipe, NOTIFY_DISCONNECT);
    }
    report(this.#host, why, state !== "handshaking", this.#fields());
    if (state === "finishing") this.#host.lingering(-1);
    this.#owner.ended(this, why);
  }

  /** Everything queued goes out before this returns, because the process exits. */
  flushSync(limit: number): void {
    if (this.established) this.#outbox.flushSync(limit);
  }

  /** What the socket's end of the pipe asks for. */
  #signals(): PipeOwner {
    return {
      readable: () => this.#outbox.drain(),
      writable: () => {
        this.#full = false;
        this.#goOn();
      },
      opened: () => {},
      lost: () => {},
      ended: (_pipe, reason) => {
        if (reason === "refused") this.end(ending("refused", "the socket refused this peer"));
        else this.#finish();
      },
      subscription: (_pipe, topic, added) => {
        this.#connection.encodeSubscription(topic, added, this.output);
        this.#outbox.schedule();
      },
    };
  }

  /** The socket let go of the pipe: what is queued goes out for as long as it lingers, then the stream ends. */
  #finish(): void {
    if (this.#life.state !== "ready") return;
    this.#life.move("finish");
    this.#host.lingering(1);
    const linger = this.#host.linger();
    if (linger >= 0) {
      this.#linger = this.#host.clock.after(linger, () => this.end(ending("linger", "the linger time was over")));
    }
    this.#outbox.emptied = (): void => this.#endWhenSent();
    this.#outbox.drain();
    this.#outbox.flush();
    this.#endWhenSent();
  }

  #endWhenSent(): void {
    if (this.#pipe?.queuedIn === 0 && this.#outbox.empty) this.end(ending("finished", "all was sent"));
  }

  /** Messages that come before everything queued: ZMQ_HELLO_MSG and ZMQ_PROBE_ROUTER. */
  #greet(pipe: Pipe): void {
    const { helloMessage, probeRouter } = this.#settings;
    if (probeRouter) this.#outbox.first([NO_BYTES], pipe.traffic);
    if (helloMessage !== null && helloMessage.length > 0) this.#outbox.first([helloMessage], pipe.traffic);
  }

  /** The message that the connection ended in the middle of, or because of. */
  #countLoss(pipe: Pipe, why: Ending): void {
    if (why.kind !== "protocol") {
      if (this.#connection.held > 0) pipe.reject("incomplete");
    } else if (why.error instanceof ProtocolError && why.error.code === "ERR_ZMTP_TOO_BIG") pipe.reject("too-big");
    else pipe.reject("decode-error");
  }

  /** ZMQ_ROUTER_NOTIFY and ZMQ_STREAM_NOTIFY: an empty message, as if from the peer. */
  #announce(pipe: Pipe, bit: number): void {
    const { routerNotify, notify } = this.#settings;
    const bits = this.#host.role.wire === "raw" ? (notify ? 3 : 0) : routerNotify;
    if ((bits & bit) !== 0) notice(pipe, copyOf(NO_BYTES));
  }

  #read(bytes: Uint8Array | null): void {
    try {
      if (bytes === null) this.#connection.resume(this);
      else this.#connection.receive(bytes, this);
    } catch (error) {
      this.end(endingOf(error));
      return;
    }
    if (this.output.size > 0) {
      this.#outbox.schedule();
      // A peer that asks (PING) and does not read the answers is not read either.
      this.#choked = this.#outbox.blocked;
    }
    if (this.#ahead === 0 && this.#pipe !== null && this.#pipe.queuedOut > AHEAD) this.#letCatchUp(this.#pipe);
    if (this.#paused) this.#stream.pause();
  }

  get #paused(): boolean {
    return this.#full || this.#choked || this.#ahead > 0;
  }

  #goOn(): void {
    if (this.#paused || this.#life.state === "done") return;
    this.#read(null);
    if (!this.#paused) this.#stream.resume();
  }

  /**
   * Where no mark stops it, reading is faster than any user, and a poll would queue messages by the ten thousand for the
   * garbage collector to carry around. So as long as the user takes some in each turn, nothing more is read; a user who
   * takes none gets all there is, as a high-water mark of 0 says. (PUB to 10 SUBs with mark 0: from 1.1 M to 4.5 M msg/s.)
   */
  #letCatchUp(pipe: Pipe): void {
    const queued = (this.#ahead = pipe.queuedOut);
    this.#host.afterIo(() => {
      if (pipe.queuedOut > AHEAD && pipe.queuedOut < queued) return this.#letCatchUp(pipe);
      this.#ahead = 0;
      this.#goOn();
    });
  }

  /** A peer whose bytes wait in the kernel because the user has enough to read is not silent: we are deaf. */
  #silent(cause: string): void {
    if (!this.#full && this.#ahead === 0) this.end(ending("lost", `nothing was heard within the heartbeat ${cause}`));
  }

  #ping(): void {
    if (!this.#connection.encodePing(this.#settings.heartbeatTimeToLive, this.output)) return;
    this.#outbox.schedule();
  }

  #describe(facts: PeerFacts): Peer {
    const properties = new Map(facts.properties);
    if (this.#stream.peerAddress !== "") properties.set("Peer-Address", this.#stream.peerAddress);
    const { endpoint, dialed } = this.#owner;
    return { ...facts, id: this.id, endpoint, address: this.#stream.remote, dialed, properties };
  }

  #fields(): EventFields {
    const fields = { address: this.#owner.endpoint, peer: this.id, peerAddress: this.#stream.remote };
    const peer = this.#peer;
    return peer === null ? fields : { ...fields, socketType: peer.socketType, routingId: peer.routingId };
  }
}

/** Messages read and not yet taken beyond which a session looks whether the user keeps up. */
const AHEAD = 1000;

/** Bits of ZMQ_ROUTER_NOTIFY. */
const NOTIFY_CONNECT = 1;
const NOTIFY_DISCONNECT = 2;

const NO_BYTES = new Uint8Array(0);

/** STREAM has no handshake: nothing is known of the peer. */
const NOTHING_SAID: PeerFacts = {
  socketType: "",
  routingId: NO_BYTES,
  protocol: "",
  mechanism: "",
  properties: new Map(),
};
