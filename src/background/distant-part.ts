import { ZmqError } from "../base/errors.ts";
import { boundAlready } from "../engine/datagram-endpoint.ts";
import type { EngineHost, Settings } from "../engine/host.ts";
import type { DatagramPart, DialerPart, ListenerPart, Part } from "../engine/parts.ts";
import { pipeSettings } from "../engine/pipes.ts";
import { Pipe } from "../pipe/pipe.ts";
import type { Passage, PassageEvents } from "../transports/threads.ts";
import type { PartOrder, Question } from "./commands.ts";
import type { DistantThread } from "./distant-thread.ts";
import { SocketEnd, type SocketEndHost } from "./socket-end.ts";

/** Where a part is, and whose it is. */
export interface Place {
  readonly thread: DistantThread;
  readonly host: EngineHost;
  readonly settings: Settings;
}

/** What bind() or connect() made in an I/O thread, as the application has it. */
export abstract class DistantPart implements Part, SocketEndHost {
  readonly number: number;
  readonly thread: DistantThread;
  protected readonly settings: Settings;
  protected readonly host: EngineHost;
  /** Pipes whose books are open. */
  readonly #pipes: Set<SocketEnd> = new Set();
  #closed = false;
  #gone = false;

  constructor({ thread, host, settings }: Place) {
    this.number = thread.add(this);
    this.thread = thread;
    this.settings = settings;
    this.host = host;
  }

  get clock(): EngineHost["clock"] {
    return this.host.clock;
  }

