import { Deque } from "../../base/deque.ts";
import type { FrameRun } from "../../base/frame-run.ts";
import type { Message } from "../../base/message.ts";
import type { PassageEvents, Turns } from "../threads.ts";
import { ASLEEP, Bell, WAITING, nudge, ring } from "./bell.ts";
import {
  ID_SHIFT,
  IN_RUN,
  KIND,
  MORE,
  PIECE,
  RING_BYTES,
  RUN_ROOM,
  RingReader,
  RingWriter,
  type Kind,
  type RecordSink,
} from "./ring.ts";
import { Strand, type StrandLink } from "./strand.ts";

/** Words at the front: for each side, in a cache line of its own, its bell, and next to it whether it has left. */
const LINE = 16;
const HEADER_BYTES = 2 * LINE * 4;
const LEFT = 1;

/** What is published at once, where nobody asks for it earlier. */
const BATCH = 16 * 1024;

/** More than this is read at once where much comes: then it is looked once more before sleeping. (More often gains nothing.) */
const FLOW = 1024;

/** What a passage wants to have free before it takes a message. */
const ROOM = 2 * PIECE;

/** 0 is the side that made the link. Both may call: their numbers for connections are odd and even. */
export type Side = 0 | 1;

/** A word that whoever blocks waits at, for all its links; counted up whenever one of them has news for a sleeper. */
export interface Alarm {
  readonly words: Int32Array;
  readonly at: number;
}

/** What a link tells the thread it belongs to, and how it is used there. */
export interface LinkEvents {
  /** Of whoever is at the other side, if he may block. */
  readonly alarm?: Alarm;
  /** Whether all that is written can be read at once: this thread may block before its turn ends. */
  readonly eager?: boolean;
  /** The other side calls: whoever answers says so through the strand. */
  called(strand: Strand, question: Message): void;
  /** The other side has left, or is gone. */
  closed(link: Link): void;
}

/** Written and not read yet. */
interface Mark {
  readonly strand: Strand;
  end: number;
  count: number;
}

/**
 * Two threads, and what is between them: a ring each way, which all their connections share, so that ten thousand
 * connections take no more memory than one. A connection that is not read can't stop the others: its grants bound what it
 * has on its way, and what arrives leaves the ring at once.
 */
