import { text } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import type { OptionRow, OptionValue } from "./row.ts";
import type { Store } from "./store.ts";

/** The C type a caller reads or writes an option as: zeromq.js' `get`/`set` + `Bool`, `Int32` … + `Option`. */
export type NumberedAs = "bool" | "int32" | "uint32" | "int64" | "uint64" | "string";

/** What to set: the store's own checks are still to come. */
export interface Setting<Values extends object> {
  readonly name: keyof Values & string;
  readonly value: unknown;
}

/** libzmq has two booleans where zeromq.js has one choice (ZMQ_XPUB_VERBOSE, ZMQ_XPUB_VERBOSER). */
const CHOICE_FLAGS: { readonly [id: number]: { readonly name: string; readonly choice: string } } = {
  40: { name: "verbosity", choice: "allSubs" },
  78: { name: "verbosity", choice: "allSubsUnsubs" },
};

/**
 * Reads the option that libzmq calls `id` as a C type; undefined when it is no option here, or can't be read. As in
 * libzmq, any 4-byte type reads the options of that size, and every other mismatch is EINVAL.
 */
export function readByNumber<Values extends object>(
  store: Store<Values>,
  id: number,
  as: NumberedAs,
): boolean | number | string | null | undefined {
  const name = nameOf(store, id, "w");
  if (name === undefined) return undefined;
  checkForm(name, store.row(name), as);
  const value = store.get(name as keyof Values & string) as OptionValue; // the name is one of the store's rows
  if (as === "string") return value instanceof Uint8Array ? text(value) : (value as string | null); // text rows only
  const number = typeof value === "object" || typeof value === "string" ? choiceNumber(store.row(name), value) : value;
  if (as === "bool") return number !== 0 && number !== false;
  return as === "uint32" ? Number(number) >>> 0 : Number(number);
}

/**
 * What writing `value` as a C type to the option that libzmq calls `id` amounts to; undefined when it is no option
 * here, or can't be written. Throws a TypeError when `value` is not of the type's JavaScript side.
 */
export function settingByNumber<Values extends object>(
  store: Store<Values>,
  id: number,
  as: NumberedAs,
  value: unknown,
): Setting<Values> | undefined {
  checkValue(as, value);
  const flag = CHOICE_FLAGS[id];
  const name = flag === undefined ? nameOf(store, id, "r") : flag.name;
  if (name === undefined || !store.has(name)) return undefined;
  const row = store.row(name);
  checkForm(name, row, as);
  const known = name as keyof Values & string; // the store has it
  if (flag !== undefined) return { name: known, value: flagOf(name, value) ? flag.choice : null };
  if (row.type === "boolean") return { name: known, value: flagOf(name, value) };
  if (row.type === "metadata") return { name: known, value: withProperty(store.get(known) as object, value) };
  return { name: known, value: typeof value === "boolean" ? Number(value) : value };
}

/**
 * Rows may share a number when one can only be read and the other only written, as in libzmq's context options. Those
 * about a direction are on every socket in libzmq, even if it has no such direction.
 */
function nameOf<Values extends object>(store: Store<Values>, id: number, without: "r" | "w"): string | undefined {
  return Object.keys(store.rows).find((name) => {
    const row = store.row(name);
    return row.number === id && row.access !== without && (store.has(name) || typeof row.on === "string");
  });
}

const FOUR_BYTES = ["bool", "int32", "uint32"] as const;
const EIGHT_BYTES = ["int64", "uint64"] as const;
const FORMS: { readonly [Type in OptionRow["type"]]: readonly NumberedAs[] } = {
  boolean: FOUR_BYTES,
  int32: FOUR_BYTES,
  choice: FOUR_BYTES,
  int64: EIGHT_BYTES,
  uint64: EIGHT_BYTES,
  string: ["string"],
  bytes: ["string"],
  metadata: ["string"],
};

function checkForm(name: string, row: OptionRow, as: NumberedAs): void {
  if (FORMS[row.type].includes(as)) return;
  throw new ZmqError("EINVAL", { hint: `${row.property ?? name} is not of the type ${as}` });
}

function choiceNumber(row: OptionRow, value: OptionValue): number {
  return typeof value === "string" ? (row.choices?.[value] ?? 0) : 0;
}

function checkValue(as: NumberedAs, value: unknown): void {
  if (as === "bool" && typeof value !== "boolean") throw new TypeError("Option value must be a boolean");
  if (as === "bool") return;
  if (as !== "string" && typeof value !== "number") throw new TypeError("Option value must be a number");
  if (as !== "string" || value === null || typeof value === "string" || value instanceof Uint8Array) return;
  throw new TypeError("Option value must be a string or buffer");
}

function flagOf(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (value === 0 || value === 1) return value === 1;
  throw new ZmqError("EINVAL", { hint: `${name} takes 0 or 1, not ${String(value)}` });
}

/** ZMQ_METADATA takes one "X-Name:value" at a time, and keeps the first value of a name. */
function withProperty(before: object, line: unknown): object {
  const given = line instanceof Uint8Array ? text(line) : String(line);
  const colon = given.indexOf(":");
  if (colon < 0) throw new ZmqError("EINVAL", { hint: `metadata takes "X-Name:value", not ${JSON.stringify(given)}` });
  return { [given.slice(0, colon)]: given.slice(colon + 1), ...before };
}