  /** What is listened at is free when it returns. */
  close(): void {
    if (this.#closed || this.#gone) return;
    this.#closed = true;
    // The process stays for what is sent over there.
    this.host.lingering(1);
    this.thread.changed(this.host);
    for (const pipe of this.#pipes) this.letGo(pipe.near);
    this.tellToClose();
  }

  abort(): void {
    this.close();
    if (!this.#gone) this.thread.say({ do: "abort", part: this.number });
  }

  flushSync(limit: number): void {
    if (!this.#gone) this.thread.flushSync(this.number, limit);
  }

  // What the I/O thread tells.

  /** There is a pipe that the socket gets now: a peer came. */
  accept({ endpoint, unfiltered }: Extract<Question, { for: "pipe" }>, open: (to: PassageEvents) => Passage): void {
    const near = this.pipe(endpoint, open);
    near.unfiltered = unfiltered;
    this.attach(near);
  }

  /** It listens, at last. */
  listens(_endpoint: string): void {}

  /** It can't listen. */
  failed(_error: Error): void {}

  /** It has wholly ended. */
  gone(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.thread.remove(this.number);
    if (this.#closed) this.host.lingering(-1);
    this.ended();
  }

  /** Its thread is gone. */
  lost(): void {
    this.gone();
  }

  pipeOver(end: SocketEnd): void {
    this.#pipes.delete(end);
  }

  /** Nothing is left of it: the socket forgets it. */
  protected ended(): void {
    this.host.gone(this);
  }

  protected tellToClose(): void {
    this.thread.ask({ do: "close", part: this.number });
  }

  /** What becomes of a pipe when the part is closed. */
  protected letGo(near: Pipe): void {
    near.dismiss("unread");
  }

  /** The near end of a pipe whose session is over there. */
  protected pipe(endpoint: string, open: (to: PassageEvents) => Passage): Pipe {
    const near = Pipe.pair(pipeSettings(this.settings));
    near.endpoint = endpoint;
    this.#pipes.add(new SocketEnd(this, near, open));
    return near;
  }

  /** The pipe that the part begins with. It is attached after the part was ordered, which makes its other end. */
  protected firstPipe(endpoint: string, unfiltered: boolean): Pipe {
    const question: Question = { for: "pipe", part: this.number, endpoint, unfiltered };
    const near = this.pipe(endpoint, (events) => this.thread.call(question, events));
    near.unfiltered = unfiltered;
    return near;
  }

  protected attach(near: Pipe): void {
    this.host.attach(near);
    if (this.#closed) this.letGo(near);
  }

  protected order(endpoint: string): PartOrder {
    const socket = this.thread.numberOf(this.host);
    return { socket, part: this.number, endpoint, settings: this.thread.place(this.settings) };
  }

  /** What must succeed, or the part was never there. */
  protected attempt(work: () => string): string {
    try {
      return work();
    } catch (error) {
      this.thread.remove(this.number);
      throw error;
    }
  }
}

/** A connect() of a stream. */
export class DistantDialer extends DistantPart implements DialerPart {
  readonly #endpoint: string;

  constructor(place: Place, endpoint: string) {
    super(place);
    this.#endpoint = endpoint;
  }

  start(): void {
    const pipe = this.settings.immediate ? null : this.firstPipe(this.#endpoint, false);
    this.thread.say({ do: "dial", ...this.order(this.#endpoint) });
    if (pipe !== null) this.attach(pipe);
  }
}

/** How the I/O thread is told what to make. */
type Listening = { readonly do: "listen"; readonly datagrams: boolean } | { readonly do: "branch" };

const STREAMS = { do: "listen", datagrams: false } as const;
const DATAGRAMS = { do: "listen", datagrams: true } as const;

/** What listens: streams, or datagrams. */
abstract class DistantBind extends DistantPart {
  endpoint = "";
  #waiting: { resolve(): void; reject(error: Error): void } | null = null;

  override listens(endpoint: string): void {
    this.endpoint = endpoint;
    this.#waiting?.resolve();
  }

  override failed(error: Error): void {
    this.thread.remove(this.number);
    this.giveUp(error);
  }

  override lost(): void {
    this.giveUp(new ZmqError("EMTHREAD", { hint: "its I/O thread has ended" }));
    super.lost();
  }

  protected giveUp(error: Error): void {
    this.#waiting?.reject(error);
  }

  protected listenAt(endpoint: string, how: Listening): void {
    this.endpoint = this.attempt(() => this.thread.ask({ ...how, ...this.order(endpoint) }));
  }

  protected listenLaterAt(endpoint: string, how: Listening): Promise<void> {
    const { turns } = this.thread;
    const listening = new Promise<void>((resolve, reject) => (this.#waiting = { resolve, reject }));
    this.thread.say({ ...how, ...this.order(endpoint) });
    turns.hold();
    return listening.finally(() => turns.release());
  }

  /** What peers sent stays readable. */
  protected override letGo(near: Pipe): void {
    near.part("unread");
  }
}

/** A bind() of a stream. */
export class DistantListener extends DistantBind implements ListenerPart {
  listen(_transport: unknown, endpoint: string): void {
    this.listenAt(endpoint, STREAMS);
  }

  listenLater(_transport: unknown, endpoint: string): Promise<void> {
    return this.listenLaterAt(endpoint, STREAMS);
  }
}

/** A bind() or connect() of datagrams: one pipe, from the start. */
export class DistantDatagrams extends DistantBind implements DatagramPart {
  readonly #given: string;
  #pipe: Pipe | null = null;

  constructor(place: Place, endpoint: string) {
    super(place);
    this.#given = this.endpoint = endpoint;
  }

  listen(): void {
    const pipe = this.firstPipe(this.#given, true);
    this.listenAt(this.#given, DATAGRAMS);
    this.#attachOnly(pipe);
  }

  listenLater(): Promise<void> {
    this.#pipe = this.firstPipe(this.#given, true);
    return this.listenLaterAt(this.#given, DATAGRAMS);
  }

  /** Messages queue from now on, until a name is looked up and the port is open. */
  connect(): void {
    const pipe = this.firstPipe(this.#given, true);
    this.attempt(() => this.thread.ask({ do: "connect", ...this.order(this.#given) }));
    this.attach(pipe);
  }

  override listens(endpoint: string): void {
    this.endpoint = endpoint;
    try {
      if (this.#pipe !== null) this.#attachOnly(this.#pipe);
      super.listens(endpoint);
    } catch (error) {
      this.giveUp(error as Error); // what #attachOnly throws
    }
  }

  /** Of some types, a socket takes one endpoint and refuses the next. */
  #attachOnly(pipe: Pipe): void {
    this.attach(pipe);
    if (!pipe.closed) return;
    this.close();
    throw boundAlready(this.endpoint, this.host.role.name);
  }
}
