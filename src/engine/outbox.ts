import { Batch, GATHERED, recycle } from "../base/batch.ts";
import { view } from "../base/bytes.ts";
import type { FrameRun } from "../base/frame-run.ts";
import { reuse } from "../base/lending.ts";
import type { Message } from "../base/message.ts";
import { Packed, unpacked, type Block } from "../pipe/packed.ts";
import type { Sink } from "../pipe/lane.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { Traffic } from "../pipe/traffic.ts";
import type { ByteStream } from "../transports/transport.ts";
import type { Connection } from "../wire/connection.ts";
import { FLUSH_SIZE, Patience, type Turns, type Waiting } from "./patience.ts";
import { Rota } from "./rota.ts";

/**
 * While a sender is in the middle of a run, a smaller batch than this waits for more, for some turns of the loop (a few
 * ms). Many peers that each get little would else cost a write of some hundred bytes each per turn (10,000 prefixes over
 * 20 SUBs: 0.65 M msg/s without, 1.85 M with a patience of 8 turns, 2.3 M with 24).
 */
const WORTH_WRITING = 16 * 1024;

/** What many peers share waits for its turn until it is as much as this. */
const FLUSH_SHARED = 128 * 1024;

const nobody = (): void => {};

/**
 * What is written of one queue before the loop turns, where the kernel takes it as fast as it comes (a PUB of 64 KiB to 10
 * subscribers that read all the while: 77 ms without).
 */
const TURN = 2 * 1024 * 1024;

/**
 * While the user has more of a peer's messages to take, every so many of his to that peer go out at once, so that it works
 * on them meanwhile, instead of the two in turn (DEALER-ROUTER, 100 of 64 B in flight: 745 k to 1.27 M round trips/s).
 */
const ANSWERS = 32;

/**
 * Empties a pipe into a byte stream.
 *
 * Owns batching only: it neither frames (see wire/) nor decides who gets a message (see routing/). What is written in
 * one turn of the loop leaves in one gathered write; when the kernel is behind, messages stay in the pipe, where the
 * high-water mark counts them.
 */
export class Outbox implements Sink, Waiting {
  readonly batch: Batch = new Batch();
  readonly #stream: ByteStream;
  readonly #connection: Connection;
  readonly #turns: Turns;
  readonly #patience: Patience;
  readonly #endOfTurn = (): void => this.#flushIfWorth();
  #pipe: Pipe | null = null;
  #traffic: Traffic | null = null;
  /** Bytes of the handshake, which go out before there is a pipe to count them. */
  #early = 0;
  #messages = 0;
  #writing = 0;
  #scheduled = false;
  /** For `Patience`: since when a small batch waits. */
  since = 0;
  #blocked = false;
  #ended = false;
  /** Called whenever everything that was taken is with the kernel. */
  emptied: () => void = nobody;

  constructor(stream: ByteStream, connection: Connection, turns: Turns) {
    this.#stream = stream;
    this.#connection = connection;
    this.#turns = turns;
    this.#patience = Patience.of(turns);
  }

  /** From now on the pipe's messages go out. */
  join(pipe: Pipe): void {
    this.#pipe = pipe;
    this.#countIn(pipe.traffic);
    pipe.sink = this;
    this.drain();
  }

  /** Takes one message out of turn: hello and probe messages, which come before anything queued. */
  first(message: Message, traffic: Traffic): void {
    this.#countIn(traffic);
    traffic.generated++;
    this.#connection.encode(message, this.batch);
    this.#took(1);
  }

