import { parseEndpoint } from "../base/endpoint.ts";
import { ZmqError } from "../base/errors.ts";
import { Dialer } from "../engine/dialer.ts";
import { Listener } from "../engine/listener.ts";
import type { Transport } from "../transports/transport.ts";
import type { SocketSelf } from "./self.ts";
import { InprocBind, InprocConnect } from "./inproc.ts";

/** Something that bind() or connect() made. */
interface Part {
  /** Ends it; what is queued goes out for as long as the socket lingers. */
  close(): void;
  flushSync?(limit: number): void;
}

interface Entry {
  readonly part: Part;
  readonly kind: "bind" | "connect";
  /** As the user gave it, and as it was resolved. */
  readonly given: string;
  readonly resolved: string;
}

/** Where a socket is bound and connected: bind(), connect() and their opposites, by address. */
export class Endpoints {
  /** What the last bind() or connect() came to; null before (ZMQ_LAST_ENDPOINT). */
  last: string | null = null;
  readonly #core: SocketSelf;
  #entries: Entry[] = [];
  /** Parts at work, those included that only linger. */
  readonly #active: Set<object> = new Set();

  constructor(core: SocketSelf) {
    this.#core = core;
  }

  /** How many parts are at work. */
  get active(): number {
    return this.#active.size;
  }

  /** Whether an option for the next bind or connect comes too late for one. */
  get any(): boolean {
    return this.#entries.length > 0;
  }

  bindSync(address: string): void {
    const { scheme, address: rest } = parseEndpoint(address);
    if (scheme === "inproc") return this.#bindInproc(address, rest);
    const transport = this.#transport(scheme, address);
    const listener = new Listener(this.#core, this.#core.options);
    listener.listen(transport, address);
    this.#bound(address, listener);
  }

  async bind(address: string): Promise<void> {
    const { scheme, address: rest } = parseEndpoint(address);
    if (scheme === "inproc") return this.#bindInproc(address, rest);
    const transport = this.#transport(scheme, address);
    const listener = new Listener(this.#core, this.#core.options);
    await listener.listenLater(transport, address);
    if (this.#core.closed) listener.abort();
    else this.#bound(address, listener);
  }

  connect(address: string): void {
    const { scheme, address: rest } = parseEndpoint(address);
    const { options } = this.#core;
    const transport = scheme === "inproc" ? null : this.#transport(scheme, address);
    transport?.checkConnect(rest, options);
    this.last = address;
    const known = this.#entries.some((entry) => entry.kind === "connect" && entry.given === address);
    if (transport === null) {
      this.#add({ part: new InprocConnect(this.#core, rest), kind: "connect", given: address, resolved: address });
    } else if (!known || !this.#core.type.connectsOnce) {
      const dialer = new Dialer(this.#core, options, { transport, endpoint: address });
      this.#add({ part: dialer, kind: "connect", given: address, resolved: address });
      dialer.start();
    }
  }

  /** Ends all that was bound or connected by this address; ENOENT when nothing was. */
  remove(kind: "bind" | "connect", address: string): void {
    const of = (field: "given" | "resolved"): Entry[] =>
      this.#entries.filter((entry) => entry.kind === kind && entry[field] === address);
    const exact = of("resolved");
    const entries = exact.length > 0 ? exact : of("given").filter((entry) => !entry.given.includes("*"));
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
    this.#entries = [];
    for (const entry of entries) entry.part.close();
  }

  /** A part has wholly ended; one that ended by itself is no longer known by its address. */
  gone(part: object): void {
    this.#active.delete(part);
    this.#entries = this.#entries.filter((entry) => entry.part !== part);
  }

  flushSync(limit: number): void {
    for (const part of this.#active as Set<Part>) part.flushSync?.(limit); // only parts are added
  }

  #bindInproc(address: string, name: string): void {
    this.#add({ part: new InprocBind(this.#core, name), kind: "bind", given: address, resolved: address });
    this.last = address;
  }

  #bound(given: string, listener: Listener): void {
    this.last = listener.endpoint;
    this.#add({ part: listener, kind: "bind", given, resolved: listener.endpoint });
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    this.#active.add(entry.part);
  }

  #transport(scheme: string, address: string): Transport {
    const transport = this.#core.platform.transports.get(scheme);
    if (transport !== undefined) return transport;
    const known = ["inproc", ...this.#core.platform.transports.keys()].join(", ");
    throw new ZmqError("EPROTONOSUPPORT", { address, hint: `transports here are ${known}` });
  }
}
