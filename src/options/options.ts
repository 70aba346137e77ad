import { ZmqError } from "../base/errors.ts";
import { choice } from "./mechanism.ts";
import { Store } from "./store.ts";
import { defaultOf, hasRow, type OptionRow, type OptionValue } from "./row.ts";
import type { TypeName } from "./socket-types.ts";
import { OPTIONS, type OptionName, type Options } from "./table.ts";

export type { TypeName } from "./socket-types.ts";
export type { InitialOptions, OptionName, Options, OptionsOf } from "./table.ts";

/** The options of one socket. */
export class OptionStore extends Store<Options> {
  readonly type: TypeName;

  /** `defaults` are what the context decides for its sockets. */
  constructor(type: TypeName, defaults: Partial<Options> = {}) {
    super(OPTIONS, initial(type, defaults));
    this.type = type;
  }

  override has(name: string): boolean {
    return super.has(name) && hasRow(this.row(name), this.type);
  }

  /** As `Store.get`. Keys can be read only while CURVE is in force, as in libzmq; else EINVAL. */
  override get<Name extends OptionName>(name: Name): Options[Name] {
    if (this.row(name).type === "key" && super.get("securityMechanism") !== "curve") {
      throw new ZmqError("EINVAL", { hint: `${name} can be read once CURVE is configured` });
    }
    return super.get(name);
  }

  protected override implied(name: string, value: OptionValue, before: Options): Partial<Options> {
    return choice(name as OptionName, this.row(name), value, before); // only rows are set
  }
}

/** The options that sockets of a type have, by the names of their properties. */
export function propertiesOf(type: TypeName): ReadonlyMap<string, OptionName> {
  const names = new Map<string, OptionName>();
  for (const [name, row] of Object.entries(OPTIONS) as [OptionName, OptionRow][]) {
    if (hasRow(row, type)) names.set(row.property ?? name, name);
  }
  return names;
}

const initials = new Map<TypeName, Options>();

/** One shared record for all sockets of a type, unless their context changes it. */
function initial(type: TypeName, defaults: Partial<Options>): Options {
  const known = initials.get(type) ?? Object.freeze(defaultsOf(type));
  initials.set(type, known);
  return Object.keys(defaults).length === 0 ? known : Object.freeze({ ...known, ...defaults });
}

function defaultsOf(type: TypeName): Options {
  const rows = Object.entries<OptionRow>(OPTIONS);
  const values = Object.fromEntries(rows.map(([name, row]) => [name, defaultOf(row, type)]));
  return values as unknown as Options; // one value for each row, of the row's type
}