  accept(message: Message): boolean {
    if (this.#blocked || this.#ended) return false;
    this.#connection.encode(message, this.batch);
    this.#took(1);
    this.#flushIfFull();
    if (this.#messages % ANSWERS === 0 && this.#answering) this.flush();
    return true;
  }

  share(block: Block): boolean {
    if (this.#blocked || this.#ended) return false;
    if (this.#connection.plainFrames) this.batch.share(block);
    else for (const message of unpacked(block)) this.#connection.encode(message, this.batch);
    if ((block.sharers ?? 1) > Rota.perTurn && !this.#scheduled) {
      this.#scheduled = true;
      Rota.of(this.#turns).add(this);
    }
    this.#took(block.messages);
    const { size, referenced } = this.batch;
    if (size >= FLUSH_SHARED || size - referenced >= this.#patience.enough) this.flush();
    return true;
  }

  acceptRun({ memory, from, end, count }: FrameRun): boolean {
    if (this.#blocked || this.#ended || !this.#connection.plainFrames) return false;
    this.batch.append({ parts: [view(memory, from, end - from)], slabs: [] });
    this.#took(count);
    this.#flushIfFull();
    if (count >= ANSWERS && this.#answering) this.flush();
    return true;
  }

  /** Takes what is queued in the pipe, as far as the kernel does, and as much as is one peer's share of a turn. */
  drain(): void {
    const pipe = this.#pipe;
    let written = 0;
    while (pipe !== null && !this.#blocked && !this.#ended && pipe.queuedIn > 0) {
      if (written >= TURN) return this.#turns.afterIo(() => this.drain());
      const count = this.#fill(pipe);
      this.#took(count);
      pipe.took(count);
      if (this.batch.size < FLUSH_SIZE) continue;
      written += this.batch.size;
      this.flush();
    }
  }

  /** The kernel caught up. */
  drained(): void {
    this.#blocked = false;
    this.drain();
  }

  /** Sends at the end of this turn what the batch holds beside messages (commands). */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#turns.atEndOfTurn(this.#endOfTurn);
  }

  #flushIfFull(): void {
    const { size, referenced } = this.batch;
    const enough = this.#patience.enough;
    if (size >= enough && (size >= GATHERED || size - referenced >= enough)) this.flush();
  }

  /** Whether messages of the peer that we write to wait for the user. */
  get #answering(): boolean {
    return this.#pipe !== null && this.#pipe.queuedOut > 0;
  }

  #flushIfWorth(): void {
    if (this.#turns.busy && this.batch.size < WORTH_WRITING) this.#patience.hold(this);
    else this.flush();
  }

  flush(): void {
    this.#scheduled = false;
    this.since = 0;
    if (this.#ended || this.batch.size === 0) return;
    if (this.#traffic === null) this.#early += this.batch.size;
    else this.#traffic.bytesOut += this.batch.size;
    const output = this.batch.take();
    const messages = this.#messages;
    this.#messages = 0;
    this.#writing++;
    const on = this.#stream.write(output.parts, (delivered) => {
      this.#writing--;
      this.#wrote(messages, delivered);
      if (!delivered) return;
      recycle(output);
      reuse(output.parts);
    });
    if (!on) this.#blocked = true;
  }

  /** Whether the kernel is behind. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Whether all that was taken is with the kernel. */
  get empty(): boolean {
    return this.#writing === 0 && this.batch.size === 0;
  }

  /** Nothing goes out any more; what was not written is lost, and counted. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#pipe !== null) this.#pipe.sink = null;
    this.#wrote(this.#messages, false);
    this.#messages = 0;
    this.batch.take();
  }

  /** Writes everything before it returns: the process is about to exit. */
  flushSync(limit: number): void {
    if (this.#ended) return;
    const pipe = this.#pipe;
    pipe?.settle();
    const parts = [...this.batch.take().parts];
    while (pipe !== null && pipe.queuedIn > 0) {
      const count = this.#fill(pipe);
      this.#took(count);
      pipe.took(count);
      parts.push(...this.batch.take().parts);
    }
    if (this.#stream.closeOvertakes && this.#hasSent) {
      // The answer is that the peer has read all before it.
      this.#connection.encodePing(0, this.batch);
      parts.push(...this.batch.take().parts);
    }
    this.#stream.flushSync(parts, limit);
    this.#ended = true;
  }

  #countIn(traffic: Traffic): void {
    this.#traffic = traffic;
    traffic.bytesOut += this.#early;
    this.#early = 0;
  }

  get #hasSent(): boolean {
    return this.#traffic !== null && this.#traffic.delivered + this.#traffic.inFlight > 0;
  }

  /** Moves one batch full from the pipe's queue; how many messages. */
  #fill(pipe: Pipe): number {
    const queue = pipe.source;
    if (queue instanceof Packed && this.#connection.plainFrames) return queue.drain(this.batch, GATHERED);
    let count = 0;
    while (this.batch.size < FLUSH_SIZE) {
      const message = queue.shift();
      if (message === undefined) break;
      this.#connection.encode(message, this.batch);
      count++;
    }
    return count;
  }

  #took(count: number): void {
    this.#messages += count;
    if (this.#traffic !== null) this.#traffic.inFlight += count;
    if (!this.#scheduled) this.schedule();
  }

  #wrote(messages: number, delivered: boolean): void {
    const traffic = this.#traffic;
    if (traffic !== null) {
      traffic.inFlight -= messages;
      if (delivered) traffic.delivered += messages;
      else if (this.#pipe !== null) this.#pipe.drops["peer-lost"] += messages;
      traffic.moved?.();
      traffic.settled?.();
    }
    if (delivered && this.empty) this.emptied();
  }
}
