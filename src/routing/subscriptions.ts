import { RadixTree, type RadixNode } from "./radix-tree.ts";

/**
 * The topics one subscriber wants (SUB, XSUB; RFC 29): prefixes, each counted, as asking twice must be ended twice.
 *
 * It says which changes a publisher must hear of and which messages pass; telling and dropping are the caller's.
 */
export class Subscriptions {
  /** Distinct topics. */
  size = 0;
  readonly #tree = new RadixTree<number>();

  /** Whether it is the first for this topic. */
  add(topic: Uint8Array): boolean {
    const node = this.#tree.reach(topic);
    if (node.value !== undefined) {
      node.value++;
      return false;
    }
    node.value = 1;
    this.size++;
    return true;
  }

  /** Whether it was the last for this topic; false too when there was none. */
  remove(topic: Uint8Array): boolean {
    const node = this.#tree.find(topic);
    if (node === null || node.value === undefined || --node.value > 0) return false;
    this.#tree.clear(node);
    this.size--;
    return true;
  }

  /** Whether a message that begins with this frame was asked for. */
  matches(frame: Uint8Array): boolean {
    const tree = this.#tree;
    let depth = 0;
    for (let node: RadixNode<number> | null = tree.root; node !== null; node = tree.down(node, frame, depth)) {
      if (node.value !== undefined) return true;
      depth += node.length;
    }
    return false;
  }

  /** Each topic as often as it was added, as copies. Nothing may be added or removed meanwhile. */
  *asked(): IterableIterator<Uint8Array> {
    for (const node of this.#tree.values()) {
      for (let times = node.value ?? 0; times > 0; times--) yield this.#tree.keyOf(node);
    }
  }

  /** Each topic once, as a copy, in the order of their bytes. Nothing may be added or removed meanwhile. */
  *topics(): IterableIterator<Uint8Array> {
    for (const node of this.#tree.values()) yield this.#tree.keyOf(node);
  }
}

/** What an added or removed subscription changed. */
export interface Added {
  /** The peer had not subscribed to it. */
  readonly firstOfPeer: boolean;
  /** Nobody had. */
  readonly firstOfAll: boolean;
}

export interface Removed {
  /** The peer had subscribed to it. */
  readonly lastOfPeer: boolean;
  /** And nobody else has. */
  readonly lastOfAll: boolean;
}

/** Those who hold a topic, when they are more than one. */
export class Many<P> {
  readonly list: P[];

  constructor(first: P, second: P) {
    this.list = [first, second];
  }
}

/** One holder is kept without a list: with 1 M topics of one peer that saves 60 MB. */
type Topic<P> = RadixNode<P | Many<P>>;

interface Holding<P> {
  readonly topics: Set<Topic<P>>;
  bytes: number;
}

/**
 * Which peers want which topics (PUB, XPUB; RFC 29).
 *
 * A peer holds a topic once, however often it says so (it counts itself: `Subscriptions`). What each holds is known, so
 * that a peer that leaves costs what it held, not a walk through everybody's topics, and so that it can be limited.
 * Taking one of n holders off a topic looks through n.
 */
export class TopicMatcher<P extends object> {
  /** Distinct topics (ZMQ_TOPICS_COUNT). */
  size = 0;
  readonly #tree = new RadixTree<P | Many<P>>();
  readonly #holdings = new Map<P, Holding<P>>();

  add(topic: Uint8Array, peer: P): Added {
    const node = this.#tree.reach(topic);
    const held = node.value;
    const holding = this.#holdingOf(peer);
    if (holding.topics.has(node)) return { firstOfPeer: false, firstOfAll: false };
    holding.topics.add(node);
    holding.bytes += topic.length;
    if (held === undefined) {
      node.value = peer;
      this.size++;
    } else if (held instanceof Many) held.list.push(peer);
    else node.value = new Many(held, peer);
    return { firstOfPeer: true, firstOfAll: held === undefined };
  }

  remove(topic: Uint8Array, peer: P): Removed {
    const node = this.#tree.find(topic);
    const holding = this.#holdings.get(peer);
    if (node === null || holding === undefined || !holding.topics.delete(node))
      return { lastOfPeer: false, lastOfAll: false };
    holding.bytes -= topic.length;
    if (holding.topics.size === 0) this.#holdings.delete(peer);
    const last = this.#release(node, peer);
    if (last) this.#clear(node);
    return { lastOfPeer: true, lastOfAll: last };
  }

  /**
   * Ends all that a peer holds. `onTopic` hears of each topic that nobody holds any more; with `every`
   * (ZMQ_XPUB_VERBOSER), of those too that others still hold.
   */
  removeAll(peer: P, onTopic: (topic: Uint8Array) => void, every = false): void {
    const holding = this.#holdings.get(peer);
    if (holding === undefined) return;
    this.#holdings.delete(peer);
    for (const node of holding.topics) {
      const last = this.#release(node, peer);
      const topic = last || every ? this.#tree.keyOf(node) : null;
      if (last) this.#clear(node);
      if (topic !== null) onTopic(topic);
    }
  }

  /** Visits each peer that wants a message which begins with this frame; once for each of its topics that match. */
  match(frame: Uint8Array, visit: (peer: P) => void): void {
    const tree = this.#tree;
    let depth = 0;
    for (let node: Topic<P> | null = tree.root; node !== null; node = tree.down(node, frame, depth)) {
      depth += node.length;
      const held = node.value;
      if (held instanceof Many) {
        const list = held.list;
        for (let at = 0; at < list.length; at++) visit(list[at] as P); // in bounds
      } else if (held !== undefined) visit(held);
    }
  }

  /**
   * Who wants a message that begins with this frame, when one topic alone says so: the peer, or all that hold it, in a list that
   * is the same until a topic is added or removed. Undefined: nobody. Null: several topics do, and `match` tells.
   */
  holder(frame: Uint8Array): P | Many<P> | undefined | null {
    const tree = this.#tree;
    let depth = 0;
    let found: P | Many<P> | undefined = undefined;
    for (let node: Topic<P> | null = tree.root; node !== null; node = tree.down(node, frame, depth)) {
      depth += node.length;
      if (node.value === undefined) continue;
      if (found !== undefined) return null;
      found = node.value;
    }
    return found;
  }

  /** How many topics a peer holds, and their bytes together; for a limit. */
  countOf(peer: P): number {
    return this.#holdings.get(peer)?.topics.size ?? 0;
  }

  bytesOf(peer: P): number {
    return this.#holdings.get(peer)?.bytes ?? 0;
  }

  #holdingOf(peer: P): Holding<P> {
    let holding = this.#holdings.get(peer);
    if (holding === undefined) this.#holdings.set(peer, (holding = { topics: new Set(), bytes: 0 }));
    return holding;
  }

  /** Takes one of a topic's holders off it; whether it was the only one, which stays for `#clear`. */
  #release(node: Topic<P>, peer: P): boolean {
    const held = node.value;
    if (!(held instanceof Many)) return true;
    const { list } = held;
    const last = list.pop() as P; // it has two or more
    if (last !== peer) list[list.indexOf(peer)] = last;
    if (list.length === 1) node.value = list[0];
    return false;
  }

  #clear(node: Topic<P>): void {
    this.#tree.clear(node);
    this.size--;
  }
}
