import { secretIn } from "./secrets.ts";
import { OPTIONS, propertiesOf, type OptionRow, type SocketType } from "../index.ts";

/** One flag, as data: parsing and help derive from it. */
export interface Flag {
  readonly type: "text" | "number" | "boolean";
  /** What help shows for its value. */
  readonly value?: string;
  /** Of a number. */
  readonly min?: number;
  readonly choices?: readonly string[];
  /** May be given more than once. */
  readonly many?: true;
  readonly short?: string;
  /** What help shows, and what a command takes when the flag is not given. */
  readonly default?: string | number | boolean;
  readonly doc: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** What one flag comes to. */
export type FlagValue = string | number | boolean | readonly string[];

type ValueOf<Row extends Flag> = Row extends { many: true }
  ? readonly string[]
  : Row extends { choices: readonly (infer Choice)[] }
    ? Choice
    : Row extends { type: "number" }
      ? number
      : Row extends { type: "boolean" }
        ? boolean
        : Row extends { type: "text" }
          ? string
          : never;

/** What a command line comes to; flags that were not given are absent. */
export type Values<Table extends Flags = Flags> = Flags extends Table
  ? Readonly<Record<string, FlagValue | undefined>>
  : { readonly [Name in keyof Table]?: ValueOf<Table[Name]> };

/** Flags that every verb has. */
export const GENERAL_FLAGS = {
  help: { type: "boolean", short: "h", doc: "Show this help." },
} as const;

/** Flags of the verbs that are a socket; each verb lists which of them it takes. */
export const SOCKET_FLAGS = {
  bind: { type: "text", value: "ADDRESS", many: true, doc: "Bind there; others connect. May be repeated." },
  connect: { type: "text", value: "ADDRESS", many: true, doc: "Connect there, now or once somebody is there." },
  topic: { type: "text", value: "TEXT", many: true, doc: "Subscribe to what begins with this; may be repeated." },
  format: {
    type: "text",
    choices: ["text", "hex", "json", "raw"],
    value: "NAME",
    default: "text",
    doc: "How messages look on stdin and stdout: text, hex, json, raw.",
  },
  delimiter: { type: "text", value: "TEXT", default: "\t", doc: "Between the frames of a line, in text and hex." },
  message: { type: "text", value: "TEXT", many: true, doc: "Send this instead of reading stdin; may be repeated." },
  echo: { type: "boolean", doc: "Answer each message with itself instead of reading stdin." },
  count: { type: "number", min: 0, value: "N", doc: "End after so many messages." },
  interval: { type: "number", min: 0, value: "MS", doc: "Wait so long between two messages sent." },
  timeout: { type: "number", min: 0, value: "MS", doc: "Give up (exit code 3) when one step takes longer." },
  wait: { type: "boolean", doc: "Send nothing before somebody is there to receive it; --no-wait does not wait." },
  peers: { type: "number", min: 1, value: "N", doc: "With --wait: how many have to be there.", default: 1 },
  verbose: { type: "boolean", short: "v", doc: "Tell on stderr what happens to connections." },
  stats: { type: "boolean", doc: "At the end, write the socket's counters to stderr, as JSON." },
} as const;
SOCKET_FLAGS satisfies Flags;

export type SocketFlag = keyof typeof SOCKET_FLAGS;
export type SocketValues = Values<typeof SOCKET_FLAGS>;

/** The option behind a flag. */
export interface Setting {
  readonly property: string;
  readonly row: OptionRow;
}

/** A flag for each option that a type of socket honours, from the option table, and what it sets. */
export function optionFlags(type: SocketType): { flags: Flags; settings: ReadonlyMap<string, Setting> } {
  const flags: Record<string, Flag> = {};
  const settings = new Map<string, Setting>();
  for (const [property, name] of propertiesOf(type.name)) {
    const row: OptionRow = OPTIONS[name];
    if (row.access === "r" || row.inert !== undefined || row.refused !== undefined) continue;
    const flag = property.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    flags[flag] = flagOf(row, type);
    settings.set(flag, { property, row });
  }
  return { flags, settings };
}

const NUMBERS: readonly OptionRow["type"][] = ["int32", "int64", "uint64"];

function flagOf(row: OptionRow, type: SocketType): Flag {
  if (row.secret === true)
    return { type: "text", value: "FILE", doc: `${row.doc} From the first line of FILE, or a certificate.` };
  const { doc } = row;
  const given = row.defaultFor?.[type.name] ?? row.default;
  const shown = typeof given === "object" ? {} : { default: given };
  if (row.type === "boolean") return { type: "boolean", doc, ...shown };
  if (NUMBERS.includes(row.type)) return { type: "number", value: (row.unit ?? "n").toUpperCase(), doc, ...shown };
  if (row.type === "metadata") return { type: "text", value: "X-NAME=TEXT", many: true, doc };
  if (row.type === "choice") return { type: "text", value: "NAME", choices: Object.keys(row.choices ?? {}), doc };
  if (row.adds === true) return { type: "text", value: "TEXT", many: true, doc };
  return { type: "text", value: "TEXT", doc, ...shown };
}

/** Properties to set on a socket, in order, from flags by their names. */
export function optionValues(
  values: Values,
  settings: ReadonlyMap<string, Setting>,
): [property: string, value: unknown][] {
  return [...settings].flatMap(([flag, { property, row }]): [string, unknown][] => {
    const value = values[flag];
    if (value === undefined) return [];
    if (row.secret === true) return [[property, secretIn(String(value))]];
    if (!Array.isArray(value)) return [[property, value]];
    const texts = value as string[]; // of a flag with `many`
    return row.type === "metadata" ? [[property, pairs(texts)]] : texts.map((text) => [property, text]);
  });
}

function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => [text.split("=", 1)[0] ?? "", text.slice(text.indexOf("=") + 1)]));
}
