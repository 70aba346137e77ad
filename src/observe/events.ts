import type { ProtocolError } from "../base/errors.ts";

/**
 * What an observer can hear of a socket: zeromq.js' event types, with libzmq's bits, and what each one says.
 *
 * Fields under `fields` are always there, those under `also` where they are known. zeromq.js has only `address`,
 * `interval` and `error`.
 */
export const EVENTS = {
  accept: {
    bit: 0x20,
    fields: ["address", "peer", "peerAddress"],
    also: [],
    doc: "A listener accepted a connection; its handshake follows.",
  },
  "accept:error": {
    bit: 0x40,
    fields: ["address"],
    also: ["peerAddress"],
    error: "system",
    doc: "A connection could not be accepted, or was turned away by a filter or a limit.",
  },
  bind: {
    bit: 0x8,
    fields: ["address"],
    also: [],
    doc: "A listener is bound.",
  },
  "bind:error": {
    bit: 0x10,
    fields: ["address"],
    also: [],
    error: "system",
    doc: "A listener could not be bound. The address lacks its scheme, as in libzmq.",
  },
  connect: {
    bit: 0x1,
    fields: ["address", "peerAddress"],
    also: ["peer"],
    doc: "A connection is made; its handshake follows.",
  },
  "connect:delay": {
    bit: 0x2,
    fields: ["address"],
    also: [],
    doc: "A connection attempt is under way.",
  },
  "connect:retry": {
    bit: 0x4,
    fields: ["address", "interval"],
    also: [],
    doc: "The next connection attempt follows after `interval`.",
  },
  close: {
    bit: 0x80,
    fields: ["address"],
    also: ["reason", "error"],
    doc: "A listener was closed, or a connection attempt failed: then `reason` says why.",
  },
  "close:error": {
    bit: 0x100,
    fields: ["address"],
    also: [],
    error: "system",
    doc: "Closing a listener failed: the file of an ipc endpoint could not be removed.",
  },
  disconnect: {
    bit: 0x200,
    fields: ["address"],
    also: ["peer", "peerAddress", "socketType", "routingId", "reason", "error"],
    doc: "A connection ended, and not because this side wanted it to; `reason` says why.",
  },
  end: {
    bit: 0x400,
    fields: [],
    also: [],
    doc: "The socket was closed: no event follows.",
  },
  handshake: {
    bit: 0x1000,
    fields: ["address", "peer", "peerAddress", "socketType", "routingId"],
    also: [],
    doc: "The handshake is done: messages flow.",
  },
  "handshake:error:protocol": {
    bit: 0x2000,
    fields: ["address"],
    also: ["peer", "peerAddress", "reason"],
    error: "protocol",
    doc: "The handshake failed because the peer broke the protocol, or can't talk with this socket.",
  },
  "handshake:error:auth": {
    bit: 0x4000,
    fields: ["address"],
    also: ["peer", "peerAddress", "reason"],
    error: "auth",
    doc: "The handshake failed because authentication was denied.",
  },
  "handshake:error:other": {
    bit: 0x800,
    fields: ["address"],
    also: ["peer", "peerAddress", "reason"],
    error: "system",
    doc: "The handshake failed because the connection was lost (EPIPE) or time ran out (EAGAIN).",
  },
  unknown: {
    bit: 0,
    fields: [],
    also: [],
    doc: "Never emitted; zeromq.js has it for events of a newer libzmq.",
  },
} as const;

EVENTS satisfies { readonly [type: string]: EventRow };

/** What the fields mean. */
export const EVENT_FIELDS = {
  address: { type: "string", doc: "The endpoint bound or connected, as `lastEndpoint` gives it." },
  interval: { type: "number", doc: "Milliseconds." },
  peer: { type: "number", doc: "Which connection; counts up within the process, and `peers` knows it." },
  peerAddress: { type: "string", doc: "Where the peer is: `tcp://127.0.0.1:40112`." },
  socketType: { type: "string", doc: "What the peer says it is: `DEALER`; empty when unknown." },
  routingId: { type: "Uint8Array", doc: "What the peer calls itself; empty when it does not." },
  reason: { type: "string", doc: "Why, for people." },
  error: { type: "Error", doc: "Why, for programs: its `code` is stable." },
} as const;

EVENT_FIELDS satisfies { readonly [field: string]: { readonly type: keyof FieldTypes; readonly doc: string } };

/** The classes of `error` of the events that always have one. */
interface EventErrors {
  system: ErrnoError;
  protocol: ProtocolError;
  auth: AuthError;
}

interface FieldTypes {
  string: string;
  number: number;
  Uint8Array: Uint8Array;
  Error: Error;
}

/** One row of the event table. */
export interface EventRow {
  /** libzmq's ZMQ_EVENT_* bit; 0 when it has none. */
  readonly bit: number;
  readonly fields: readonly FieldName[];
  readonly also: readonly FieldName[];
  readonly error?: keyof EventErrors;
  readonly doc: string;
}

/** An error of the system or of this library (a `ZmqError` is one). */
export interface ErrnoError extends Error {
  readonly code: string;
  readonly errno: number;
}

/** A refusal by the authenticator (RFC 27 status codes). */
export interface AuthError extends Error {
  readonly status: 300 | 400 | 500;
}

export type FieldName = keyof typeof EVENT_FIELDS;

/** The `type` of an event. */
export type EventType = keyof typeof EVENTS;

type FieldValue<Field extends FieldName> = FieldTypes[(typeof EVENT_FIELDS)[Field]["type"]];

type ErrorOf<Row> = Row extends { error: infer Kind extends keyof EventErrors }
  ? { readonly error: EventErrors[Kind] }
  : unknown;

type Flat<Type> = { [Key in keyof Type]: Type[Key] };

/** The event of one type: `EventOfType<"bind">`. */
export type EventOfType<Type extends EventType = EventType> = {
  [Each in Type]: Flat<
    { readonly type: Each } & {
      readonly [Field in (typeof EVENTS)[Each]["fields"][number]]: FieldValue<Field>;
    } & {
      readonly [Field in (typeof EVENTS)[Each]["also"][number]]?: FieldValue<Field>;
    } & ErrorOf<(typeof EVENTS)[Each]>
  >;
}[Type];

/** Any event; `type` tells which. */
export type Event = EventOfType;

/** What whoever emits an event hands over beside its type. */
export type EventFields = { readonly [Field in FieldName]?: FieldValue<Field> | undefined };
