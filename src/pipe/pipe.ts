import type { FrameRun } from "../base/frame-run.ts";
import type { Message } from "../base/message.ts";
import type { Peer } from "../base/peer.ts";
import type { DropReason } from "../observe/drops.ts";
import { noDrops, type Drops } from "../observe/drops.ts";
import { Handover } from "./handover.ts";
import type { Lane, Sink } from "./lane.ts";
import { Newest } from "./newest.ts";
import { Packed, unpacked, type Block } from "./packed.ts";
import type { Pending } from "./pending.ts";
import { Runs } from "./runs.ts";
import { laneOf, type PipeSettings } from "./settings.ts";
import { noTraffic, type Traffic } from "./traffic.ts";

/**
 * What one end of a pipe tells its owner. These signals are all that crosses the seam between a socket (routing) and a
 * session (engine): neither may reach into the other.
 */
export interface PipeOwner {
  /** The queue was empty and has a message now. */
  readable(pipe: Pipe): void;
  /** A write was refused before and would be taken now. */
  writable(pipe: Pipe): void;
  /** A peer finished its handshake: `pipe.peer` is set. On a connecting side this comes again after each reconnect. */
  opened(pipe: Pipe): void;
  /** The peer vanished, and the pipe waits for it to come back. */
  lost(pipe: Pipe): void;
  /** The far end is gone: nothing can be written, what is queued may still be read; then close this end too. */
  ended(pipe: Pipe, reason: DropReason): void;
  /** A subscription arrived, or its end. It passes all queues: it is no message, and no mark may lose it. */
  subscription(pipe: Pipe, topic: Uint8Array, added: boolean): void;
  /** The other end's marks changed; for an owner that keeps them elsewhere too. */
  limited?(pipe: Pipe): void;
}

/**
 * One end of a pair of bounded queues. The near end belongs to a socket; the far end to a session, or, for inproc, to
 * another socket.
 *
 * Messages are whole: nothing is visible before its last frame. `write` takes the message over, array and frames: who
 * writes one message into several pipes gives each that `keepsArray` its own array.
 */
export class Pipe {
  /** Set by whoever owns this end, before anything is written. */
  owner: PipeOwner | null = null;
  /** Who is behind it; undefined before the first handshake. Stays the last one's while the peer is lost. */
  peer: Peer | undefined = undefined;
  /** Whether a peer is there now. */
  connected = false;
  /** False once either end finished: nothing more can be written, by either. */
  alive = true;
  /** Set once this end may no longer be used. */
  closed = false;
  #drops: Drops | null = null;
  /** Messages counted in `drops` that were never written: they were for this way, and had no place in it. */
  rejected = 0;
  /** Messages that this end was to read and dropped when it ended. */
  droppedIn = 0;
  /** Nobody behind it can say what it wants, and so it gets everything (RADIO over udp). Set before it is attached. */
  unfiltered = false;
  /** What was dialed for it, for reports; empty on a bound side, where the peer says it. */
  endpoint = "";
  readonly traffic: Traffic;
  readonly far: Pipe;
  /** Whether the far end is a session, and messages leave the thread. */
  wire: boolean;
  /** Whether `write` keeps the array itself, so that a message for several pipes must have one of its own for this. */
  readonly keepsArray: boolean;
  /** Where the strategies of this end's owner hold it (routing/pipe-array.ts); -1 is nowhere. */
  placeIn = -1;
  placeOut = -1;
  /** The last send that this end was marked for (routing/distributor.ts). */
  stamp = 0;
  /** Set while there are messages for the far end that wait to be put in here together. */
  pending: Pending | null = null;
  readonly #lane: Lane;
  readonly #in: Lane;

  private constructor(out: Lane, into: Lane, far: Pipe | PipeSettings["far"]) {
    const pair = typeof far === "string" ? null : far;
    this.wire = pair === null ? far === "session" : pair.wire;
    this.#lane = out;
    this.#in = into;
    this.keepsArray = !(out.queue instanceof Packed);
    this.traffic = pair?.traffic ?? noTraffic();
    this.far = pair ?? new Pipe(into, out, this);
  }

  /** The near end of a new pair. */
  static pair(settings: PipeSettings): Pipe {
    return new Pipe(laneOf(settings, "out"), laneOf(settings, "in"), settings.far);
  }

