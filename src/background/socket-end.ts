import type { Clock } from "../base/clock.ts";
import { messagesOf, type FrameRun } from "../base/frame-run.ts";
import type { Message } from "../base/message.ts";
import { DROP_REASONS, type DropReason } from "../observe/drops.ts";
import type { Pipe, PipeOwner } from "../pipe/pipe.ts";
import type { Passage, PassageEvents } from "../transports/threads.ts";
import { Away } from "./away.ts";
import { decodeBooks, isBooks, NO_BOOKS, type PipeBooks } from "./books.ts";
import type { SessionWord, SocketWord } from "./commands.ts";
import { decodeValue, encodeValue } from "./values.ts";

/** What it needs of whoever made it. */
export interface SocketEndHost {
  readonly clock: Clock;
  /** All that went through the pipe is accounted for, and nothing more will. */
  pipeOver(end: SocketEnd): void;
}

/**
 * The application's side of a pipe whose session is in an I/O thread: stands for the session to the socket.
 *
 * Messages go over as they are written, and count as queued until the I/O thread says that they left its queue. Messages
 * that come are queued here, and what the socket has read is credited in steps of the low mark. So both marks hold across
 * the threads as they do within one.
 */
export class SocketEnd implements PassageEvents {
  readonly near: Pipe;
  readonly #host: SocketEndHost;
  readonly #far: Pipe;
  readonly #away: Away;
  readonly #passage: Passage;
  #books: PipeBooks = NO_BOOKS;
  /** Messages of which the I/O thread was told that they were read. */
  #credited = 0;
  /** What is said when the last message went over: the socket let go of the pipe. */
  #farewell: SocketWord | null = null;
  /** Whether a peer is there that was told all subscriptions. */
  #met = false;

  /** `near` is new, and nothing was written to it; `open` opens the passage for these events. */
  constructor(host: SocketEndHost, near: Pipe, open: (events: PassageEvents) => Passage) {
    this.near = near;
    this.#host = host;
    this.#far = near.far;
    this.#passage = open(this);
    this.#away = new Away(this.#passage, near.far.source);
    near.far.source = this.#away;
    near.far.owner = this.#signals();
    near.far.watch();
  }

  // What the passage tells.

  message(message: Message): void {
    if (!this.#far.overfill(message)) this.#far.reject("unread");
  }

  run(run: FrameRun): void {
    if (this.#far.overfillRun(run)) return;
    for (const message of messagesOf(run)) this.message(message);
  }

  subscription(topic: Uint8Array, added: boolean): void {
    this.#far.subscription(topic, added);
  }

  command(frames: Message): void {
    if (isBooks(frames)) return this.#report(decodeBooks(frames));
    const word = decodeValue<SessionWord>(frames);
    if (word.do === "opened") this.#open(word);
    else if (word.do === "lost") this.#lose();
    else this.#finish(word.reason);
  }

  granted(): void {}

  drained(): void {
    this.#away.goOn();
    this.#bidFarewell();
  }

  leaving(): void {}

  ended(lost: boolean): void {
    if (lost) this.#giveUp();
    this.#far.finish("peer-lost");
    this.#passage.end();
    this.#host.pipeOver(this);
  }

  /** What the socket's end of the pipe asks for. */
  #signals(): PipeOwner {
    return {
      readable: () => {},
      writable: () => this.#credit(),
      opened: () => {},
      lost: () => {},
      ended: (_pipe, reason) => this.#letGo(reason === "refused"),
      // Whoever is still to come will be told all of them.
      subscription: (_pipe, topic, added) => {
        if (this.#met) this.#passage.subscription(topic, added);
      },
      limited: () => {
        this.#say({ do: "limits", out: this.near.outLimit, in: this.#far.outLimit });
        this.#credit();
      },
    };
  }

  #open({ meeting, peer }: Extract<SessionWord, { do: "opened" }>): void {
    this.#met = true;
    this.#say({ do: "met", meeting });
    if (this.#far.alive) this.#far.open(peer);
  }

  #lose(): void {
    this.#met = false;
    this.#far.lose();
  }

  /** The session is gone for good, or this end is to be. */
  #finish(reason: DropReason): void {
    this.#far.finish(reason);
    this.#letGo(false);
  }

  #letGo(refused: boolean): void {
    const how = refused ? "refused" : this.near.closed ? "closed" : "parted";
    this.#farewell = { do: "finish", how };
    this.#bidFarewell();
  }

  /** Tells how many the socket has read, and asks to be told when it read more. */
  #credit(): void {
    const taken = this.#far.writes - this.#far.queuedOut;
    if (taken > this.#credited) this.#passage.grant(taken - this.#credited);
    this.#credited = taken;
    this.#far.watch();
  }

  #report(books: PipeBooks): void {
    const { traffic, drops } = this.#far;
    const before = this.#books;
    this.#books = books;
    traffic.delivered = books.delivered;
    traffic.inFlight = books.inFlight;
    traffic.generated = books.generated;
    traffic.bytesOut = books.bytesOut;
    traffic.bytesIn = books.bytesIn;
    traffic.handshakes = books.handshakes;
    const { clock } = this.#host;
    if (books.lastTraffic > 0) traffic.lastTraffic = clock.now() - (clock.date() - books.lastTraffic);
    this.near.stopsIn = books.stopsIn;
    this.#far.rejected += books.lostIn - before.lostIn;
    for (const reason of Object.keys(DROP_REASONS) as DropReason[]) {
      drops[reason] += books.drops[reason] - before.drops[reason];
    }
    const left = this.#away.leftInAll(books.left);
    if (left > 0) this.#far.took(left);
    traffic.settled?.();
  }

  /** The I/O thread is gone: what it had is lost. */
  #giveUp(): void {
    const { left, inFlight, drops } = this.#books;
    const lost = this.#away.sent - left + inFlight;
    const dropped = { ...drops, "peer-lost": drops["peer-lost"] + lost };
    this.#report({ ...this.#books, left: this.#away.sent, inFlight: 0, drops: dropped });
  }

  #bidFarewell(): void {
    if (this.#farewell === null || this.#away.waiting > 0) return;
    this.#say(this.#farewell);
    this.#farewell = null;
  }

  #say(word: SocketWord): void {
    this.#passage.command(encodeValue(word));
  }
}
