import type { TypeName } from "./socket-types.ts";

/** One thing that libzmq counts among a socket's options and that is a method or a state here. */
export interface NumberRow {
  readonly number: number;
  /** The C type that reads or sets it. */
  readonly type: "int32" | "string";
  readonly access: "r" | "w";
  readonly on: "all" | readonly TypeName[];
  /** What it is here, as a program writes it. */
  readonly here: string;
  /** Why it can't be had; reading or setting it is EINVAL. */
  readonly refused?: string;
  readonly doc: string;
}

/** What libzmq has as options beyond the option table; subclasses reach it by number (see `Socket`). */
export const NUMBERS = {
  subscribe: {
    number: 6,
    type: "string",
    access: "w",
    on: ["SUB", "XPUB"],
    here: "subscribe()",
    doc: "Subscribe to a topic.",
  },
  unsubscribe: {
    number: 7,
    type: "string",
    access: "w",
    on: ["SUB", "XPUB"],
    here: "unsubscribe()",
    doc: "Undo a subscription.",
  },
  receiveMore: {
    number: 13,
    type: "int32",
    access: "r",
    on: "all",
    here: "0: messages are received whole",
    doc: "Whether more frames of a message are to come.",
  },
  fd: {
    number: 14,
    type: "int32",
    access: "r",
    on: "all",
    here: "readable, writable, or a Poller",
    refused: "no file descriptor stands for a socket; use readable and writable, or a Poller",
    doc: "A descriptor to wait for.",
  },
  events: {
    number: 15,
    type: "int32",
    access: "r",
    on: "all",
    here: "readable, writable",
    doc: "Whether it can be received from (1) and sent to (2).",
  },
  type: { number: 16, type: "int32", access: "r", on: "all", here: "type", doc: "The socket's type." },
  lastEndpoint: {
    number: 32,
    type: "string",
    access: "r",
    on: "all",
    here: "lastEndpoint",
    doc: "What the last bind or connect came to.",
  },
  connectRoutingId: {
    number: 61,
    type: "string",
    access: "w",
    on: ["ROUTER", "STREAM"],
    here: "connect(address, { routingId })",
    doc: "What the peer of the next connect is called.",
  },
} as const;

NUMBERS satisfies { readonly [name: string]: NumberRow };

export type NumberName = keyof typeof NUMBERS;

/** The row of a number that can be read, or set, on sockets of a type. */
export function numberName(id: number, access: "r" | "w", type: TypeName): NumberName | undefined {
  return (Object.keys(NUMBERS) as NumberName[]).find((name) => {
    const row: NumberRow = NUMBERS[name];
    return row.number === id && row.access === access && (row.on === "all" || row.on.includes(type));
  });
}
