import { text, utf8 } from "../../base/bytes.ts";
import { ZmqError } from "../../base/errors.ts";
import type { Message } from "../../base/message.ts";
import type { Call, Caller, PassageEvents, Reach, SharedNumbers, Threads, Turns } from "../threads.ts";
import { ASLEEP, Bell, ring } from "./bell.ts";
import { Link, type LinkEvents } from "./link.ts";
import type { Outlet, Post } from "./outlet.ts";
import { MOST_THREADS, Registry } from "./registry.ts";
import { KIND } from "./ring.ts";
import type { Strand } from "./strand.ts";

/** Microseconds that a thread which ends waits for others to take what it still has for them. */
const EXIT_PATIENCE = 1_000_000;

/**
 * A thread that was started without knowing of others asks so many for what they know, or all that were started before it.
 * It takes half a millisecond, once. (That there are threads, and which, the runtime does not say.)
 */
const ASKED = 32;

type Answer = (name: string, call: Call) => void;

/**
 * This thread among those of its process: names, searches for names, and links to others.
 *
 * Threads find each other through one registry, which those that are started inherit. Those that were started before are
 * told by posts; of two registries, the one that was used first stays.
 */
export class Neighbours implements Threads, LinkEvents {
  readonly #outlet: Outlet;
  readonly #turns: Turns;
  readonly #uid: number;
  #registry: Registry;
  /** Its place in the registry; -1 as long as it has no sockets. */
  #place = -1;
  /** Whether others may turn to it. */
  #joined = false;
  #bell: Bell | null = null;
  #sockets = 0;
  /** Names that this thread has, and who is told if it has not. */
  readonly #names: Map<string, () => void> = new Map();
  readonly #searches: Set<Search> = new Set();
  /** Links that this thread made, by who is at the other end; and all, with who is. */
  readonly #dialed: Map<number, Link> = new Map();
  readonly #links: Map<Link, number> = new Map();
  #answer: Answer = (_name, call) => call.unknown();
  #settled: Promise<void> | null = null;

