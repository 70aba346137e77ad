import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./failure.ts";
import type { Flag, Flags, FlagValue, Values } from "./flags.ts";

/** A command line in its two halves. */
export interface Arguments<Table extends Flags = Flags> {
  readonly values: Values<Table>;
  readonly positionals: readonly string[];
}

/**
 * Reads a command line by a table of flags; throws a UsageError that names what is wrong with it. `--no-NAME` sets a
 * boolean flag to false.
 */
export function parse<Table extends Flags>(args: readonly string[], flags: Table): Arguments<Table> {
  const config: ParseArgsConfig = {
    args: joinNegatives(args),
    options: Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, parserOption(flag)])),
    allowPositionals: true,
    strict: false, // its own errors speak of code; ours are below
    tokens: true,
  };
  const { positionals, tokens = [] } = parseArgs(config);
  const values: Record<string, FlagValue> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const [name, flag] = known(token.rawName, token.name, flags);
    const given = token.rawName;
    const value =
      flag.type === "boolean" ? toggled(given, name === token.name, token.value) : valueOf(given, flag, token.value);
    values[name] = flag.many === true ? [...((values[name] as string[] | undefined) ?? []), String(value)] : value; // of a `many` flag
  }
  return { values: values as Values<Table>, positionals }; // each value is of its row's type
}

/** "--linger -1" as "--linger=-1": the parser would take -1 for a flag. */
function joinNegatives(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1) ?? "";
    if (/^-\d+$/.test(arg) && /^--[^=]+$/.test(before)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function parserOption(flag: Flag): { type: "string" | "boolean"; short?: string; multiple: true } {
  const type = flag.type === "boolean" ? "boolean" : "string";
  return { type, multiple: true, ...(flag.short === undefined ? {} : { short: flag.short }) };
}

function known(given: string, name: string, flags: Flags): [string, Flag] {
  const positive = name.replace(/^no-/, "");
  for (const candidate of [name, positive]) {
    const flag = flags[candidate];
    if (flag !== undefined && (candidate === name || flag.type === "boolean")) return [candidate, flag];
  }
  const near = nearest(positive, Object.keys(flags));
  throw new UsageError(`there is no flag ${given}${near === undefined ? "" : `; did you mean --${near}?`}`);
}

function toggled(given: string, on: boolean, value: string | undefined): boolean {
  if (value === undefined) return on;
  throw new UsageError(`${given} takes no value`);
}

function valueOf(given: string, flag: Flag, value: string | undefined): string | number {
  const wanted = flag.choices === undefined ? flag.value : `one of ${flag.choices.join(", ")}`;
  if (value === undefined) throw new UsageError(`${given} needs a value: ${wanted}`);
  if (flag.type === "number") {
    const number = Number(value);
    if (value.trim() === "" || !Number.isInteger(number) || number < (flag.min ?? -Infinity)) {
      const least = flag.min === undefined ? "" : `, ${flag.min} or more`;
      throw new UsageError(`${given} takes a whole number${least}, not "${value}"`);
    }
    return number;
  }
  if (flag.choices?.includes(value) === false) throw new UsageError(`${given} takes ${wanted}, not "${value}"`);
  return value;
}

/** The name that a mistyped one may mean: at most two letters differ. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const ranked = names.map((name) => ({ name, distance: distance(given, name) }));
  return ranked.sort((one, other) => one.distance - other.distance).find((each) => each.distance <= 2)?.name;
}

/** How many letters have to be put in, taken out or changed (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of one.split("").entries()) {
    const next = [at + 1];
    for (let column = 1; column <= other.length; column++) {
      const change = (row[column - 1] ?? 0) + (other[column - 1] === letter ? 0 : 1);
      next.push(Math.min(change, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
