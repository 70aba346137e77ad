import { parseEndpoint } from "../base/endpoint.ts";
import { ZmqError } from "../base/errors.ts";
import type { DatagramPart, ListenerPart } from "../engine/parts.ts";
import type { Transport } from "../transports/transport.ts";
import type { SocketSelf } from "./self.ts";
import { InprocBind, InprocConnect } from "./inproc.ts";
import { checkProtection } from "./protection.ts";

/** Something that bind() or connect() made. */
interface Part {
  /** Ends it; what is queued goes out for as long as the socket lingers. */
  close(): void;
  flushSync?(limit: number): void;
  /** The context ends: an inproc name that nobody bound will not be bound any more. */
  giveUp?(): void;
}

interface Entry {
  readonly part: Part;
  readonly kind: "bind" | "connect";
  /** As the user gave it, and as it was resolved. */
  readonly given: string;
  readonly resolved: string;
  readonly datagrams: boolean;
}

/** What all sockets begin with. Lists are made anew whole, which takes an eighth of what one that is pushed into does. */
const NONE: readonly never[] = [];

/** Where a socket is bound and connected: bind(), connect() and their opposites, by address. */
export class Endpoints {
  /** What the last bind() or connect() came to; null before (ZMQ_LAST_ENDPOINT). */
  last: string | null = null;
  readonly #core: SocketSelf;
  #entries: readonly Entry[] = NONE;
  /** Parts at work, those included that only linger. */
  #active: readonly Part[] = NONE;

  constructor(core: SocketSelf) {
    this.#core = core;
  }

  /** How many parts are at work. */
  get active(): number {
    return this.#active.length;
  }

  /** Whether an option for the next bind or connect comes too late for one. */
  get any(): boolean {
    return this.#entries.length > 0;
  }

  /** What can be bound or connected again: with wildcards, what they came to. */
  list(): { kind: "bind" | "connect"; address: string }[] {
    return this.#entries.map(({ kind, resolved }) => ({ kind, address: resolved }));
  }

  bindSync(address: string): void {
    const { scheme, address: rest } = parseEndpoint(address);
    const datagrams = this.#datagrams(scheme, address, "bind");
    if (scheme === "inproc") return void this.#bindInproc(address, rest);
    if (datagrams !== null) {
      datagrams.listen();
      return this.#bound(address, datagrams, true);
    }
    const transport = this.#transport(scheme, address);
    const listener = this.#core.context.engine.listener(this.#core, this.#core.options);
    listener.listen(transport, address);
    this.#bound(address, listener, false);
  }

