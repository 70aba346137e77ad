import { isUtf8 } from "node:buffer";

/** How messages look as lines. */
export interface Format {
  /** A line without its end; throws an Error that says what is wrong with it. */
  decode(line: Buffer): Buffer[];
  /** With the line's end. */
  encode(message: readonly Buffer[]): Buffer;
  /** Whether all of the input is one message, without lines. */
  readonly whole: boolean;
}

export type FormatName = "text" | "hex" | "json" | "raw";

/** What a format has to know of the socket and the command line. */
export interface FormatSetup {
  readonly delimiter: string;
  /** The first frame is a routing id: often binary, and shown as 0x… then. */
  readonly named: boolean;
}

const END = Buffer.from("\n");

const FORMATS: Readonly<Record<FormatName, (setup: FormatSetup) => Format>> = { text, hex, json, raw };

export function formatOf(name: FormatName, setup: FormatSetup): Format {
  return FORMATS[name](setup);
}

/** Bytes as they are, so that any encoding passes; what holds a line's end or the delimiter needs hex or json. */
function text({ delimiter, named }: FormatSetup): Format {
  const between = Buffer.from(delimiter);
  return {
    whole: false,
    decode: (line) => {
      const frames = split(line, between);
      return named ? [fromName(frames[0] ?? line), ...frames.slice(1)] : frames;
    },
    encode: (message) => {
      const [id, ...rest] = message;
      const frames = named && id !== undefined ? [toName(id, delimiter), ...rest] : message;
      return Buffer.concat([join(frames, between), END]);
    },
  };
}

/** Hexadecimal digits; spaces and colons between them are for people. */
function hex({ delimiter }: FormatSetup): Format {
  return {
    whole: false,
    decode: (line) => (delimiter === "" ? [line.toString()] : line.toString().split(delimiter)).map(fromHex),
    encode: (message) => Buffer.from(`${message.map((frame) => frame.toString("hex")).join(delimiter)}\n`),
  };
}

/** An array of frames: a string where the frame is UTF-8, else { "base64": … }. */
function json(): Format {
  return {
    whole: false,
    decode: (line) => {
      let value: unknown;
      try {
        value = JSON.parse(line.toString());
      } catch {
        throw new Error(`${quoted(line)} is not JSON; a message is an array of frames, as in ["topic", "body"]`);
      }
      const frames: unknown[] = Array.isArray(value) ? value : [value];
      if (frames.length === 0) throw new Error('a message has at least one frame; [""] is an empty one');
      return frames.map(fromJson);
    },
    encode: (message) => Buffer.from(`${JSON.stringify(message.map(toJson))}\n`),
  };
}

/** Bytes and nothing else: one message in, and all frames of all messages out, without anything between. */
function raw(): Format {
  return { whole: true, decode: (input) => [input], encode: (message) => Buffer.concat(message) };
}

function split(line: Buffer, between: Buffer): Buffer[] {
  if (between.length === 0) return [line];
  const frames: Buffer[] = [];
  let from = 0;
  for (let at = line.indexOf(between); at >= 0; at = line.indexOf(between, from)) {
    frames.push(line.subarray(from, at));
    from = at + between.length;
  }
  frames.push(line.subarray(from));
  return frames;
}

function join(frames: readonly Buffer[], between: Buffer): Buffer {
  return Buffer.concat(frames.flatMap((frame, at) => (at === 0 ? [frame] : [between, frame])));
}

function fromHex(digits: string): Buffer {
  const plain = digits.replaceAll(/[\s:]/g, "");
  if (plain.length % 2 === 0 && /^[0-9a-f]*$/i.test(plain)) return Buffer.from(plain, "hex");
  throw new Error(`"${digits}" is not hexadecimal; a frame is pairs of digits, as in 68656c6c6f`);
}

function fromJson(frame: unknown): Buffer {
  if (typeof frame === "string") return Buffer.from(frame);
  const base64 = typeof frame === "object" && frame !== null ? (frame as { base64?: unknown }).base64 : undefined;
  if (typeof base64 === "string") return Buffer.from(base64, "base64");
  throw new Error(`${JSON.stringify(frame)} is no frame; a frame is a string or {"base64": "…"}`);
}

function toJson(frame: Buffer): string | { base64: string } {
  return isUtf8(frame) ? frame.toString() : { base64: frame.toString("base64") };
}

/** Routing ids that people chose are shown as they are, all others as 0x and hexadecimal digits. */
export function toName(id: Buffer, delimiter: string): Buffer {
  const name = id.toString("latin1");
  const plain =
    /^[\x21-\x7e]+$/.test(name) && !name.startsWith("0x") && (delimiter === "" || !name.includes(delimiter));
  return plain ? id : Buffer.from(`0x${id.toString("hex")}`);
}

function fromName(name: Buffer): Buffer {
  const digits = /^0x((?:[0-9a-f]{2})*)$/i.exec(name.toString("latin1"))?.[1];
  return digits === undefined ? name : Buffer.from(digits, "hex");
}

function quoted(line: Buffer): string {
  return line.length > 40 ? `"${line.toString("utf8", 0, 40)}…"` : `"${line.toString()}"`;
}
