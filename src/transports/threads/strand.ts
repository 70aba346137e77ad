import { EMPTY, allocateSmall, copyOf, readU64, writeU64 } from "../../base/bytes.ts";
import { Deque } from "../../base/deque.ts";
import { messagesOf, type FrameRun } from "../../base/frame-run.ts";
import { borrow, lend, reuse } from "../../base/lending.ts";
import { COPIED, type Message } from "../../base/message.ts";
import type { Passage, PassageEvents } from "../threads.ts";
import { ID_SHIFT, KIND, MORE, PIECE, type Kind } from "./ring.ts";

/** What a strand asks of its link. */
export interface StrandLink {
  /** Whether there is room for a message; if not, the strand's events hear of it later. */
  hasRoom(strand: Strand): boolean;
  /** Writes a whole message, or other frames, if they have room and no frame is large. */
  writeAll(strand: Strand, kind: Kind, frames: Message): boolean;
  /** Writes messages together if they have room. */
  writeRun(strand: Strand, run: FrameRun): boolean;
  /** Writes one record if it has room. */
  write(tag: number, body: Uint8Array): boolean;
  writeNumber(tag: number, value: number): boolean;
  /** Records are complete; those of a message are counted until the other side has read them. */
  wrote(message: Strand | null): void;
  /** Something of the strand could not be written yet. */
  stick(strand: Strand): void;
  /** Both sides have ended it. */
  remove(strand: Strand): void;
  /** The other side calls through it. */
  called(strand: Strand, question: Message): void;
}

/** Something to write, and how far that is done; numbers have no frames. */
interface Job {
  readonly kind: Kind;
  readonly frames: Message;
  readonly number: number;
  frame: number;
  /** Of the frame at hand; -1 before its size was written. */
  offset: number;
}

/**
 * One connection of a link. Turns frames into records and records into frames; what has no room in the ring waits here,
 * in order, which `writable` sees to be one message at most.
 */
export class Strand implements Passage {
  readonly id: number;
  /** Null until the call was answered, and once it is over. */
  events: PassageEvents | null = null;
  /** Whether it was asked and not answered. */
  calling = false;
  /** Who hears the answer to a call. */
  answered: ((kind: Kind, facts: Message) => void) | null = null;
  readonly #link: StrandLink;
  readonly #jobs = new Deque<Job>();
  #frames: Message = [];
  /** A large body, and how much of it is there. */
  #body: Uint8Array | null = null;
  #filled = 0;
  #ended = false;
  #over = false;

  constructor(id: number, link: StrandLink) {
    this.id = id;
    this.#link = link;
  }

  get writable(): boolean {
    return this.#jobs.length === 0 && this.#link.hasRoom(this);
  }

  get idle(): boolean {
    return this.#jobs.length === 0;
  }

  write(message: Message): void {
    this.send(KIND.frame, message);
  }

  writeRun(run: FrameRun): boolean {
    return this.#jobs.length === 0 && this.#link.writeRun(this, run);
  }

  subscription(topic: Uint8Array, added: boolean): void {
    this.send(added ? KIND.subscribe : KIND.cancel, [topic]);
  }

  command(frames: Message): void {
    this.send(KIND.command, frames);
  }

  grant(count: number): void {
    this.#sendNumber(KIND.grant, count);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sendNumber(KIND.end, 0);
    if (this.#over) this.#link.remove(this);
  }

  /** Writes frames, now or as soon as there is room. */
  send(kind: Kind, frames: Message): void {
    if (this.#jobs.length === 0 && this.#link.writeAll(this, kind, frames)) return;
    const kept = frames.map((frame) => (frame.length <= COPIED ? copyOf(frame) : frame));
    this.#jobs.push({ kind, frames: kept, number: 0, frame: 0, offset: -1 });
    if (!this.#advance()) this.#link.stick(this);
  }

  /** Goes on with what had no room; whether all is written. */
  resume(): boolean {
    if (!this.#advance()) return false;
    this.events?.drained();
    return this.#jobs.length === 0;
  }

  /** The other thread is gone. */
  lost(): void {
    this.#over = this.#ended = true;
    this.#jobs.clear();
    this.events?.ended(true);
  }

  // What arrives.

  record(tag: number, body: Uint8Array): void {
    const kind = (tag & 15) as Kind; // written by `send`
    if (kind === KIND.size) {
      this.#body = borrow(readU64(body, 0));
      this.#filled = 0;
      return;
    }
    const frame = this.#body === null ? body : lend(this.#body);
    this.#body = null;
    if (kind === KIND.subscribe || kind === KIND.cancel) {
      this.events?.subscription(frame, kind === KIND.subscribe);
      return;
    }
    this.#frames.push(frame);
    if ((tag & MORE) !== 0) return;
    const frames = this.#frames;
    this.#frames = [];
    if (kind === KIND.frame) this.events?.message(frames);
    else if (kind === KIND.command) this.events?.command?.(frames);
    else if (kind === KIND.open) this.#link.called(this, frames);
    else this.answered?.(kind, frames);
  }

  run(run: FrameRun): void {
    const { events } = this;
    if (events?.run !== undefined) events.run(run);
    else for (const message of messagesOf(run)) this.events?.message(message);
  }

  number(kind: number, value: number): void {
    if (kind === KIND.grant) {
      this.events?.granted(value);
      return;
    }
    this.#over = true;
    if (this.#ended) this.#link.remove(this);
    this.events?.ended(false);
  }

  piece(bytes: Uint8Array): void {
    this.#body?.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  #sendNumber(kind: Kind, number: number): void {
    if (this.#jobs.length === 0 && this.#link.writeNumber((this.id << ID_SHIFT) | kind, number)) {
      this.#link.wrote(null);
      return;
    }
    this.#jobs.push({ kind, frames: [], number, frame: 0, offset: -1 });
    this.#link.stick(this);
  }

  #advance(): boolean {
    for (let job = this.#jobs.peek(); job !== undefined; job = this.#jobs.peek()) {
      const done = this.#work(job);
      if (done) this.#done(job);
      this.#link.wrote(done && job.kind === KIND.frame ? this : null);
      if (!done) return false;
    }
    return true;
  }

  #done(job: Job): void {
    this.#jobs.shift();
    reuse(job.frames);
  }

  /** Writes of a job what has room; whether it is done. */
  #work(job: Job): boolean {
    const tag = (this.id << ID_SHIFT) | job.kind;
    if (job.frames.length === 0) return this.#link.writeNumber(tag, job.number);
    for (; job.frame < job.frames.length; job.frame++, job.offset = -1) {
      const frame = job.frames[job.frame] as Uint8Array; // the loop's bound
      const more = job.frame === job.frames.length - 1 ? 0 : MORE;
      const large = frame.length > PIECE;
      if (large && !this.#workPieces(job, frame)) return false;
      if (!this.#link.write(tag | more, large ? EMPTY : frame)) return false;
    }
    return true;
  }

  #workPieces(job: Job, frame: Uint8Array): boolean {
    const id = this.id << ID_SHIFT;
    if (job.offset < 0) {
      const size = allocateSmall(8);
      writeU64(size, 0, frame.length);
      if (!this.#link.write(id | KIND.size, size)) return false;
      job.offset = 0;
    }
    while (job.offset < frame.length) {
      const end = Math.min(frame.length, job.offset + PIECE);
      if (!this.#link.write(id | KIND.piece, frame.subarray(job.offset, end))) return false;
      job.offset = end;
    }
    return true;
  }
}
