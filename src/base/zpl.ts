import { ZmqError } from "./errors.ts";

/** One section of a ZPL text: names and values, by the section's name. */
export type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** RFC 4: what a name may be made of. */
const NAME = /^[A-Za-z0-9$\-_@.&+/]+$/;

/** A name, indented or not, and perhaps a value; what comes behind a value or name is a comment. */
const LINE = /^( *)([^\s=#]+)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s#"'][^#]*)?)\s*)?(?:#.*)?$/;

/**
 * Reads ZPL (RFC 4) as far as certificates need it: sections, and the properties in them; what lies deeper is left out, and
 * of equal names the first counts, as in CZMQ.
 *
 * @throws ZmqError EINVAL with the number of a line that is no ZPL; what stands there is not told, it may be a secret.
 */
export function parseZpl(text: string): Sections {
  const sections = new Map<string, Map<string, string>>();
  let properties = new Map<string, string>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, indent = "", name = "", ...values] = LINE.exec(line) ?? [];
    if (name === "") throw new ZmqError("EINVAL", { hint: `line ${at + 1} is no ZPL` });
    if (indent === "") sections.set(name, (properties = sections.get(name) ?? new Map<string, string>()));
    else if (indent.length === 4 && !properties.has(name)) properties.set(name, valueOf(values));
  }
  return sections;
}

/**
 * ZPL of sections and their properties, as CZMQ writes it: each value in quotes.
 *
 * @throws ZmqError EINVAL for a name or value that ZPL can't hold.
 */
export function formatZpl(comments: readonly string[], sections: Sections): string {
  const lines = comments.map((comment) => `#   ${comment}`);
  lines.push("");
  for (const [section, properties] of sections) {
    lines.push(section);
    for (const [name, value] of properties) lines.push(`    ${checkedName(name)} = ${quoted(name, value)}`);
  }
  return `${lines.join("\n")}\n`;
}

function valueOf([double, single, bare]: readonly (string | undefined)[]): string {
  return double ?? single ?? bare?.trimEnd() ?? "";
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new ZmqError("EINVAL", { hint: `${JSON.stringify(name)} has characters that no name in ZPL has` });
}

function quoted(name: string, value: string): string {
  const quote = value.includes('"') ? "'" : '"';
  if (!value.includes(quote) && !/[\r\n]/.test(value)) return quote + value + quote;
  throw new ZmqError("EINVAL", { hint: `${name} has a line break, or quotes of both kinds, which ZPL can't hold` });
}
