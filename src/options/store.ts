import { equal, text } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import { encodeZ85 } from "../base/z85.ts";
import { accept } from "./accept.ts";
import type { OptionRow, OptionRows, OptionValue } from "./row.ts";

/**
 * The values of one option table. Checks what is set; does not act on it: who sets tells those whom it concerns.
 *
 * Values are one immutable record, replaced by each change: a snapshot costs nothing, and all stores of a kind that were
 * set alike share one. `Values` is the record's type; the rows say the same at run time.
 */
export class Store<Values extends object> {
  readonly rows: OptionRows;
  #values: Readonly<Values>;
  /** The values to which a refused option may be set. */
  readonly #initial: Readonly<Values>;
  /** Null while there are none: most sockets have none ever. */
  #live: Map<string, () => OptionValue> | null = null;

  constructor(rows: OptionRows, initial: Readonly<Values>) {
    this.rows = rows;
    this.#initial = initial;
    this.#values = initial;
  }

  /** The value as the library holds it: binary ones as bytes. */
  get<Name extends keyof Values & string>(name: Name): Values[Name] {
    const live = this.#live?.get(name);
    return live === undefined ? this.#values[name] : (live() as Values[Name]); // `provide` saw to the type
  }

  /** The value as a user's property reads it: binary ones as UTF-8 text, as in zeromq.js, keys as Z85. */
  shown(name: keyof Values & string): Exclude<OptionValue, Uint8Array> {
    const value = this.get(name) as OptionValue; // every row's values are OptionValues
    if (!(value instanceof Uint8Array)) return value;
    return this.row(name).type === "key" ? encodeZ85(value) : text(value);
  }

  /**
   * Takes a user's value and returns whether it changed anything. Throws a TypeError for the wrong JavaScript type,
   * and a ZmqError: EINVAL for what is out of range, ENOTSUP for what can't be honoured and must not be ignored.
   */
  set(name: keyof Values & string, value: unknown): boolean {
    const row = this.row(name);
    const property = row.property ?? name;
    if (row.access === "r") throw new ZmqError("EINVAL", { hint: `${property} is read-only` });
    const before = this.#values[name] as OptionValue; // every row's values are OptionValues
    const taken = accept(property, row, value);
    const after = row.adds === true ? added(before as string | null, taken as string | null) : taken; // text rows only
    if (row.refused !== undefined && after !== this.#initial[name]) {
      throw new ZmqError(row.refused.code, { hint: `${property} cannot be set: ${row.refused.why}` });
    }
    const others = this.implied(name, after, this.#values);
    const more = Object.keys(others).length > 0;
    if (same(before, after) && !more) return false;
    const next = same(before, after) ? this.#values : changed(this.#values, name, after);
    this.#values = more ? Object.freeze({ ...next, ...others }) : next;
    return true;
  }

  /** What setting `name` to `value` makes of other options, where that is a change. */
  protected implied(_name: string, _value: OptionValue, _before: Readonly<Values>): Partial<Values> {
    return {};
  }

  /** Takes the values of another store of its kind, as they are. */
  restore(values: Readonly<Values>): void {
    this.#values = Object.freeze({ ...values });
  }

  /** All values as they are now; a later change does not show in it. */
  snapshot(): Readonly<Values> {
    return this.#values;
  }

  /** Makes a read-only option read what `value` gives: state of the socket that libzmq counts among the options. */
  provide<Name extends keyof Values & string>(name: Name, value: () => Values[Name] & OptionValue): void {
    (this.#live ??= new Map()).set(name, value);
  }

  /** Whether the owner has the option as a property. */
  has(name: string): boolean {
    return name in this.rows;
  }

  row(name: string): OptionRow {
    const row = this.rows[name];
    if (row === undefined) throw new ZmqError("EINVAL", { hint: `there is no option ${name}` });
    return row;
  }
}

interface Step {
  readonly name: string;
  readonly value: unknown;
  readonly to: object;
}

/** What each record last became: programs set their sockets alike, by the thousand, and a record has a hundred values. */
const steps = new WeakMap<object, Step>();

function changed<Values extends object>(from: Readonly<Values>, name: string, value: OptionValue): Readonly<Values> {
  const step = steps.get(from);
  if (step !== undefined && step.name === name && step.value === value) return step.to as Readonly<Values>; // of its kind
  const to = Object.freeze({ ...from, [name]: value });
  steps.set(from, { name, value, to });
  return to;
}

function added(before: string | null, more: string | null): string | null {
  return before === null || more === null ? more : `${before},${more}`;
}

function same(before: OptionValue, after: OptionValue): boolean {
  if (before instanceof Uint8Array && after instanceof Uint8Array) return equal(before, after);
  return before === after;
}
