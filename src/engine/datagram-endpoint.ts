import { Backoff } from "../base/backoff.ts";
import { EMPTY } from "../base/bytes.ts";
import type { Timer } from "../base/clock.ts";
import { fromSystem, ZmqError } from "../base/errors.ts";
import type { Peer } from "../base/peer.ts";
import { Pipe, type PipeOwner } from "../pipe/pipe.ts";
import type { DatagramPort, DatagramTransport } from "../transports/datagrams.ts";
import type { Dialing } from "../transports/transport.ts";
import { DatagramSession } from "./datagram-session.ts";
import type { DatagramUse, EngineHost, Settings } from "./host.ts";
import { DATAGRAM_MOVES, Lifecycle } from "./lifecycle.ts";
import { pipeSettings } from "./pipes.ts";

/** Where to bind or connect, and how the socket type uses it. */
export interface DatagramTarget {
  readonly transport: DatagramTransport;
  readonly endpoint: string;
  readonly use: DatagramUse;
}

/**
 * One bind() or connect() over datagrams: a port, and a pipe that all who send to it share.
 *
 * There are no connections, and so nobody to accept, to lose or to greet: the port itself counts as the peer, connected as
 * long as it is open. What goes through it is the session's business.
 */
export class DatagramEndpoint {
  readonly #host: EngineHost;
  readonly #settings: Settings;
  readonly #target: DatagramTarget;
  readonly #address: string;
  readonly #backoff: Backoff;
  readonly #life: Lifecycle<typeof DATAGRAM_MOVES> = new Lifecycle(DATAGRAM_MOVES, "idle");
  #resolved: string;
  /** The far end; null before there is one. */
  #pipe: Pipe | null = null;
  #session: DatagramSession | null = null;
  #dialing: Dialing | null = null;
  #retry: Timer | null = null;
  #linger: Timer | null = null;
  #lingers = false;
  readonly #signals: PipeOwner = {
    readable: () => this.#session?.drain(),
    writable: () => {},
    opened: () => {},
    lost: () => {},
    ended: () => this.#letGo(),
    // DISH joins its groups everywhere; over datagrams nobody hears it, and it filters what comes.
    subscription: () => {},
  };

  constructor(host: EngineHost, settings: Settings, target: DatagramTarget) {
    this.#host = host;
    this.#settings = settings;
    this.#target = target;
    this.#resolved = target.endpoint;
    this.#address = target.endpoint.slice(target.transport.scheme.length + 3);
    this.#backoff = new Backoff(settings.reconnectInterval, settings.reconnectMaxInterval, () => host.random());
  }

  /** As bound, with the port that a wildcard came to, or as given to connect(). */
  get endpoint(): string {
    return this.#resolved;
  }

  /** Binds now; throws a ZmqError. */
  listen(): void {
    try {
      this.#bound(this.#target.transport.listen(this.#address, this.#settings));
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async listenLater(): Promise<void> {
    try {
      this.#bound(await this.#target.transport.listenLater(this.#address, this.#settings));
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Messages queue from now on, until a name is looked up and the port is open. Throws EINVAL, ENODEV. */
  connect(): void {
    this.#target.transport.checkConnect(this.#address, this.#settings);
    this.#makePipe();
    this.#dial();
  }

  /** What the kernel does not take at once goes out for as long as the socket lingers; what was received stays readable. */
  close(): void {
    if (this.#pipe === null) this.#end();
    else this.#pipe.far.part("unread");
  }

  /** Stops at once. */
  abort(): void {
    this.close();
    this.#end();
  }

  flushSync(): void {
    this.#session?.drain();
  }

  #dial(): void {
    this.#life.move("dial");
    this.#dialing = this.#target.transport.dial(this.#address, this.#settings, {
      opened: (port) => this.#dialed(port),
      failed: (error) => this.#retryLater(error),
    });
  }

  #dialed(port: DatagramPort): void {
    this.#dialing = null;
    this.#host.connections.connects++;
    this.#host.emit("connect", { address: this.endpoint, peerAddress: port.endpoint });
    this.#serve(this.#pipe as Pipe, port); // connect() made it
  }

  /** A name may be known later, and a network be there: as for streams. */
  #retryLater(error: Error): void {
    this.#dialing = null;
    this.#life.move("failed");
    const address = this.endpoint;
    const reason = fromSystem(error, address);
    this.#host.emit("close", { address, error: reason, reason: reason.message });
    const interval = this.#backoff.next();
    if (interval === null) return this.#end();
    this.#host.emit("connect:retry", { address, interval });
    this.#retry = this.#host.clock.after(interval, () => this.#dial());
  }

  #bound(port: DatagramPort): void {
    this.#resolved = port.endpoint;
    const pipe = this.#makePipe();
    if (this.#life.state === "done") {
      port.close();
      throw boundAlready(this.endpoint, this.#host.role.name);
    }
    this.#host.emit("bind", { address: this.endpoint });
    this.#serve(pipe, port);
  }

  /** As for streams, the event's address lacks the scheme. */
  #failed(error: unknown): Error {
    const reason = error instanceof Error ? error : new Error(String(error));
    this.#host.emit("bind:error", { address: this.#address, error: reason });
    return reason;
  }

  #makePipe(): Pipe {
    const near = Pipe.pair(pipeSettings(this.#settings));
    near.endpoint = this.endpoint;
    near.unfiltered = true;
    const pipe = (this.#pipe = near.far);
    pipe.owner = this.#signals;
    this.#host.attach(near);
    return pipe;
  }

  #serve(pipe: Pipe, port: DatagramPort): void {
    this.#life.move("opened");
    const { clock } = this.#host;
    const { codec } = this.#target.use;
    const { maxMessageSize } = this.#settings;
    const emptied = (): void => this.#endWhenSent();
    const session = (this.#session = new DatagramSession({ pipe, port, codec, maxMessageSize, clock, emptied }));
    pipe.traffic.handshakes++;
    if (pipe.alive) pipe.open(this.#peer(port));
    session.begin();
    this.#endWhenSent();
  }

  #peer(port: DatagramPort): Peer {
    const dialed = this.#target.use.by === "connect";
    return {
      id: this.#host.nextPeerId(),
      endpoint: this.endpoint,
      address: dialed ? port.endpoint : "",
      dialed,
      socketType: "",
      routingId: EMPTY,
      protocol: "",
      mechanism: "",
      properties: new Map(),
    };
  }

  /** The socket let go of the pipe. */
  #letGo(): void {
    if (this.#life.state === "done") return;
    this.#session?.drain();
    const linger = this.#host.linger();
    if (linger === 0 || this.#sent) return this.#end();
    this.#lingers = true;
    this.#host.lingering(1);
    if (linger > 0) this.#linger = this.#host.clock.after(linger, () => this.#end());
  }

  get #sent(): boolean {
    return this.#pipe?.queuedIn === 0 && (this.#session === null || this.#session.empty);
  }

  #endWhenSent(): void {
    if (this.#pipe?.alive === false && this.#sent) this.#end();
  }

  #end(): void {
    if (this.#life.state === "done") return;
    const bound = this.#target.use.by === "bind" && this.#life.state === "open";
    this.#life.move("close");
    this.#dialing?.cancel();
    this.#retry?.cancel();
    this.#linger?.cancel();
    this.#session?.end();
    this.#pipe?.finish("linger-expired");
    if (bound) this.#host.emit("close", { address: this.endpoint });
    if (this.#lingers) this.#host.lingering(-1);
    this.#host.gone(this);
  }
}

/** What a socket that takes one endpoint says to the next. */
export function boundAlready(address: string, type: string): ZmqError {
  return new ZmqError("EINVAL", { address, hint: `this ${type} is bound already` });
}