  /** Where this end writes, with all in it that it has taken. */
  get #out(): Lane {
    if (this.pending !== null) this.pending.settle();
    return this.#lane;
  }

  /** What was lost on its way out of or into this end. */
  get drops(): Drops {
    return (this.#drops ??= noDrops());
  }

  /** Whether the next `write` is taken; if not, `writable` comes when it is. */
  ready(): boolean {
    return this.alive && this.#out.ready();
  }

  /** Whether a write would be refused, without asking to be told when not. */
  get full(): boolean {
    return !this.alive || this.#out.full;
  }

  /** Takes a whole message, or returns false: then `writable` follows once there is room. */
  write(message: Message): boolean {
    return this.alive && this.#out.ready() && this.#put(message);
  }

  /** The same beyond the mark: for what can't wait any longer where it is. */
  overfill(message: Message): boolean {
    return this.alive && this.#put(message);
  }

  /**
   * Takes messages of one frame each, as `Runs.pushRun` does, and returns where it stopped: short of the mark, so that
   * it is always `write` that finds it reached.
   */
  writeRun(memory: Uint8Array, from: number, end: number, longest: number): number {
    const lane = this.#out;
    const queue = lane.queue;
    if (!this.alive || queue.pushRun === undefined) return from;
    const before = queue.length;
    const at = queue.pushRun(memory, from, end, { most: lane.room - 1, longest });
    lane.written += queue.length - before;
    if (before === 0 && queue.length > 0) this.far.owner?.readable(this.far);
    return at;
  }

  /** How many messages that others get too it has room for at least; -1 where it shares none. */
  get shareable(): number {
    return this.alive ? this.#lane.shareable : -1;
  }

  /** Takes messages that other pipes take too, as `write` takes them one by one; those beyond the mark are dropped. */
  share(block: Block): void {
    const { queue } = this.#lane;
    const before = queue.length;
    if (this.alive && this.#lane.share(block)) {
      if (before === 0 && queue.length > 0) this.far.owner?.readable(this.far);
      return;
    }
    let left = block.messages;
    for (const message of unpacked(block)) {
      if (!this.write(message)) break;
      left--;
    }
    if (left > 0) this.reject(this.alive ? "hwm" : "peer-lost", left);
  }

  /** Has all put in that somebody holds for either end. */
  settle(): void {
    (this.pending ?? this.far.pending)?.settle();
  }

  /** `overfill` of many messages at once; false: this way can't, and each has to be written by itself. */
  overfillRun(run: FrameRun): boolean {
    const lane = this.#out;
    const before = lane.queue.length;
    if (!this.alive || !lane.addRun(run)) return false;
    if (before === 0 && lane.queue.length > 0) this.far.owner?.readable(this.far);
    return true;
  }

  /** The mark of what this end writes; 0 is unlimited. */
  get outLimit(): number {
    return this.#out.limit;
  }

  /** Asks for `writable` as soon as the far end has read as many as the low mark, whether there is room now or not. */
  watch(): void {
    this.#out.watch();
  }

  /**
   * The far end of a pair that was made for two sockets is a session after all, and nothing was written there yet: what it
   * will write is its own, and the books are kept as for a session.
   */
  becomeWire(): void {
    this.wire = this.far.wire = true;
    if (this.#in.queue instanceof Handover) this.#in.queue = new Runs();
  }

  /** Counts a message that was for the other end and is not written at all. */
  reject(reason: DropReason, count = 1): void {
    this.rejected += count;
    this.drops[reason] += count;
  }

  /** The next message, or undefined when there is none. */
  read(): Message | undefined {
    const lane = this.#in;
    const message = lane.queue.shift();
    if (message === undefined) return undefined;
    if (lane.took(1) && this.alive) this.far.owner?.writable(this.far);
    return message;
  }

  /** The queue this end reads from, for a reader that takes more than one at a time; it says how many through `took`. */
  get source(): Lane["queue"] {
    return this.#in.queue;
  }

  /** Puts another queue in its place, before anything was written: one whose reader is in another thread (background/). */
  set source(queue: Lane["queue"]) {
    this.#in.queue = queue;
  }

  took(count: number): void {
    if (this.#in.took(count) && this.alive) this.far.owner?.writable(this.far);
  }

  /** While set, and nothing is queued, messages go straight to `sink` instead of through the queue. */
  set sink(sink: Sink | null) {
    this.#in.sink = sink;
  }

  subscription(topic: Uint8Array, added: boolean): void {
    if (this.alive) this.far.owner?.subscription(this.far, topic, added);
  }

  /** Messages waiting to be read by the far end, and by this one. */
  get queuedOut(): number {
    return this.#out.queue.length;
  }

  get queuedIn(): number {
    this.far.pending?.settle();
    return this.#in.queue.length;
  }

  /** Messages of this end whose memory is still needed. */
  get borrowed(): number {
    const { queue } = this.#out;
    return queue.borrowed ?? queue.length + this.traffic.inFlight;
  }

  /** Messages this end has written in all; the far end read them, or they are queued, or in the drops of either end. */
  get writes(): number {
    return this.#out.written + this.#out.passed;
  }

  /** Messages this end has read in all, those included that its sink took. */
  get reads(): number {
    this.far.pending?.settle();
    return this.#in.taken - this.#in.dropped + this.#in.passed;
  }

  /** Messages the far end wrote and took back: a newer one replaced them, or it dropped them when it ended. */
  get withdrawn(): number {
    return this.#in.dropped - this.droppedIn;
  }

  /** How often writes found the mark reached, out of and into this end. */
  get stops(): { out: number; in: number } {
    return { out: this.#out.stops, in: this.#in.stops };
  }

  /** How often the far end found this end's queue full, where that is counted elsewhere. */
  set stopsIn(count: number) {
    this.#in.stops = count;
  }

  /** Both marks as seen from this end; a change acts at once. Where only the newest is kept, there are none. */
  setLimits(outLimit: number, inLimit: number): void {
    if (this.#out.queue instanceof Newest) return;
    if (this.#out.setLimit(outLimit) && this.alive) this.owner?.writable(this);
    if (this.#in.setLimit(inLimit) && this.alive) this.far.owner?.writable(this.far);
    this.far.owner?.limited?.(this.far);
  }

  /** The far end found a peer: both ends know it from now on. */
  open(peer: Peer): void {
    this.peer = this.far.peer = peer;
    this.connected = this.far.connected = true;
    this.far.owner?.opened(this.far);
  }

  /** Both ends found each other, each with its own peer: two sockets of one process. */
  meet(peer: Peer, farPeer: Peer): void {
    this.peer = peer;
    this.far.peer = farPeer;
    this.connected = this.far.connected = true;
    this.traffic.handshakes++;
    this.owner?.opened(this);
    if (this.alive) this.far.owner?.opened(this.far);
  }

  /** The peer is gone for now; the queues stay. */
  lose(): void {
    if (!this.connected) return;
    this.connected = this.far.connected = false;
    this.far.owner?.lost(this.far);
  }

  /**
   * This end writes and reads no more. What it wrote stays for the far end to read, which then closes too; what it
   * did not read is dropped for `reason`.
   */
  finish(reason: DropReason): void {
    if (this.closed) return;
    this.settle();
    this.droppedIn += this.#discard(this.#in, reason);
    this.#end(reason);
  }

  /** As `finish`, and what this end wrote is dropped too, for `written`. */
  close(written: DropReason, unread: DropReason): void {
    this.settle();
    this.#discard(this.#out, written);
    this.droppedIn += this.#discard(this.#in, unread);
    this.#end(written);
  }

  /** The far end's owner ends this end in the name of its own: what `finish` does, and its owner hears of it. */
  dismiss(reason: DropReason): void {
    if (this.closed) return;
    this.finish(reason);
    this.owner?.ended(this, reason);
  }

  /** Neither end writes any more; each may still read what is queued for it, and then finishes. */
  part(reason: DropReason): void {
    this.settle();
    if (!this.#stop()) return;
    this.far.owner?.ended(this.far, reason);
    this.owner?.ended(this, reason);
  }

  #put(message: Message): true {
    const lane = this.#out;
    const queue = lane.queue;
    const before = queue.length;
    if (before === 0 && lane.sink !== null && lane.sink.accept(message)) {
      lane.passed++;
      return true;
    }
    lane.written++;
    queue.push(message);
    if (queue.length === before) this.#replaced();
    else if (before === 0) this.far.owner?.readable(this.far);
    return true;
  }

  #end(reason: DropReason): void {
    if (this.closed) return;
    this.closed = true;
    if (this.#stop()) this.far.owner?.ended(this.far, reason);
  }

  /** Whether it was alive until now: then the ends have to be told. */
  #stop(): boolean {
    const was = this.alive;
    this.alive = this.far.alive = false;
    this.connected = this.far.connected = false;
    return was;
  }

  /** A newer message took the place of one that nobody read. */
  #replaced(): void {
    this.#out.took(1);
    this.#out.dropped++;
    this.drops.hwm++;
  }

  #discard(lane: Lane, reason: DropReason): number {
    const before = lane.queue.length;
    if (before === 0) return 0;
    lane.queue.clear();
    // Those that are in another thread are not lost here.
    const count = before - lane.queue.length;
    this.drops[reason] += count;
    lane.took(count);
    lane.dropped += count;
    return count;
  }
}
