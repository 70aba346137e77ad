import { keyOf } from "../base/bytes.ts";

interface Holding {
  readonly groups: Set<string>;
  bytes: number;
}

/**
 * Which peers are in which groups (RADIO; RFC 48): names are compared whole, and a peer is in a group once, however often
 * it says so.
 *
 * As with topics (subscriptions.ts), what each peer holds is known, so that one that leaves costs what it held, and so that
 * it can be limited. Taking one of n members out of a group looks through n.
 */
export class Groups<P extends object> {
  readonly #members = new Map<string, P[]>();
  readonly #holdings = new Map<P, Holding>();

  /** Groups with a member. */
  get size(): number {
    return this.#members.size;
  }

  /** Whether the peer was not in it. */
  join(group: Uint8Array, peer: P): boolean {
    const key = keyOf(group);
    const holding = this.#holdingOf(peer);
    if (holding.groups.has(key)) return false;
    holding.groups.add(key);
    holding.bytes += group.length;
    const members = this.#members.get(key);
    if (members === undefined) this.#members.set(key, [peer]);
    else members.push(peer);
    return true;
  }

  /** Whether the peer was in it. */
  leave(group: Uint8Array, peer: P): boolean {
    const key = keyOf(group);
    const holding = this.#holdings.get(peer);
    if (holding === undefined || !holding.groups.delete(key)) return false;
    holding.bytes -= group.length;
    if (holding.groups.size === 0) this.#holdings.delete(peer);
    this.#remove(key, peer);
    return true;
  }

  /** The peer is gone, and out of all its groups. */
  leaveAll(peer: P): void {
    const holding = this.#holdings.get(peer);
    if (holding === undefined) return;
    this.#holdings.delete(peer);
    for (const key of holding.groups) this.#remove(key, peer);
  }

  /** Visits each member of a group. */
  match(group: Uint8Array, visit: (peer: P) => void): void {
    const members = this.#members.get(keyOf(group));
    if (members === undefined) return;
    for (let at = 0; at < members.length; at++) visit(members[at] as P); // in bounds
  }

  /** How many groups a peer is in, and the bytes of their names together; for a limit. */
  countOf(peer: P): number {
    return this.#holdings.get(peer)?.groups.size ?? 0;
  }

  bytesOf(peer: P): number {
    return this.#holdings.get(peer)?.bytes ?? 0;
  }

  #holdingOf(peer: P): Holding {
    let holding = this.#holdings.get(peer);
    if (holding === undefined) this.#holdings.set(peer, (holding = { groups: new Set(), bytes: 0 }));
    return holding;
  }

  #remove(key: string, peer: P): void {
    const members = this.#members.get(key) as P[]; // it holds this peer
    const last = members.pop() as P; // it has one or more
    if (last !== peer) members[members.indexOf(peer)] = last;
    if (members.length === 0) this.#members.delete(key);
  }
}