  async bind(address: string): Promise<void> {
    const { scheme, address: rest } = parseEndpoint(address);
    const datagrams = this.#datagrams(scheme, address, "bind");
    if (scheme === "inproc") return this.#bindInprocLater(address, rest);
    const listener = datagrams ?? (await this.#listenLater(scheme, address));
    if (datagrams !== null) await datagrams.listenLater();
    if (!this.#core.unusable) return this.#bound(address, listener, datagrams !== null);
    listener.abort();
    if (!this.#core.closed) throw this.#core.fault();
  }

  connect(address: string): void {
    const { scheme, address: rest } = parseEndpoint(address);
    const { options } = this.#core;
    const datagrams = this.#datagrams(scheme, address, "connect");
    if (datagrams !== null) return this.#connectDatagrams(datagrams, address);
    const transport = scheme === "inproc" ? null : this.#transport(scheme, address);
    transport?.checkConnect(rest, options);
    this.last = address;
    const known = this.#entries.some((entry) => entry.kind === "connect" && entry.given === address);
    if (transport === null) {
      this.#connected(new InprocConnect(this.#core, rest), address, false);
    } else if (!known || !this.#core.type.connectsOnce) {
      const dialer = this.#core.context.engine.dialer(this.#core, options, { transport, endpoint: address });
      this.#connected(dialer, address, false);
      dialer.start();
    }
  }

  /** Ends all that was bound or connected by this address; ENOENT when nothing was. */
  remove(kind: "bind" | "connect", address: string): void {
    const of = (field: "given" | "resolved"): Entry[] =>
      this.#entries.filter((entry) => entry.kind === kind && entry[field] === address);
    const exact = of("resolved");
    // Of streams, libzmq knows a wildcard only by what it came to; of datagrams, it only knows the address as given.
    const byGiven = ({ datagrams, given }: Entry): boolean => datagrams || !given.includes("*");
    const entries = exact.length > 0 ? exact : of("given").filter(byGiven);
    if (entries.length === 0) {
      const known = this.#entries.filter((entry) => entry.kind === kind).map((entry) => entry.resolved);
      const verb = kind === "bind" ? "bound" : "connected";
      const hint = known.length === 0 ? `nothing is ${verb}` : `${verb} are ${known.join(", ")}`;
      throw new ZmqError("ENOENT", { address, hint });
    }
    this.#entries = this.#entries.filter((entry) => !entries.includes(entry));
    for (const entry of entries) entry.part.close();
  }

  close(): void {
    const entries = this.#entries;
    this.#entries = NONE;
    for (const entry of entries) entry.part.close();
  }

  /** A part has wholly ended; one that ended by itself is no longer known by its address. */
  gone(part: object): void {
    this.#active = this.#active.filter((each) => each !== part);
    this.#entries = this.#entries.filter((entry) => entry.part !== part);
  }

  flushSync(limit: number): void {
    for (const part of this.#active) part.flushSync?.(limit);
  }

  giveUp(): void {
    for (const part of this.#active) part.giveUp?.();
  }

  #bindInproc(address: string, name: string): InprocBind {
    const part = new InprocBind(this.#core, name);
    this.#add({ part, kind: "bind", given: address, resolved: address, datagrams: false });
    this.last = address;
    return part;
  }

  /** Beyond that, a name is taken from a thread that is gone, and it is waited for threads that may have it as well. */
  async #bindInprocLater(address: string, name: string): Promise<void> {
    const { threads } = this.#core.context;
    if (threads?.isElsewhere(name) === true) await threads.freed(name);
    if (this.#core.unusable) throw this.#core.fault();
    const bind = this.#bindInproc(address, name);
    await threads?.settled();
    if (bind.lost !== null) throw bind.lost;
  }

  async #listenLater(scheme: string, address: string): Promise<ListenerPart> {
    const transport = this.#transport(scheme, address);
    const listener = this.#core.context.engine.listener(this.#core, this.#core.options);
    await listener.listenLater(transport, address);
    return listener;
  }

  #connectDatagrams(datagrams: DatagramPart, address: string): void {
    datagrams.connect();
    this.last = address;
    this.#connected(datagrams, address, true);
  }

  #connected(part: Part, address: string, datagrams: boolean): void {
    this.#add({ part, kind: "connect", given: address, resolved: address, datagrams });
  }

  #bound(given: string, listener: ListenerPart | DatagramPart, datagrams: boolean): void {
    const resolved = (this.last = listener.endpoint);
    this.#add({ part: listener, kind: "bind", given, resolved, datagrams });
  }

  #add(entry: Entry): void {
    this.#entries = this.#entries.concat(entry);
    this.#active = this.#active.concat(entry.part);
  }

  #transport(scheme: string, address: string): Transport {
    const { transports, datagrams } = this.#core.platform;
    const transport = transports.get(scheme);
    if (transport !== undefined) {
      this.#checkThread(address);
      checkProtection(this.#core, address, "stream");
      return transport;
    }
    const known = ["inproc", ...transports.keys(), ...datagrams.keys()].join(", ");
    throw new ZmqError("EPROTONOSUPPORT", { address, hint: `transports here are ${known}` });
  }

  /** What will carry datagrams; null where the scheme is not theirs. Throws ENOCOMPATPROTO where the type can't use it. */
  #datagrams(scheme: string, address: string, by: "bind" | "connect"): DatagramPart | null {
    const { transports, datagrams } = this.#core.platform;
    const { datagrams: use, name } = this.#core.type;
    const transport = datagrams.get(scheme);
    if (transport === undefined) {
      if (use?.only !== true || (scheme !== "inproc" && !transports.has(scheme))) return null;
      const hint = `a ${name} talks through ${[...datagrams.keys()].join(", ")} alone`;
      throw new ZmqError("ENOCOMPATPROTO", { address, hint });
    }
    if (use?.by !== by) {
      const hint = use === undefined ? `a ${name} has no use for datagrams` : `a ${name} can only ${use.by} to them`;
      throw new ZmqError("ENOCOMPATPROTO", { address, hint });
    }
    this.#checkThread(address);
    checkProtection(this.#core, address, "datagrams");
    return this.#core.context.engine.datagrams(this.#core, this.#core.options, { transport, endpoint: address, use });
  }

  #checkThread(address: string): void {
    if (this.#core.context.hasThread(this.#core.options.affinity)) return;
    throw new ZmqError("EMTHREAD", { address, hint: "the context has ioThreads 0, or affinity names none of them" });
  }
}
