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
    inert: "there are no I/O threads",
    doc: "How many threads move bytes.",
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
    inert: "there are no I/O threads",
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
    inert: "there are no I/O threads",
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

/** The options of one context. */
export class ContextOptionStore extends Store<ContextOptions> {
  constructor() {
    super(CONTEXT_OPTIONS, INITIAL);
  }
}
