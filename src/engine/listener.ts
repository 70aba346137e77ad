import { ZmqError } from "../base/errors.ts";
import { Pipe } from "../pipe/pipe.ts";
import type { ByteStream, Listening, Transport } from "../transports/transport.ts";
import { ending, type Ending } from "./ending.ts";
import type { EngineHost, Settings } from "./host.ts";
import { notice } from "./notices.ts";
import { pipeSettings } from "./pipes.ts";
import { Session, type SessionOwner } from "./session.ts";

/** ms that a peer has for its handshake however many others come. */
const GRACE = 250;

/**
 * One bind(): accepts peers and gives each a session.
 *
 * A peer gets a pipe only when its handshake is done (a raw connection must not take part in routing, CVE-2020-15166),
 * and no more than `maxHandshakes` may be on their way at once: the oldest makes room for a newcomer, so that those who
 * connect and say nothing can't keep out those who do (a handshake takes milliseconds).
 */
export class Listener implements SessionOwner {
  readonly dialed = false;
  readonly cautious = false;
  readonly #host: EngineHost;
  readonly #settings: Settings;
  readonly #sessions: Map<Session, Pipe | null> = new Map();
  #listening: Listening | null = null;
  /** Those without a handshake, oldest first, and since when. */
  readonly #halfOpen: Map<Session, number> = new Map();
  #closed = false;
  #gone = false;

  constructor(host: EngineHost, settings: Settings) {
    this.#host = host;
    this.#settings = settings;
  }

  /** The resolved endpoint; "" before it listens. */
  get endpoint(): string {
    return this.#listening?.endpoint ?? "";
  }

  /** How many peers it has, those included that are in their handshake. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Binds now; throws a ZmqError. */
  listen(transport: Pick<Transport, "scheme" | "listen">, endpoint: string): void {
    const address = endpoint.slice(transport.scheme.length + 3);
    this.#opened(endpoint, () => transport.listen(address, this.#settings, this.#events()));
  }

  /** Binds after a name was looked up, where the transport needs that. */
  async listenLater(transport: Transport, endpoint: string): Promise<void> {
    if (transport.listenLater === undefined) return this.listen(transport, endpoint);
    const address = endpoint.slice(transport.scheme.length + 3);
    const listening = await transport.listenLater(address, this.#settings, this.#events()).catch((error: unknown) => {
      this.#failed(endpoint, error);
      throw error;
    });
    this.#opened(endpoint, () => listening);
  }

  /** Frees the address before it returns. Accepted peers are let go of; what they sent stays readable (libzmq too). */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { endpoint } = this;
    const error = this.#listening?.close();
    if (error === undefined) this.#host.emit("close", { address: endpoint });
    else this.#host.emit("close:error", { address: endpoint, error });
    for (const [session, pipe] of this.#sessions) {
      if (pipe === null) session.end(ending("finished", "the listener was closed"));
      else pipe.part("unread");
    }
    this.#goneWhenEmpty();
  }

  abort(): void {
    this.close();
    for (const session of this.#sessions.keys()) session.end(ending("linger", "the linger time was over"));
  }

  flushSync(limit: number): void {
    for (const session of this.#sessions.keys()) session.flushSync(limit);
  }

  // What sessions ask and tell.

  join(session: Session): Pipe | null {
    this.#halfOpen.delete(session);
    if (this.#closed) return null;
    const near = Pipe.pair(pipeSettings(this.#settings));
    this.#sessions.set(session, near.far);
    this.#host.attach(near);
    return near.far;
  }

  ended(session: Session, why: Ending): void {
    const pipe = this.#sessions.get(session) ?? null;
    this.#sessions.delete(session);
    this.#halfOpen.delete(session);
    if (pipe !== null) {
      const { disconnectMessage } = this.#settings;
      if (disconnectMessage !== null && disconnectMessage.length > 0) notice(pipe, disconnectMessage);
      pipe.finish(why.kind === "linger" ? "linger-expired" : "peer-lost");
    }
    this.#goneWhenEmpty();
  }

  #events(): { accepted(stream: ByteStream): void; acceptFailed(error: Error): void } {
    return {
      accepted: (stream) => this.#accepted(stream),
      acceptFailed: (error) => this.#host.emit("accept:error", { address: this.endpoint, error }),
    };
  }

  #accepted(stream: ByteStream): void {
    const crowded = this.#crowd();
    if (this.#closed || crowded !== null) return this.#turnAway(stream, crowded ?? "");
    this.#host.connections.accepts++;
    const session = new Session(this.#host, this.#settings, this, stream);
    this.#sessions.set(session, null);
    this.#halfOpen.set(session, this.#host.clock.now());
    if (this.#host.watched) {
      this.#host.emit("accept", { address: this.endpoint, peerAddress: stream.remote, peer: session.id });
    }
    session.begin();
  }

  /** Why no more peers can be taken; null when they can. */
  #crowd(): string | null {
    const { departed, role } = this.#host;
    if (!role.publishes && departed >= this.#settings.maxDeparted) {
      return `${departed} peers have left messages that nobody has received (maxDeparted)`;
    }
    if (this.#makeRoom()) return null;
    return `${this.#halfOpen.size} peers are in the middle of their handshake (maxHandshakes)`;
  }

  #turnAway(stream: ByteStream, hint: string): void {
    stream.close();
    if (this.#closed) return;
    const error = new ZmqError("ECONNABORTED", { hint });
    this.#host.emit("accept:error", { address: this.endpoint, peerAddress: stream.remote, error });
  }

  /**
   * At the limit, the oldest makes room if it had time enough: else a burst of honest peers would push each other out
   * before any could finish, and the newcomer, who has lost nothing yet, had better come again.
   */
  #makeRoom(): boolean {
    const { maxHandshakes } = this.#settings;
    if (this.#halfOpen.size < maxHandshakes) return true;
    const [oldest] = this.#halfOpen;
    if (oldest === undefined || this.#host.clock.now() - oldest[1] < GRACE) return false;
    oldest[0].end(ending("timeout", `no handshake, and ${maxHandshakes} came later (maxHandshakes)`));
    return true;
  }

  #opened(endpoint: string, listen: () => Listening): void {
    try {
      this.#listening = listen();
    } catch (error) {
      this.#failed(endpoint, error);
      throw error;
    }
    this.#host.emit("bind", { address: this.endpoint });
  }

  /** As libzmq, the event's address lacks the scheme; programs rely on it. */
  #failed(endpoint: string, error: unknown): void {
    const address = endpoint.slice(endpoint.indexOf("://") + 3);
    this.#host.emit("bind:error", { address, error: error instanceof Error ? error : new Error(String(error)) });
  }

  #goneWhenEmpty(): void {
    if (this.#gone || !this.#closed || this.#sessions.size > 0) return;
    this.#gone = true;
    this.#host.gone(this);
  }
}