export class Link implements RecordSink, StrandLink {
  readonly #turns: Turns;
  readonly #events: LinkEvents;
  readonly #words: Int32Array;
  readonly #theirs: number;
  readonly #mine: number;
  readonly #out: RingWriter;
  readonly #in: RingReader;
  readonly #bell: Bell;
  readonly #strands: Map<number, Strand> = new Map();
  readonly #marks = new Deque<Mark>();
  /** The newest mark, while what it is for was not published. */
  #mark: Mark | null = null;
  /** Those that have something half written, and those that were told that there is no room. */
  readonly #stuck: Set<Strand> = new Set();
  readonly #refused: Set<Strand> = new Set();
  readonly #endOfTurn = (): void => this.flush();
  readonly #poll = (): void => this.poll();
  readonly #nudge = (): void => this.#wakeWith(nudge);
  #last: Strand | null = null;
  /** Whose message was written last. */
  #writer: Strand | null = null;
  #scheduled = false;
  /** Of whoever is at the other side, if he may block. */
  readonly #alarm: Alarm | null;
  /** Unpublished bytes beyond which the other side may begin to read, while this one goes on writing. */
  readonly #batch: number;
  #nextId: number;
  #closed = false;

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(HEADER_BYTES + 2 * RING_BYTES);
  }

  constructor(memory: SharedArrayBuffer, side: Side, turns: Turns, events: LinkEvents) {
    this.#turns = turns;
    this.#events = events;
    this.#alarm = events.alarm ?? null;
    this.#batch = events.eager === true ? 0 : BATCH;
    this.#nextId = 1 + side;
    this.#words = new Int32Array(memory, 0, 2 * LINE);
    this.#mine = side * LINE;
    this.#theirs = (1 - side) * LINE;
    const rings = [HEADER_BYTES, HEADER_BYTES + RING_BYTES] as const;
    this.#out = new RingWriter(memory, rings[side]);
    this.#in = new RingReader(memory, rings[side === 0 ? 1 : 0]);
    this.#bell = new Bell(this.#words, this.#mine, this.#poll);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** A new connection, which asks with `question`. */
  call(question: Message, events: PassageEvents): Strand {
    const strand = this.#add(this.#nextId);
    this.#nextId += 2;
    strand.events = events;
    strand.send(KIND.open, question);
    return strand;
  }

  /** Reads what came, looks what became of what was written, and waits for more. */
  poll(): void {
    if (this.#closed) return;
    const got = this.#exchange();
    if (got) this.#turns.atEndOfTurn(this.#nudge);
    if (this.#closed) return;
    if (got && this.#in.amount >= FLOW) return this.#turns.afterIo(this.#poll);
    this.#bell.sleep(this.#marks.length > 0 || this.#refused.size > 0 || this.#stuck.size > 0 ? WAITING : ASLEEP);
    if (this.#in.empty && !this.#progressed && !this.#hasLeft) return this.#bell.listen();
    this.#bell.rise();
    this.#turns.afterIo(this.#poll);
  }

  /** Publishes what was written. */
  flush(): void {
    this.#scheduled = false;
    if (this.#out.unpublished === 0) return;
    this.#mark = null;
    this.#out.publish();
    this.#wakeWith(ring);
  }

  /** This thread ends: what is queued is written, as far as the other side makes room until `late` says so. */
  leave(late: () => boolean): void {
    if (this.#closed) return;
    for (const strand of this.#strands.values()) strand.events?.leaving();
    this.flush();
    while (this.#unfinished && !this.#hasLeft && !late()) {
      Atomics.wait(this.#words, this.#theirs + LEFT, 0, 1);
      this.#exchange();
      for (const strand of this.#strands.values()) strand.events?.leaving();
      this.flush();
    }
    Atomics.store(this.#words, this.#mine + LEFT, 1);
    this.#wakeWith(ring);
    this.#closed = true;
  }

  /** The other thread is gone: what it had published still counts. */
  lose(): void {
    if (this.#closed) return;
    this.#in.read(this);
    this.#settle();
    this.#closed = true;
    for (const strand of this.#strands.values()) strand.lost();
    this.#strands.clear();
    this.#events.closed(this);
  }

  /**
   * For whoever blocks: reads all there is, and is asleep when it returns, so that the next news count up the alarm.
   * Nothing may have been read for the last time before the alarm was looked at.
   */
  pollNow(): void {
    if (this.#closed) return;
    do {
      while (this.#exchange()) {
        if (this.#closed) return;
        this.#nudge();
      }
      this.flush();
      this.#bell.sleep(WAITING);
    } while (!this.#in.empty || this.#progressed);
    this.#bell.listen();
  }

  /** For whoever blocks until the other side did something: writes what waits for room, as far as there is any. */
  push(): void {
    this.#resume();
    this.flush();
  }

  /** Whether something that was written waits for room. */
  get stuck(): boolean {
    return this.#stuck.size > 0 || this.#refused.size > 0;
  }

  // What strands ask.

  hasRoom(strand: Strand): boolean {
    if (this.#stuck.size === 0 && this.#out.hasRoom(ROOM)) return true;
    this.#refused.add(strand);
    this.#watchProgress();
    return false;
  }

  writeAll(strand: Strand, kind: Kind, frames: Message): boolean {
    if (kind === KIND.frame && frames.length === 1) {
      const body = frames[0] as Uint8Array; // of length one
      // Those of several strands in turn are better off as records.
      if (body.length <= IN_RUN && strand === this.#writer) return this.#writeInRun(strand, body);
      this.#writer = strand;
    }
    let size = 0;
    for (let at = 0; at < frames.length; at++) {
      const { length } = frames[at] as Uint8Array; // in bounds
      if (length > PIECE) return false;
      size += 16 + length;
    }
    if (!this.#out.hasRoom(size)) return false;
    const tag = (strand.id << ID_SHIFT) | kind;
    const last = frames.length - 1;
    for (let at = 0; at < last; at++) this.#out.put(tag | MORE, frames[at] as Uint8Array); // in bounds
    this.#out.put(tag, frames[last] as Uint8Array); // at least one
    this.wrote(kind === KIND.frame ? strand : null);
    return true;
  }

  writeRun(strand: Strand, run: FrameRun): boolean {
    if (!this.#out.hasRoom(run.end - run.from + RUN_ROOM)) return false;
    this.#out.putRun((strand.id << ID_SHIFT) | KIND.run, run);
    this.wrote(strand, run.count);
    return true;
  }

  write(tag: number, body: Uint8Array): boolean {
    if (!this.#out.hasRoom(body.length + 16)) return false;
    this.#out.put(tag, body);
    return true;
  }

  writeNumber(tag: number, value: number): boolean {
    if (!this.#out.hasRoom(16)) return false;
    this.#out.putNumber(tag, value);
    return true;
  }

  wrote(strand: Strand | null, messages = 1): void {
    if (strand?.events?.delivered !== undefined) this.#markWritten(strand, messages);
    if (this.#out.unpublished >= this.#batch) {
      this.#mark = null;
      this.#out.publish();
      this.#wakeWith(ring);
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      this.#turns.atEndOfTurn(this.#endOfTurn);
    }
  }

  stick(strand: Strand): void {
    this.#stuck.add(strand);
    this.#watchProgress();
    // The other side may have made room, and told nobody, before this one said that it waits for that.
    if (this.#out.hasRoom(ROOM)) this.#turns.afterIo(this.#poll);
  }

  remove(strand: Strand): void {
    this.#strands.delete(strand.id);
    this.#stuck.delete(strand);
    this.#refused.delete(strand);
    if (this.#last === strand) this.#last = null;
    if (this.#writer === strand) this.#writer = null;
  }

  // What the ring hands out.

  record(tag: number, body: Uint8Array): void {
    const id = tag >>> ID_SHIFT;
    const strand = this.#last?.id === id ? this.#last : this.#strandOf(id, tag & 15);
    if (strand === null) return;
    this.#last = strand;
    strand.record(tag, body);
  }

  number(tag: number, value: number): void {
    this.#strands.get(tag >>> ID_SHIFT)?.number(tag & 15, value);
  }

  run(tag: number, run: FrameRun): void {
    this.#strands.get(tag >>> ID_SHIFT)?.run(run);
  }

  piece(tag: number, body: Uint8Array): void {
    this.#strands.get(tag >>> ID_SHIFT)?.piece(body);
  }

  called(strand: Strand, question: Message): void {
    this.#events.called(strand, question);
  }

  #writeInRun(strand: Strand, body: Uint8Array): boolean {
    if (!this.#out.hasRoom(body.length + RUN_ROOM)) return false;
    this.#out.putInRun((strand.id << ID_SHIFT) | KIND.run, body);
    this.wrote(strand);
    return true;
  }

  #markWritten(strand: Strand, count: number): void {
    const mark = this.#mark;
    if (mark !== null && mark.strand === strand) {
      mark.count += count;
      mark.end = this.#out.position;
      return;
    }
    this.#marks.push((this.#mark = { strand, end: this.#out.position, count }));
    this.#watchProgress();
  }

  #wakeWith(wake: typeof ring): void {
    if (!wake(this.#words, this.#theirs) || this.#alarm === null) return;
    Atomics.add(this.#alarm.words, this.#alarm.at, 1);
    Atomics.notify(this.#alarm.words, this.#alarm.at);
  }

  #strandOf(id: number, kind: number): Strand | null {
    const known = this.#strands.get(id);
    if (known !== undefined) return known;
    return kind === KIND.open || kind === KIND.size ? this.#add(id) : null;
  }

  #add(id: number): Strand {
    const strand = new Strand(id, this);
    this.#strands.set(id, strand);
    return strand;
  }

  /** Whether something is still to be written, or nobody has answered yet who may have to be written to. */
  get #unfinished(): boolean {
    if (this.#stuck.size > 0 || this.#refused.size > 0) return true;
    for (const strand of this.#strands.values()) if (strand.calling) return true;
    return false;
  }

  get #hasLeft(): boolean {
    return Atomics.load(this.#words, this.#theirs + LEFT) !== 0;
  }

  /** Whether the other side read on since it was last looked. */
  get #progressed(): boolean {
    const mark = this.#marks.peek();
    if (mark !== undefined && mark !== this.#mark && this.#out.isRead(mark.end)) return true;
    return (this.#refused.size > 0 || this.#stuck.size > 0) && this.#out.hasRoom(ROOM);
  }

  #exchange(): boolean {
    const left = this.#hasLeft;
    const got = this.#in.read(this);
    this.#settle();
    this.#resume();
    if (left) this.lose();
    return got;
  }

  /** What the other side has read by now is delivered. */
  #settle(): void {
    for (let mark = this.#marks.peek(); mark !== undefined; mark = this.#marks.peek()) {
      if (!this.#out.isRead(mark.end)) return;
      this.#marks.shift();
      if (mark === this.#mark) this.#mark = null;
      mark.strand.events?.delivered?.(mark.count);
    }
  }

  /** Goes on with what had no room. */
  #resume(): void {
    for (const strand of this.#stuck) if (strand.resume()) this.#stuck.delete(strand);
    if (this.#refused.size === 0 || this.#stuck.size > 0 || !this.#out.hasRoom(ROOM)) return;
    const refused = [...this.#refused];
    this.#refused.clear();
    for (const strand of refused) strand.events?.drained();
  }

  /**
   * A thread that sleeps only for what is new has to hear of progress from now on; and of what was made before it said so.
   */
  #watchProgress(): void {
    if (Atomics.compareExchange(this.#words, this.#mine, ASLEEP, WAITING) !== ASLEEP) return;
    if (this.#progressed) this.#turns.afterIo(this.#poll);
  }
}
