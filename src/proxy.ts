import { text, writeU32 } from "./base/bytes.ts";
import { ZmqError } from "./base/errors.ts";
import { sizeOf, type Message } from "./base/message.ts";
import { coreOf } from "./sockets/core-of.ts";
import type { SocketCore } from "./sockets/core.ts";
import type { Receiving, Sending } from "./sockets/methods.ts";
import { Socket } from "./sockets/socket.ts";

/** Messages moved each way before anything else gets its turn (libzmq's proxy_burst_size). */
const BURST = 1000;

/** What went through one side of a proxy. */
export interface ProxyCount {
  messages: number;
  /** Frames: what libzmq counts as messages. */
  frames: number;
  bytes: number;
}

/** What a proxy moved: received from and sent to each side. */
export interface ProxyStatistics {
  readonly frontEnd: { readonly received: ProxyCount; readonly sent: ProxyCount };
  readonly backEnd: { readonly received: ProxyCount; readonly sent: ProxyCount };
}

type State = "new" | "running" | "paused" | "ended";

/** One way through the proxy; null where the types don't send or receive. */
interface Way {
  readonly from: SocketCore;
  readonly to: SocketCore;
  readonly received: ProxyCount;
  readonly sent: ProxyCount;
}

/**
 * Moves messages between two sockets, both ways where their types allow, in the event loop (zmq_proxy and
 * zmq_proxy_steerable). A message is taken only when the other side can take it, so nothing is lost in between.
 *
 * `capture` gets a copy of each message, and stalls the proxy while it can't take one. `control` receives PAUSE, RESUME,
 * TERMINATE and STATISTICS; to STATISTICS it answers with eight 64-bit numbers, as libzmq does.
 */
export class Proxy<Front extends Socket = Socket, Back extends Socket = Socket> {
  readonly frontEnd: Front;
  readonly backEnd: Back;
  readonly #capture: SocketCore | null;
  readonly #control: SocketCore | null;
  readonly #ways: Way[] = [];
  readonly #counts: ProxyStatistics = { frontEnd: sides(), backEnd: sides() };
  readonly #wake = (): void => this.#schedule();
  #state: State = "new";
  #scheduled = false;
  #finish: ((error?: Error) => void) | null = null;

  constructor(
    frontEnd: Front,
    backEnd: Back,
    capture?: (Socket & Sending) | null,
    control?: (Socket & Receiving) | null,
  ) {
    this.frontEnd = checked(frontEnd, "Front-end");
    this.backEnd = checked(backEnd, "Back-end");
    this.#capture = capture === undefined || capture === null ? null : coreOf(checked(capture, "Capture"));
    this.#control = control === undefined || control === null ? null : coreOf(checked(control, "Control"));
    const front = coreOf(frontEnd);
    const back = coreOf(backEnd);
    this.#addWay(front, back, this.#counts.frontEnd.received, this.#counts.backEnd.sent);
    if (front !== back) this.#addWay(back, front, this.#counts.backEnd.received, this.#counts.frontEnd.sent);
  }

  /**
   * Runs until `terminate()`, which closes both sockets, or until one of them is closed. While it runs, the process is
   * held, and the sockets are the proxy's: what others receive from them, it does not see.
   *
   * @throws ZmqError EINVAL when a side is neither bound nor connected, EBUSY when it runs already, ETERM when the context
   * of one of its sockets was shut down: they are then left open (rejects)
   */
  async run(): Promise<void> {
    if (this.#state === "running" || this.#state === "paused") throw new ZmqError("EBUSY", { hint: "the proxy runs" });
    for (const [socket, name] of [
      [this.frontEnd, "Front-end"],
      [this.backEnd, "Back-end"],
    ] as const) {
      if (!socket.closed && coreOf(socket).endpoints.any) continue;
      throw new ZmqError("EINVAL", { hint: `${name} socket must be bound or connected` });
    }
    const { platform } = coreOf(this.frontEnd);
    this.#state = "running";
    for (const core of this.#cores()) core.movers.add(this.#wake);
    platform.hold();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#finish = (error): void => (error === undefined ? resolve() : reject(error));
        this.#schedule();
      });
    } finally {
      this.#state = "ended";
      for (const core of this.#cores()) core.movers.delete(this.#wake);
      platform.release();
    }
  }

  /** Stops moving messages; they queue where they are. */
  pause(): void {
    this.#demand();
    this.#state = "paused";
  }

  resume(): void {
    this.#demand();
    this.#state = "running";
    this.#schedule();
  }

  /** Ends the proxy and closes both its sockets. */
  terminate(): void {
    this.#demand();
    this.#end();
  }

  /** What went through, so far. */
  statistics(): ProxyStatistics {
    return structuredClone(this.#counts);
  }

  #addWay(from: SocketCore, to: SocketCore, received: ProxyCount, sent: ProxyCount): void {
    if (from.type.receives && to.type.sends) this.#ways.push({ from, to, received, sent });
  }

