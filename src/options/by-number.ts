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

/**
 * Reads the option that libzmq calls `id` as a C type; undefined when it is no option here, or can't be read. As in
 * libzmq, any 4-byte type reads the options of that size, and every other mismatch is EINVAL.
 */
export function readByNumber<Values extends object>(
  store: Store<Values>,
  id: number,
  as: NumberedAs,
): boolean | number | string | null | undefined {
  const found = find(store, id, "w");
  if (found === undefined) return undefined;
  const { name, alias } = found;
  const row = store.row(name);
  const value = store.get(name as keyof Values & string) as OptionValue; // the name is one of the store's rows
  checkForm(name, row, as, alias !== undefined);
  if (as === "string") return store.shown(name as keyof Values & string) as string | null; // text rows only
  const number = alias === undefined ? numberOf(row, value) : Number(value === alias.true);
  if (as === "bool") return number !== 0;
  return as === "uint32" ? number >>> 0 : number;
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
  const found = find(store, id, "r");
  if (found === undefined) return undefined;
  const { name, alias } = found;
  const row = store.row(name);
  checkForm(name, row, as, alias !== undefined);
  const known = name as keyof Values & string; // the store has it
  if (alias !== undefined) return { name: known, value: flagOf(name, value) ? alias.true : alias.false };
  if (row.type === "boolean") return { name: known, value: flagOf(name, value) };
  if (row.type === "choice") return { name: known, value: choiceOf(name, row, Number(value)) };
  if (row.type === "metadata") return { name: known, value: withProperty(store.get(known) as object, value) };
  if (row.numeric === true && as !== "string") return { name: known, value: String(Number(value)) };
  return { name: known, value: typeof value === "boolean" ? Number(value) : value };
}

interface Found {
  readonly name: string;
  readonly alias: NonNullable<OptionRow["aliases"]>[number] | undefined;
}

/**
 * Rows may share a number when one can only be read and the other only written, as in libzmq's context options. Those
 * about a direction are on every socket in libzmq, even if it has no such direction.
 */
function find<Values extends object>(store: Store<Values>, id: number, without: "r" | "w"): Found | undefined {
  for (const name of Object.keys(store.rows)) {
    const row = store.row(name);
    const alias = row.aliases?.[id];
    if ((row.number !== id && alias === undefined) || row.access === without) continue;
    if (store.has(name) || typeof row.on === "string") return { name, alias };
  }
  return undefined;
}

const FOUR_BYTES: readonly NumberedAs[] = ["bool", "int32", "uint32"];
const EIGHT_BYTES: readonly NumberedAs[] = ["int64", "uint64"];
const FORMS: { readonly [Type in OptionRow["type"]]: readonly NumberedAs[] } = {
  boolean: FOUR_BYTES,
  int32: FOUR_BYTES,
  choice: FOUR_BYTES,
  int64: EIGHT_BYTES,
  uint64: EIGHT_BYTES,
  string: ["string"],
  bytes: ["string"],
  key: ["string"],
  metadata: ["string"],
};

function checkForm(name: string, row: OptionRow, as: NumberedAs, alias: boolean): void {
  const forms = alias ? FOUR_BYTES : FORMS[row.type];
  if (forms.includes(as) || (row.numeric === true && FOUR_BYTES.includes(as))) return;
  throw new ZmqError("EINVAL", { hint: `${row.property ?? name} is not of the type ${as}` });
}

function numberOf(row: OptionRow, value: OptionValue): number {
  if (row.type === "choice") return typeof value === "string" ? (row.choices?.[value] ?? 0) : 0;
  return Number(value ?? 0);
}

/** The name of a choice; null for a 0 that names none. */
function choiceOf(name: string, row: OptionRow, number: number): string | null {
  const [found] = Object.entries(row.choices ?? {}).find(([, value]) => value === number) ?? [];
  if (found !== undefined || number === 0) return found ?? null;
  throw new ZmqError("EINVAL", { hint: `${name} does not take ${number}` });
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