  constructor(outlet: Outlet, turns: Turns) {
    this.#outlet = outlet;
    this.#turns = turns;
    this.#uid = outlet.random32() | 1;
    const inherited = outlet.inherited();
    this.#registry = inherited === undefined ? Registry.make(this.#uid) : new Registry(inherited);
    if (inherited === undefined) outlet.bequeath(this.#registry.memory);
    else this.#settled = Promise.resolve();
    outlet.onThreadEnd((thread) => this.#threadEnded(thread));
    // Others may have been there before, and have set options that this thread should know.
    if (inherited === undefined && !outlet.isMain) this.#join();
  }

  get shared(): SharedNumbers {
    return {
      get: (number) => this.#registry.get(number),
      set: (number, value) => {
        this.#registry.set(number, value);
        this.#join();
      },
    };
  }

  claim(name: string, lost: () => void): void {
    this.#join();
    const address = `inproc://${name}`;
    const taking = this.#registry.take(name, this.#place);
    if (taking === "in use") throw new ZmqError("EADDRINUSE", { address, hint: "another thread has bound it" });
    if (taking === "no room") throw new ZmqError("ENOBUFS", { address, hint: "too many names are bound" });
    this.#names.set(name, lost);
    this.#ringSearchers();
  }

  release(name: string): void {
    if (this.#names.delete(name)) this.#registry.free(name, this.#place);
  }

  settled(): Promise<void> {
    return (this.#settled ??= this.#askAround());
  }

  isElsewhere(name: string): boolean {
    const place = this.#registry.ownerOf(name);
    return place >= 0 && place !== this.#place;
  }

  async freed(name: string): Promise<boolean> {
    const place = this.#registry.ownerOf(name);
    if (place < 0) return true;
    if (place === this.#place) return false;
    const uid = this.#registry.uidOf(place);
    if (await this.#areThere([this.#registry.numberOf(place)])) return false;
    this.#gone(place, uid);
    return true;
  }

  reach(name: string, facts: Message, caller: Caller): Reach {
    this.#join();
    const search = new Search(name, [utf8(name), ...facts], caller, (over) => this.#searched(search, over));
    this.#searches.add(search);
    this.#registry.countSearches(this.#place, 1);
    this.#lookAround();
    return search;
  }

  serve(answer: Answer): void {
    this.#answer = answer;
  }

  countSockets(by: number): number {
    if (this.#place < 0) this.#enter();
    this.#sockets += by;
    return this.#registry.countSockets(this.#place, by);
  }

  pollNow(): boolean {
    for (const link of this.#links.keys()) link.pollNow();
    if (this.#searches.size > 0) this.#lookAround();
    return this.#links.size === 0 && this.#searches.size === 0;
  }

  leave(): void {
    if (this.#place < 0) return;
    this.#registry.leave(this.#place, this.#uid);
    // With the main thread the process ends: nobody is left to take anything.
    const end = this.#outlet.now() + (this.#outlet.isMain ? -1 : EXIT_PATIENCE);
    for (const link of this.#links.keys()) link.leave(() => this.#outlet.now() > end);
  }

  // What links tell.

  called(strand: Strand, question: Message): void {
    const [name, ...facts] = question;
    const refuse = (kind: typeof KIND.refuse | typeof KIND.unknown, why: Message): void => {
      strand.send(kind, why);
      strand.end();
    };
    this.#answer(text(name as Uint8Array), {
      facts,
      accept: (own, events) => {
        strand.send(KIND.accept, own);
        strand.events = events(strand);
      },
      unknown: () => refuse(KIND.unknown, [utf8("")]),
      refuse: (own) => refuse(KIND.refuse, own),
    });
  }

  closed(link: Link): void {
    const uid = this.#links.get(link);
    this.#links.delete(link);
    if (uid !== undefined && this.#dialed.get(uid) === link) this.#dialed.delete(uid);
  }

  /** Takes part in the sharing of names, from the first use on. */
  #join(): void {
    if (this.#joined) return;
    this.#joined = true;
    if (this.#place < 0) this.#enter();
    this.#outlet.listen((post) => this.#received(post));
    this.#registry.found(this.#outlet.now());
    this.#outlet.post({ kind: "registry", memory: this.#registry.memory, asks: true });
  }

  #enter(): void {
    this.#place = this.#registry.enter(this.#uid, this.#outlet.thread);
    if (this.#place < 0) {
      throw new ZmqError("EMTHREAD", { hint: `${MOST_THREADS} threads share the default context; make a Context` });
    }
    this.#registry.countSockets(this.#place, this.#sockets);
    const { words } = this.#registry;
    this.#bell = new Bell(words, this.#registry.bellOf(this.#place), () => this.#lookAround());
  }

  #received(post: Post): void {
    if (post.kind === "link") {
      if (post.to === this.#uid) this.#connected(post);
      return;
    }
    const other = new Registry(post.memory);
    const order = this.#registry.compare(other);
    if (order > 0) this.#move(other);
    else if (order < 0 && post.asks) {
      this.#outlet.post({ kind: "registry", memory: this.#registry.memory, asks: false });
    }
  }

  /** Whoever is there answers what was posted when this thread joined. */
  async #askAround(): Promise<void> {
    const most = Math.max(ASKED, this.#outlet.thread);
    const others = Array.from({ length: most + 1 }, (_, thread) => thread).filter(
      (each) => each !== this.#outlet.thread,
    );
    await this.#areThere(others);
    this.#outlet.catchUp();
  }

  /** Whether all of these threads are there. */
  async #areThere(threads: readonly number[]): Promise<boolean> {
    this.#turns.hold();
    const there = await Promise.all(threads.map((thread) => this.#outlet.isThere(thread)));
    this.#turns.release();
    return there.every(Boolean);
  }

  /** Another registry is the older one. Of a name that both know, the other one's owner has it. */
  #move(to: Registry): void {
    const from = this.#registry;
    from.leave(this.#place, this.#uid);
    this.#registry = to;
    to.fillFrom(from);
    this.#outlet.bequeath(to.memory);
    this.#enter();
    for (const [name, lost] of this.#names) {
      if (to.take(name, this.#place) === "taken") continue;
      this.#names.delete(name);
      lost();
    }
    to.countSearches(this.#place, this.#searches.size);
    this.#ringSearchers();
    this.#lookAround();
  }

  #ringSearchers(): void {
    for (const place of this.#registry.searchers(this.#place)) ring(this.#registry.words, this.#registry.bellOf(place));
  }

  /** Looks for all names that are searched, and waits for new ones. */
  #lookAround(): void {
    if (this.#searches.size === 0) return;
    this.#bell?.sleep(ASLEEP);
    for (const search of this.#searches) this.#look(search);
    if (this.#searches.size > 0) this.#bell?.listen();
  }

  #look(search: Search): void {
    if (search.calling) return;
    const place = this.#registry.ownerOf(search.name);
    if (place < 0 || place === this.#place) return;
    const link = this.#linkTo(place);
    if (link !== null) search.call(link);
  }

  /** A search was met or ended; or has to go on. */
  #searched(search: Search, over: boolean): void {
    if (!over) return this.#turns.afterIo(() => this.#lookAround());
    if (this.#searches.delete(search)) this.#registry.countSearches(this.#place, -1);
  }

  #linkTo(place: number): Link | null {
    const uid = this.#registry.uidOf(place);
    const known = this.#dialed.get(uid);
    if (known !== undefined || uid === 0) return known ?? null;
    const memory = Link.memory();
    const link = new Link(memory, 0, this.#turns, this);
    this.#dialed.set(uid, link);
    this.#links.set(link, uid);
    const { thread } = this.#outlet;
    this.#outlet.post({ kind: "link", to: uid, from: this.#uid, thread, memory });
    this.#outlet.watch(this.#registry.numberOf(place), () => this.#gone(place, uid));
    link.poll();
    return link;
  }

  #connected({ from, thread, memory }: Extract<Post, { kind: "link" }>): void {
    const link = new Link(memory, 1, this.#turns, this);
    this.#links.set(link, from);
    const place = this.#registry.places().find((each) => this.#registry.uidOf(each) === from) ?? -1;
    this.#outlet.watch(thread, () => this.#gone(place, from));
    link.poll();
  }

  #threadEnded(thread: number): void {
    for (const place of this.#registry.places()) {
      if (this.#registry.numberOf(place) === thread) this.#gone(place, this.#registry.uidOf(place));
    }
  }

  /** A thread is no more: its names are free, and what it was connected to is not. */
  #gone(place: number, uid: number): void {
    if (place >= 0) this.#registry.leave(place, uid);
    for (const [link, other] of this.#links) if (other === uid) link.lose();
  }
}

/** Somebody who reaches for a name, until he is met or gives up. */
class Search implements Reach {
  readonly name: string;
  readonly #question: Message;
  readonly #caller: Caller;
  readonly #done: (over: boolean) => void;
  #strand: Strand | null = null;
  #over = false;

  constructor(name: string, question: Message, caller: Caller, done: (over: boolean) => void) {
    this.name = name;
    this.#question = question;
    this.#caller = caller;
    this.#done = done;
  }

  get calling(): boolean {
    return this.#strand !== null;
  }

  call(link: Link): void {
    const strand = (this.#strand = link.call(this.#question, this.#whileCalling()));
    strand.calling = true;
    strand.answered = (kind, facts) => {
      strand.calling = false;
      if (this.#over) return strand.end();
      if (kind === KIND.accept) {
        this.#end();
        strand.events = this.#caller.met(strand, facts);
      } else if (kind === KIND.refuse) {
        this.#end();
        this.#caller.refused(facts);
      }
    };
  }

  cancel(): void {
    if (this.#over) return;
    const strand = this.#strand;
    this.#end();
    // Else its answer ends it: both sides must have heard of it.
    if (strand !== null && !strand.calling) strand.end();
  }

  #end(): void {
    this.#over = true;
    this.#done(true);
  }

  /** The call can end before it was answered: the name is free again, or the other thread is gone. */
  #whileCalling(): PassageEvents {
    const nothing = (): void => {};
    return {
      message: nothing,
      subscription: nothing,
      granted: nothing,
      drained: nothing,
      leaving: nothing,
      ended: () => {
        this.#strand?.end();
        this.#strand = null;
        if (this.#over) return;
        this.#caller.missed();
        this.#done(false);
      },
    };
  }
}