  *#cores(): IterableIterator<SocketCore> {
    yield coreOf(this.frontEnd);
    yield coreOf(this.backEnd);
    if (this.#capture !== null) yield this.#capture;
    if (this.#control !== null) yield this.#control;
  }

  #demand(): void {
    if (this.#state !== "running" && this.#state !== "paused") {
      throw new ZmqError("EBADF", { hint: "the proxy does not run" });
    }
  }

  #end(): void {
    this.frontEnd.close();
    this.backEnd.close();
    this.#finish?.();
    this.#finish = null;
  }

  #fail(error: Error): void {
    this.#finish?.(error);
    this.#finish = null;
  }

  #schedule(): void {
    if (this.#scheduled || this.#finish === null) return;
    this.#scheduled = true;
    // Not at the end of this turn: what is moved wakes senders at once, and the loop might never turn again.
    coreOf(this.frontEnd).platform.afterIo(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    if (this.#finish === null) return;
    if (this.frontEnd.closed || this.backEnd.closed) return this.#end();
    for (const core of this.#cores()) if (core.terminated && !core.closed) return this.#fail(core.fault());
    this.#obey();
    if (this.#state !== "running" || this.#finish === null) return;
    let more = false;
    for (const way of this.#ways) if (this.#move(way)) more = true;
    if (more) this.#schedule();
  }

  /** One burst one way; whether there may be more. */
  #move({ from, to, received, sent }: Way): boolean {
    const capture = this.#capture;
    for (let count = 0; count < BURST; count++) {
      if (!to.pattern.canSend || to.outgoing.waiting > 0) return false;
      if (capture !== null && !capture.pattern.canSend) return false;
      const message = from.incoming.take();
      if (message === undefined) return false;
      add(received, message);
      if (capture !== null) capture.outgoing.forward(message.slice());
      add(sent, message);
      to.outgoing.forward(message);
    }
    return true;
  }

  #obey(): void {
    const control = this.#control;
    if (control === null) return;
    for (let message = control.incoming.tryReceive(); message !== undefined; message = control.incoming.tryReceive()) {
      const command = text(message[0] ?? new Uint8Array(0));
      const reply = command === "STATISTICS" ? this.#numbers() : [new Uint8Array(0)];
      if (command === "STATISTICS" || control.type.name === "REP") control.outgoing.trySend(reply);
      if (command === "PAUSE") this.#state = "paused";
      else if (command === "RESUME") this.#state = "running";
      else if (command === "TERMINATE") return this.#end();
    }
  }

  /** libzmq's order: frontend messages and bytes received, then sent; backend likewise. Native byte order. */
  #numbers(): Message {
    const { frontEnd, backEnd } = this.#counts;
    const counts = [frontEnd.received, frontEnd.sent, backEnd.received, backEnd.sent];
    return counts.flatMap(({ frames, bytes }) => [u64(frames), u64(bytes)]);
  }
}

/** The devices of ZeroMQ 2, by name: which types they join. */
export const DEVICES = {
  QUEUE: { front: ["ROUTER"], back: ["DEALER"], doc: "Shares requests of many clients among many services." },
  FORWARDER: { front: ["XSUB", "SUB"], back: ["XPUB", "PUB"], doc: "Joins many publishers to many subscribers." },
  STREAMER: { front: ["PULL"], back: ["PUSH"], doc: "Joins stages of a pipeline." },
} as const;

/** QUEUE, FORWARDER or STREAMER. */
export type DeviceName = keyof typeof DEVICES;

/** A proxy of one of the classic kinds; throws EINVAL when the sockets are not of its types. */
export function device(name: DeviceName, frontEnd: Socket, backEnd: Socket, capture?: Socket & Sending): Proxy {
  const kind = DEVICES[name] as (typeof DEVICES)[DeviceName] | undefined;
  if (kind === undefined) throw new ZmqError("EINVAL", { hint: `devices are ${Object.keys(DEVICES).join(", ")}` });
  const proxy = new Proxy(frontEnd, backEnd, capture);
  for (const [socket, types] of [
    [frontEnd, kind.front],
    [backEnd, kind.back],
  ] as const) {
    const type = coreOf(socket).type.name;
    if ((types as readonly string[]).includes(type)) continue;
    throw new ZmqError("EINVAL", {
      hint: `a ${name} joins ${kind.front.join(" or ")} and ${kind.back.join(" or ")}, not ${type}`,
    });
  }
  return proxy;
}

function checked<S>(socket: S, name: string): S {
  if (socket instanceof Socket) return socket;
  throw new TypeError(`${name} must be a socket object`);
}

function sides(): { received: ProxyCount; sent: ProxyCount } {
  return { received: none(), sent: none() };
}

function none(): ProxyCount {
  return { messages: 0, frames: 0, bytes: 0 };
}

function add(count: ProxyCount, message: Message): void {
  count.messages++;
  count.frames += message.length;
  count.bytes += sizeOf(message);
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  writeU32(bytes, 0, Math.floor(value / 0x1_0000_0000));
  writeU32(bytes, 4, value >>> 0);
  return bytes.reverse();
}
