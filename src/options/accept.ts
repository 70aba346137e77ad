import { copyOf, text, utf8 } from "../base/bytes.ts";
import { ZmqError } from "../base/errors.ts";
import { decodeZ85 } from "../base/z85.ts";
import type { OptionRow, OptionValue } from "./row.ts";

/**
 * Checks one assigned value against its row and gives it the form the library holds.
 *
 * A value of the wrong JavaScript type is a TypeError that begins as zeromq.js' does; one out of range is EINVAL.
 */
export function accept(property: string, row: OptionRow, value: unknown): OptionValue {
  switch (row.type) {
    case "boolean":
      if (typeof value === "boolean") return value;
      throw wrongType("a boolean", property, value);
    case "string":
      return acceptText(property, row, value);
    case "bytes":
      return acceptBytes(property, row, value);
    case "choice":
      return acceptChoice(property, row, value);
    case "key":
      return acceptKey(property, value);
    case "metadata":
      return acceptMetadata(property, value);
    default:
      return acceptNumber(property, row, value);
  }
}

/** Bounds of the number types; 64-bit ones lose precision above 2^53, as in zeromq.js. */
const HOLDS = {
  int32: [-0x8000_0000, 0x7fff_ffff],
  int64: [-(2 ** 63), 2 ** 63],
  uint64: [0, 2 ** 64],
} as const;

/** Fractions are cut off, as in zeromq.js; NaN and the infinities, which it turns into 0, are refused. */
function acceptNumber(property: string, row: OptionRow, value: unknown): number {
  if (typeof value !== "number") throw wrongType("a number", property, value);
  const [least, most] = bounds(row);
  const whole = Math.trunc(value) + 0; // + 0 turns -0 into 0
  if (!(whole >= least && whole <= most) || !Number.isFinite(whole)) {
    throw invalid(property, `takes ${range(row)}, not ${value}`);
  }
  return row.step === undefined ? whole : whole - (whole % row.step);
}

function bounds(row: OptionRow): readonly [number, number] {
  const [least, most] = HOLDS[row.type as keyof typeof HOLDS]; // only called for number types
  return [row.min ?? least, row.max ?? most];
}

/** What a number option takes, in words: "-1 or more ms", "0 to 7 bits". */
function range(row: OptionRow): string {
  const [least, most] = bounds(row);
  const unit = row.unit === undefined ? "" : ` ${row.unit}`;
  return row.type === "int32" ? `${least} to ${most}${unit}` : `numbers from ${least}${unit}`;
}

function acceptText(property: string, row: OptionRow, value: unknown): string | null {
  if (value === null) return null;
  const given = value instanceof Uint8Array ? text(value) : value;
  if (typeof given !== "string") throw wrongType("a string or buffer", property, value);
  if (given === "" && (row.min ?? 0) === 0) return null;
  checkLength(property, row, utf8(given).length);
  if (row.pattern !== undefined && !new RegExp(row.pattern).test(given)) {
    throw invalid(property, `does not take ${JSON.stringify(given)}`);
  }
  return given;
}

/** Octets of a CURVE key (RFC 26), and its characters in Z85; libzmq also takes a NUL behind these. */
const KEY_BYTES = 32;
const KEY_DIGITS = 40;

/**
 * Unlike other texts, a key can't be taken back, as in libzmq: `null` is an error, so that a program whose key is missing
 * does not run without. What was given is never told.
 */
function acceptKey(property: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array && value.length === KEY_BYTES) return copyOf(value);
  if (typeof value !== "string" && !(value instanceof Uint8Array) && value !== null) {
    throw wrongType("a string or buffer", property, value);
  }
  const given = value instanceof Uint8Array ? text(value) : (value ?? "");
  const digits = given.length === KEY_DIGITS + 1 && given.endsWith("\0") ? given.slice(0, KEY_DIGITS) : given;
  if (digits.length !== KEY_DIGITS) {
    throw invalid(property, `takes ${KEY_DIGITS} characters of Z85 or ${KEY_BYTES} bytes, not ${given.length}`);
  }
  try {
    return decodeZ85(digits);
  } catch {
    throw invalid(property, "is no Z85: it has characters, or groups of five, that Z85 does not have");
  }
}

function acceptBytes(property: string, row: OptionRow, value: unknown): Uint8Array | null {
  if (value === null) return null;
  if (typeof value !== "string" && !(value instanceof Uint8Array)) {
    throw wrongType("a string or buffer", property, value);
  }
  const bytes = typeof value === "string" ? utf8(value) : copyOf(value);
  checkLength(property, row, bytes.length);
  return bytes.length === 0 ? null : bytes;
}

function checkLength(property: string, row: OptionRow, length: number): void {
  const least = row.min ?? 0;
  const most = row.max ?? Infinity;
  if (length >= least && length <= most) return;
  throw invalid(property, `takes ${least === most ? most : `${least} to ${most}`} bytes, not ${length}`);
}

function acceptChoice(property: string, row: OptionRow, value: unknown): string | null {
  const choices = Object.keys(row.choices ?? {});
  if (value === null) return null;
  if (typeof value === "string" && choices.includes(value)) return value;
  throw wrongType(`null or one of ${choices.join(", ")}`, property, value);
}

/** RFC 23 "name": what a metadata name is made of; libzmq wants application names to begin with X-. */
const METADATA_NAME = /^X-[A-Za-z0-9\-_.+]{1,253}$/;

function acceptMetadata(property: string, value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) throw wrongType("an object of strings", property, value);
  const entries = Object.entries(value);
  for (const [name, content] of entries) {
    if (typeof content !== "string") throw wrongType("an object of strings", property, content);
    if (!METADATA_NAME.test(name)) {
      throw invalid(property, `takes names of "X-" and letters, digits, - _ . +, not ${JSON.stringify(name)}`);
    }
  }
  return Object.freeze(Object.fromEntries(entries) as Record<string, string>); // every value was just checked
}

function wrongType(wanted: string, property: string, value: unknown): TypeError {
  const given = value === null ? "null" : typeof value === "string" ? JSON.stringify(value) : typeof value;
  return new TypeError(`Option value must be ${wanted}: ${property} was given ${given}`);
}

function invalid(property: string, why: string): ZmqError {
  return new ZmqError("EINVAL", { hint: `${property} ${why}` });
}
