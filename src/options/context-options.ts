import { ZmqError } from "../base/errors.ts";
import type { AssignableValue, HeldValue, OptionRow, OptionRows, PropertyValue } from "./row.ts";
import { Store } from "./store.ts";

/** The option table of contexts. */
export const CONTEXT_OPTIONS = {
  ioThreads: {
    type: "int32",
    number: 1,
    default: 1,
    min: 0,
    unit: "threads",
    access: "rw",
    on: "all",
    when: "next",
    doc: "How many threads move bytes, with background; without, the caller's own does. 0 means inproc only, with and without: other transports fail with EMTHREAD.",
  },
  background: {
    type: "boolean",
    number: null,
    default: false,
    access: "rw",
    on: "all",
    when: "next",
    doc: "Whether transports, security, heartbeats and reconnection of what is bound and connected from now on run in threads of their own, ioThreads of them, so that they go on while the application's thread is busy or blocked.",
  },
  maxSockets: {
    type: "int32",
    number: 2,
    default: 1023,
    min: 1,
    unit: "sockets",
    access: "rw",
    on: "all",
    when: "live",
    doc: "Most open sockets; one more fails with EMFILE.",
  },
  maxSocketsLimit: {
    type: "int32",
    number: 3,
    default: 65_535,
    unit: "sockets",
    access: "r",
    on: "all",
    when: "live",
    doc: "What libzmq calls the highest value of maxSockets; it checks no more than we do.",
  },
  threadPriority: {
    type: "int32",
    number: 3,
    default: -1,
    min: 0,
    access: "w",
    on: "all",
    when: "next",
    inert: "Node.js has no way to set it for a thread",
    doc: "Priority of the I/O threads.",
  },
  threadSchedulingPolicy: {
    type: "int32",
    number: 4,
    default: -1,
    min: 0,
    access: "rw",
    on: "all",
    when: "next",
    inert: "Node.js has no way to set it for a thread",
    doc: "Scheduling policy of the I/O threads.",
  },
  maxMessageSize: {
    type: "int32",
    number: 5,
    default: 2_147_483_647,
    min: 0,
    unit: "bytes",
    access: "rw",
    on: "all",
    when: "next",
    inert: "libzmq keeps it and never applies it either; set the sockets' maxMessageSize",
    doc: "Largest message.",
  },
  messageSize: {
    type: "int32",
    number: 6,
    default: 64,
    unit: "bytes",
    access: "r",
    on: "all",
    when: "live",
    doc: "How large libzmq's zmq_msg_t is; nothing has that size here.",
  },
  threadAffinityCpuAdd: {
    type: "int32",
    number: 7,
    default: -1,
    min: 0,
    access: "w",
    on: "all",
    when: "next",
    inert: "Node.js has no way to set it for a thread",
    doc: "Lets the I/O threads run on this processor too.",
  },
  threadAffinityCpuRemove: {
    type: "int32",
    number: 8,
    default: -1,
    min: 0,
    access: "w",
    on: "all",
    when: "next",
    inert: "Node.js has no way to set it for a thread",
    doc: "Takes back a threadAffinityCpuAdd; EINVAL without one.",
  },
  threadNamePrefix: {
    type: "string",
    number: 9,
    default: null,
    max: 16,
    numeric: true,
    access: "rw",
    on: "all",
    when: "next",
    inert: "Node.js has no way to set it for a thread",
    doc: "What the I/O threads' names begin with.",
  },
  zeroCopyReceive: {
    type: "boolean",
    number: 10,
    default: true,
    access: "rw",
    on: "all",
    when: "next",
    inert: "large bodies are always read into memory of their own",
    doc: "Whether received messages share the read buffer instead of being copied.",
  },
  ipv6: {
    type: "boolean",
    number: 42,
    default: false,
    access: "rw",
    on: "all",
    when: "next",
    doc: "What sockets made from now on have as ipv6.",
  },
  blocky: {
    type: "boolean",
    number: 70,
    default: true,
    access: "rw",
    on: "all",
    when: "next",
    doc: "Whether the context waits for queued messages when the process ends; false: sockets made from now on have linger 0.",
  },
} as const;

CONTEXT_OPTIONS satisfies OptionRows;

type Table = typeof CONTEXT_OPTIONS;

export type ContextOptionName = keyof Table;

/** All option values of a context. */
export type ContextOptions = { readonly [Name in ContextOptionName]: HeldValue<Table[Name]> };

type ReadOnlyName = {
  [Name in ContextOptionName]: Table[Name]["access"] extends "r" ? Name : never;
}[ContextOptionName];

/** The option properties of a context: `interface Context extends ContextProperties {}`. */
export type ContextProperties = {
  -readonly [Name in Exclude<ContextOptionName, ReadOnlyName>]: PropertyValue<Table[Name]>;
} & { readonly [Name in ReadOnlyName]: PropertyValue<Table[Name]> };

/** What a context's constructor takes. */
export type InitialContextOptions = {
  -readonly [Name in Exclude<ContextOptionName, ReadOnlyName>]?: AssignableValue<Table[Name]>;
};

const INITIAL = Object.freeze(
  Object.fromEntries(Object.entries<OptionRow>(CONTEXT_OPTIONS).map(([name, row]) => [name, row.default])),
) as unknown as ContextOptions; // one value for each row, of the row's type

/** Values that several stores have in common, by libzmq's number: those of the threads of one process. */
export interface SharedValues {
  /** Undefined when nobody has set it. */
  get(number: number): number | undefined;
  set(number: number, value: number): void;
}

/** The options of one context. */
export class ContextOptionStore extends Store<ContextOptions> {
  /** Processors that were added and not removed. */
  readonly #processors: Set<number> = new Set();
  readonly #shared: SharedValues | null;

  constructor(shared: SharedValues | null = null) {
    super(CONTEXT_OPTIONS, INITIAL);
    this.#shared = shared;
  }

  override get<Name extends ContextOptionName>(name: Name): ContextOptions[Name] {
    const own = super.get(name);
    const row: OptionRow = CONTEXT_OPTIONS[name];
    const value = isShared(row) ? this.#shared?.get(row.number ?? -1) : undefined;
    if (value === undefined) return own;
    return (row.type === "boolean" ? value !== 0 : value) as ContextOptions[Name]; // as `set` wrote it
  }

  override snapshot(): Readonly<ContextOptions> {
    if (this.#shared === null) return super.snapshot();
    const names = Object.keys(CONTEXT_OPTIONS) as ContextOptionName[];
    return Object.fromEntries(names.map((name) => [name, this.get(name)])) as unknown as ContextOptions; // each its own
  }

  override set(name: ContextOptionName, value: unknown): boolean {
    const changed = super.set(name, value);
    const row: OptionRow = CONTEXT_OPTIONS[name];
    if (isShared(row)) this.#shared?.set(row.number ?? -1, Number(super.get(name)));
    if (name === "threadAffinityCpuAdd") this.#processors.add(this.get(name));
    if (name === "threadAffinityCpuRemove" && !this.#processors.delete(this.get(name))) {
      throw new ZmqError("EINVAL", { hint: `threadAffinityCpuRemove: ${this.get(name)} was not added` });
    }
    return changed;
  }
}

/** What is a number, and is kept at all. */
function isShared(row: OptionRow): boolean {
  return row.access !== "r" && row.type !== "string" && row.number !== null;
}
