import type { ErrorCode } from "../base/errors.ts";
import { SOCKET_TYPES, type ReceivingType, type SendingType, type TypeName } from "./socket-types.ts";

/**
 * One row of an option table, as data: what the option is called, what values it takes, when they take effect.
 * Types, defaults, checks, accessors, docs and command-line flags are derived from the rows; nothing is listed twice.
 */
export interface OptionRow {
  readonly type: keyof ValueOfType | "choice";
  /** libzmq's number; null for what only this library has. */
  readonly number: number | null;
  /** Other numbers of libzmq for the same thing, each a boolean: what true and false stand for. */
  readonly aliases?: { readonly [number: number]: { readonly true: OptionValue; readonly false: OptionValue } };
  readonly default: OptionValue;
  /** Socket types whose default is another. */
  readonly defaultFor?: { readonly [Type in TypeName]?: OptionValue };
  /** Bounds: of the number itself, or of the length in bytes of a text. Without them, what the type can hold. */
  readonly min?: number;
  readonly max?: number;
  /** Numbers are rounded down to a multiple of it. */
  readonly step?: number;
  /** Regular expression that a text must match. */
  readonly pattern?: string;
  /** Of a choice: the names beside null, with libzmq's value for each. */
  readonly choices?: { readonly [name: string]: number };
  /** Which mechanism setting it chooses, and which side of it this is then; a key alone leaves the side as it was. */
  readonly decides?: { readonly mechanism: "plain" | "curve"; readonly role?: "server" | "client" };
  /** It must not be shown: on a screen, in a log, in an error. */
  readonly secret?: true;
  /** Each set adds to a comma-separated list; null and "" clear it. */
  readonly adds?: true;
  /** A text that is read and set as a number too, in decimal, as zmq_ctx_set does. */
  readonly numeric?: true;
  readonly unit?: string;
  /** As libzmq allows it by number. A property that is "w" there can be read here. */
  readonly access: "rw" | "r" | "w";
  /** Which socket types have it as a property. */
  readonly on: "all" | "sending" | "receiving" | readonly TypeName[];
  /** "live": at once. "next": for connections and listeners made by a later bind or connect. */
  readonly when: "live" | "next";
  /** The property's name, where two socket types use one name for different options. */
  readonly property?: string;
  /** Why a value is kept but has no effect. */
  readonly inert?: string;
  /** Why anything but the default is refused: for options that must not be ignored in silence. */
  readonly refused?: { readonly code: ErrorCode; readonly why: string };
  readonly doc: string;
}

export type OptionRows = { readonly [name: string]: OptionRow };

/** JavaScript's side of each type, as the library holds it. A text option without a value is null. */
export interface ValueOfType {
  boolean: boolean;
  int32: number;
  int64: number;
  uint64: number;
  /** UTF-8 text. */
  string: string | null;
  /** Binary, and never shared with the caller. */
  bytes: Uint8Array | null;
  /** A CURVE key of 32 bytes; a user sees and may give Z85. */
  key: Uint8Array | null;
  /** ZMTP metadata: property names and values. */
  metadata: Readonly<Record<string, string>>;
}

export type OptionValue = ValueOfType[keyof ValueOfType];

/** What the library holds for a row. */
export type HeldValue<Row> = Row extends { type: "choice"; choices: infer Choices }
  ? (keyof Choices & string) | null
  : Row extends { type: infer Type extends keyof ValueOfType }
    ? ValueOfType[Type]
    : never;

/**
 * What a socket's property gives and takes in TypeScript: as held, but binary reads as UTF-8 text, as in zeromq.js, and
 * keys as Z85.
 */
export type PropertyValue<Row> = Row extends { type: "bytes" | "key" } ? string | null : HeldValue<Row>;

/** What may be assigned: text options also take bytes, and binary ones text. */
export type AssignableValue<Row> = Row extends { type: "bytes" | "string" | "key" }
  ? string | Uint8Array | null
  : HeldValue<Row>;

/** Whether sockets of type `Type` have the row as a property. */
export type HasRow<Row, Type extends TypeName> = Row extends { on: "all" }
  ? true
  : Row extends { on: "sending" }
    ? Type extends SendingType
      ? true
      : false
    : Row extends { on: "receiving" }
      ? Type extends ReceivingType
        ? true
        : false
      : Row extends { on: readonly (infer Listed)[] }
        ? Type extends Listed
          ? true
          : false
        : false;

/** `HasRow` at run time. */
export function hasRow(row: OptionRow, type: TypeName): boolean {
  if (row.on === "all") return true;
  if (row.on === "sending") return SOCKET_TYPES[type].sends;
  if (row.on === "receiving") return SOCKET_TYPES[type].receives;
  return row.on.includes(type);
}

export function defaultOf(row: OptionRow, type: TypeName): OptionValue {
  const own = row.defaultFor?.[type];
  return own === undefined ? row.default : own;
}
