import type { Flag, Flags } from "./flags.ts";
import type { Example, Verb } from "./verb.ts";

const WIDTH = 100;
/** Where explanations begin. */
const COLUMN = 30;

/** The page of `zmq --help`. */
export function overview(verbs: readonly Verb[]): string {
  return page(
    ["zmq: ZeroMQ on the command line.", "", "Usage: zmq VERB [FLAG...] [ADDRESS...]"],
    section(
      "Verbs",
      verbs.map(({ name, doc }) => row(name, doc)),
    ),
    [
      "Addresses:",
      ...wrap(
        "tcp://HOST:PORT (tcp://*:0 takes any free port), ipc://PATH, ipc://@NAME, inproc://NAME. One side binds, the other connects: " +
          'each verb has its custom, a wildcard host binds, and a leading "@" binds, a leading ">" connects (quote it, and in zsh the *). ' +
          "--bind and --connect say it in words. Any number of addresses, of any kinds, may be given.",
        2,
      ),
    ],
    [
      "Formats (--format):",
      row("text", "One line a message; a tab (--delimiter) between its frames. Bytes pass as they are."),
      row("hex", "The same with each frame in hexadecimal digits."),
      row("json", 'One line a message: an array of frames, each a string, or {"base64": "…"} if it is not UTF-8.'),
      row("raw", "All of stdin is one message; frames are written one after the other, with nothing between."),
    ],
    exitCodes(),
    examples([
      ["zmq demo", "see it all at work: several processes, for ten seconds"],
      ["zmq rep tcp://*:5556 --echo", "a service, in one terminal"],
      ["echo hello | zmq req tcp://127.0.0.1:5556", "and its client, in another"],
      ["zmq pub --help", "all about one verb"],
    ]),
    section("Flags", [
      row("--help, -h", "This page; after a verb, all about that one."),
      row("--version", "The version."),
    ]),
  );
}

/** The page of `zmq VERB --help`. */
export function verbPage(verb: Verb): string {
  const { name, doc, operands, notes, flags, options } = verb;
  return page(
    [`zmq ${name}: ${doc}`, "", `Usage: zmq ${name} [FLAG...]${operands === "" ? "" : ` ${operands}`}`],
    ...notes.map((note) => wrap(note, 0)),
    examples(verb.examples),
    section("Flags", flagRows(flags)),
    Object.keys(options).length === 0 ? [] : section("Options of the socket", flagRows(options)),
    exitCodes(),
  );
}

function exitCodes(): string[] {
  return ["Exit codes:", "  0 done   1 error   2 wrong command line   3 a time limit passed   130 interrupted"];
}

function examples(list: readonly Example[]): string[] {
  return list.length === 0
    ? []
    : section(
        "Examples",
        list.flatMap(([command, effect]) => [`  ${command}`, `      ${effect}`]),
      );
}

function flagRows(flags: Flags): string[] {
  return Object.entries(flags).map(([name, flag]) => {
    const short = flag.short === undefined ? "" : `, -${flag.short}`;
    const value = flag.type === "boolean" ? "" : ` ${flag.value ?? ""}`;
    return row(`--${name}${short}${value}`, `${flag.doc}${choices(flag)}${standard(flag)}`);
  });
}

function choices(flag: Flag): string {
  return flag.choices === undefined || flag.doc.includes(flag.choices.join(", "))
    ? ""
    : ` One of ${flag.choices.join(", ")}.`;
}

function standard(flag: Flag): string {
  const { default: value } = flag;
  if (value === undefined || value === false || value === "") return "";
  return value === true ? " (default: on)" : ` (default: ${value === "\t" ? "a tab" : String(value)})`;
}

function section(title: string, lines: readonly string[]): string[] {
  return [`${title}:`, ...lines];
}

function row(left: string, right: string): string {
  const head = `  ${left}`;
  const text = wrap(right, COLUMN).join("\n");
  return head.length < COLUMN - 1 ? head + text.slice(head.length) : `${head}\n${text}`;
}

function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || indent + last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => " ".repeat(indent) + line);
}

function page(...parts: readonly (readonly string[])[]): string {
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;
}
