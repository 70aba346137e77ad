import type { Clock } from "../base/clock.ts";
import { messagesOf, type FrameRun } from "../base/frame-run.ts";
import type { Message } from "../base/message.ts";
import type { Peer } from "../base/peer.ts";
import { DROP_REASONS, noDrops, type DropReason, type Drops } from "../observe/drops.ts";
import type { Pipe, PipeOwner } from "../pipe/pipe.ts";
import type { Passage, PassageEvents } from "../transports/threads.ts";
import { Away } from "./away.ts";
import { encodeBooks, type PipeBooks } from "./books.ts";
import type { SessionWord, SocketWord } from "./commands.ts";
import { decodeValue, encodeValue } from "./values.ts";

/** What it needs of the part that the pipe belongs to. */
export interface SessionEndHost {
  readonly clock: Clock;
  atEndOfTurn(run: () => void): void;
  /** All that went through the pipe is accounted for, and nothing more will. */
  pipeOver(end: SessionEnd): void;
}

/**
 * An I/O thread's side of a pipe whose socket is in the application's thread: stands for the socket to the session.
 *
 * It tells the books of this side once a turn, if anything changed.
 */
export class SessionEnd implements PassageEvents {
  readonly near: Pipe;
  readonly #host: SessionEndHost;
  readonly #away: Away;
  readonly #passage: Passage;
  /** Messages that came from the socket, and those of the peer that it has read. */
  #came = 0;
  #read = 0;
  /** Counts those who came to be the peer; `#met` is the last one that the socket knows of. */
  #meeting = 0;
  #met = 0;
  /** Why the socket's end is to end, once it has all that was received. */
  #farewell: DropReason | null = null;
  /** Whether the socket said that it writes no more. */
  #finished = false;
  #scheduled = false;
  #over = false;
  readonly #endOfTurn = (): void => {
    this.#scheduled = false;
    this.#tell();
    this.#endIfOver();
  };

  /** `near` is new; `open` opens the passage for these events. */
  constructor(host: SessionEndHost, near: Pipe, open: (events: PassageEvents) => Passage) {
    this.near = near;
    this.#host = host;
    this.#passage = open(this);
    this.#away = new Away(this.#passage, near.source);
    near.source = this.#away;
    near.owner = this.#signals();
    near.traffic.moved = (): void => this.report();
  }

  /** Tells the books at the end of this turn. */
  report(): void {
    if (this.#scheduled || this.#over) return;
    this.#scheduled = true;
    this.#host.atEndOfTurn(this.#endOfTurn);
  }

  // What the passage tells.

  message(message: Message): void {
    this.#came++;
    if (!this.near.overfill(message)) this.near.drops["peer-lost"]++;
    this.report();
  }

  run(run: FrameRun): void {
    if (!this.near.overfillRun(run)) {
      for (const message of messagesOf(run)) this.message(message);
      return;
    }
    this.#came += run.count;
    this.report();
  }

  subscription(topic: Uint8Array, added: boolean): void {
    // What it asked the one before for, it will ask this one for.
    if (this.#met === this.#meeting) this.near.subscription(topic, added);
  }

  command(frames: Message): void {
    const word = decodeValue<SocketWord>(frames);
    if (word.do === "met") this.#met = word.meeting;
    else if (word.do === "limits") this.near.setLimits(word.out, word.in);
    else this.#finish(word.how);
  }

  granted(count: number): void {
    this.#read += count;
    this.#away.leftInAll(this.#read);
    this.near.took(count);
  }

  drained(): void {
    this.#away.goOn();
    this.#bidFarewell();
  }

  leaving(): void {}

  ended(): void {}

  /** What the session's end of the pipe tells. */
  #signals(): PipeOwner {
    return {
      readable: () => {},
      writable: () => {},
      opened: ({ peer }) => {
        this.#tell();
        if (peer !== undefined) this.#say({ do: "opened", meeting: ++this.#meeting, peer: plain(peer) });
      },
      lost: () => this.#say({ do: "lost" }),
      ended: (_pipe, reason) => {
        this.#farewell = reason;
        this.#bidFarewell();
        this.report();
      },
      subscription: (_pipe, topic, added) => this.#passage.subscription(topic, added),
    };
  }

  #finish(how: Extract<SocketWord, { do: "finish" }>["how"]): void {
    this.#finished = true;
    if (how === "refused") this.near.close("refused", "refused");
    else if (how === "closed") this.near.finish("unread");
    else this.near.part("unread");
    this.#bidFarewell();
    this.report();
  }

  /** Once the socket has all that was received, it is told that no more comes. */
  #bidFarewell(): void {
    if (this.#away.waiting > 0) return;
    if (this.#farewell !== null) {
      this.#tell();
      this.#say({ do: "finished", reason: this.#farewell });
      this.#farewell = null;
    }
    if (this.#finished) this.near.finish("unread");
  }

  #tell(): void {
    this.#passage.command(encodeBooks(this.#books()));
  }

  #books(): PipeBooks {
    const { near } = this;
    const { far, traffic } = near;
    const { delivered, inFlight, generated, bytesOut, bytesIn, handshakes } = traffic;
    const { clock } = this.#host;
    return {
      left: this.#came - near.queuedOut,
      delivered,
      inFlight,
      generated,
      bytesOut,
      bytesIn,
      lastTraffic: traffic.lastTraffic === 0 ? 0 : clock.date() - (clock.now() - traffic.lastTraffic),
      handshakes,
      lostIn: far.rejected + far.writes - this.#away.sent - this.#away.waiting,
      stopsIn: near.stops.in,
      drops: sum(near.drops, far.drops),
    };
  }

  /** Both ends are closed, and nothing is on its way: whoever closed the last one says no more. */
  #endIfOver(): void {
    const { near } = this;
    const { inFlight } = near.traffic;
    if (this.#over || !this.#finished || !near.closed || !near.far.closed) return;
    if (near.queuedOut + inFlight + this.#away.waiting > 0) return;
    this.#over = true;
    this.#passage.end();
    this.#host.pipeOver(this);
  }

  #say(word: SessionWord): void {
    this.#passage.command(encodeValue(word));
  }
}

function sum(one: Readonly<Drops>, other: Readonly<Drops>): Drops {
  const drops = noDrops();
  for (const reason of Object.keys(DROP_REASONS) as DropReason[]) drops[reason] = one[reason] + other[reason];
  return drops;
}

/** What crosses is what it says, not how it finds it out. */
function plain(peer: Peer): Peer {
  const { id, endpoint, address, dialed, socketType, routingId, protocol, mechanism, properties } = peer;
  return { id, endpoint, address, dialed, socketType, routingId, protocol, mechanism, properties };
}
