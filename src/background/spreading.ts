import type { Listener } from "../engine/listener.ts";
import type { Passage, PassageEvents } from "../transports/threads.ts";
import { DEAF } from "../transports/threads.ts";
import type { ByteStream, ListenEvents, Transport } from "../transports/transport.ts";
import type { PartHost } from "./part-host.ts";
import { Relay, type RelayHost } from "./relay.ts";
import type { Sibling } from "./siblings.ts";
import type { StreamEnds } from "./commands.ts";

/**
 * A listener that gives peers to its branches in other I/O threads (branch.ts): a peer's session, and all the work of its
 * mechanism, is there, and only its bytes pass through here.
 *
 * Each newcomer goes to where the fewest of this listener's peers are, and stays there. Without branches, all are here.
 */
export class SpreadingListener {
  readonly #listener: Listener;
  readonly #host: PartHost;
  readonly #outposts: Set<Outpost> = new Set();

  constructor(listener: Listener, host: PartHost) {
    this.#listener = listener;
    this.#host = host;
  }

  get endpoint(): string {
    return this.#listener.endpoint;
  }

  listen(transport: Transport, endpoint: string): void {
    this.#listener.listen(this.#through(transport), endpoint);
  }

  listenLater(transport: Transport, endpoint: string): Promise<void> {
    return this.#listener.listenLater(this.#through(transport), endpoint);
  }

  /** Peers of branches stay: they are the branches' to let go of. */
  close(): void {
    this.#listener.close();
  }

  abort(): void {
    this.#listener.abort();
  }

  /** Those of the branches as well, which have said by then what they had left. */
  flushSync(limit: number): void {
    this.#listener.flushSync(limit);
    for (const outpost of this.#outposts) outpost.flushSync(limit);
  }

  /** A branch is there, and takes peers as long as it keeps its passage open. */
  branched(sibling: Sibling, branch: number, passage: Passage): PassageEvents {
    const outpost = new Outpost(sibling, branch, this.#host);
    this.#outposts.add(outpost);
    const ended = (): void => {
      outpost.open = false;
      passage.end();
    };
    return { ...DEAF, ended };
  }

  #through(transport: Transport): Transport {
    const own = (events: ListenEvents): ListenEvents => ({
      acceptFailed: (error) => events.acceptFailed(error),
      accepted: (stream) => this.#accepted(stream, events),
    });
    const listenLater = transport.listenLater?.bind(transport);
    return {
      ...transport,
      listen: (address, options, events) => transport.listen(address, options, own(events)),
      ...(listenLater && { listenLater: (address, options, events) => listenLater(address, options, own(events)) }),
    };
  }

  #accepted(stream: ByteStream, here: ListenEvents): void {
    let least: Outpost | null = null;
    let count = this.#listener.size;
    for (const outpost of this.#outposts) {
      if (!outpost.open || outpost.size >= count) continue;
      least = outpost;
      count = outpost.size;
    }
    if (least === null) here.accepted(stream);
    else least.take(stream);
  }
}

/** What a listener has of a branch: the connections that it gave to it. */
class Outpost implements RelayHost {
  /** Whether it takes more. */
  open = true;
  readonly #sibling: Sibling;
  readonly #branch: number;
  readonly #host: PartHost;
  readonly #relays: Set<Relay> = new Set();

  constructor(sibling: Sibling, branch: number, host: PartHost) {
    this.#sibling = sibling;
    this.#branch = branch;
    this.#host = host;
  }

  get size(): number {
    return this.#relays.size;
  }

  take(stream: ByteStream): void {
    const { remote, peerAddress, closeOvertakes } = stream;
    const ends: StreamEnds = { remote, peerAddress, closeOvertakes };
    this.#host.relaying(1);
    const open = (events: PassageEvents): Passage =>
      this.#sibling.call({ for: "peer", branch: this.#branch, ends }, events);
    this.#relays.add(new Relay(this, stream, open));
  }

  flushSync(limit: number): void {
    this.#sibling.poll();
    for (const relay of this.#relays) relay.flushSync(limit);
  }

  atEndOfTurn(run: () => void): void {
    this.#host.atEndOfTurn(run);
  }

  relayOver(relay: Relay): void {
    this.#relays.delete(relay);
    this.#host.relaying(-1);
  }
}
