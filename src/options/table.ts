import { ABSENT_OPTIONS } from "./absent.ts";
import { FLOW_OPTIONS } from "./flow.ts";
import { NETWORK_OPTIONS } from "./network.ts";
import { PATTERN_OPTIONS } from "./patterns.ts";
import type { AssignableValue, HasRow, HeldValue, PropertyValue } from "./row.ts";
import { SAFETY_OPTIONS } from "./safety.ts";
import { SECURITY_OPTIONS } from "./security.ts";
import type { TypeName } from "./socket-types.ts";

/**
 * The option table of sockets: every option, once, by its zeromq.js name. `lastEndpoint` and `type` are state of a
 * socket and not in here.
 */
export const OPTIONS: typeof FLOW_OPTIONS &
  typeof PATTERN_OPTIONS &
  typeof NETWORK_OPTIONS &
  typeof SAFETY_OPTIONS &
  typeof SECURITY_OPTIONS &
  typeof ABSENT_OPTIONS = {
  ...FLOW_OPTIONS,
  ...PATTERN_OPTIONS,
  ...NETWORK_OPTIONS,
  ...SAFETY_OPTIONS,
  ...SECURITY_OPTIONS,
  ...ABSENT_OPTIONS,
};

type Table = typeof OPTIONS;

export type OptionName = keyof Table;

/** All option values of a socket, as the library holds them; those its type does not have are at their default. */
export type Options = { readonly [Name in OptionName]: HeldValue<Table[Name]> };

type PropertyOf<Name extends OptionName> = Table[Name] extends { property: infer Property extends string }
  ? Property
  : Name;

type NamesOn<Type extends TypeName> = {
  [Name in OptionName]: HasRow<Table[Name], Type> extends true ? Name : never;
}[OptionName];

type ReadOnlyName = { [Name in OptionName]: Table[Name]["access"] extends "r" ? Name : never }[OptionName];

/** The option properties of a socket: `interface Push extends OptionsOf<"PUSH"> {}`. */
export type OptionsOf<Type extends TypeName> = {
  -readonly [Name in Exclude<NamesOn<Type>, ReadOnlyName> as PropertyOf<Name>]: PropertyValue<Table[Name]>;
} & {
  readonly [Name in Extract<NamesOn<Type>, ReadOnlyName> as PropertyOf<Name>]: PropertyValue<Table[Name]>;
};

/** What a socket's constructor takes. */
export type InitialOptions<Type extends TypeName> = {
  -readonly [Name in Exclude<NamesOn<Type>, ReadOnlyName> as PropertyOf<Name>]?: AssignableValue<Table[Name]>;
};
