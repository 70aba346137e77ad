import { allocateSmall, readU32, writeU32 } from "./bytes.ts";
import { ZmqError } from "./errors.ts";

/** RFC 32: the digits of base 85, none of which needs quoting in source code. */
const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(DIGITS, (digit, value) => [digit, value]));

/**
 * Bytes as Z85 text (RFC 32): five characters for each four bytes.
 *
 * @throws ZmqError EINVAL when there are not four, eight, twelve … bytes.
 */
export function encodeZ85(bytes: Uint8Array): string {
  if (bytes.length % 4 !== 0) throw invalid(`Z85 takes a multiple of 4 bytes, not ${bytes.length}`);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const number = readU32(bytes, at);
    for (let unit = 85 ** 4; unit >= 1; unit /= 85) text += DIGITS[Math.floor(number / unit) % 85];
  }
  return text;
}

/**
 * The bytes of a Z85 text. What it holds is not told in errors: it may be a secret key.
 *
 * @throws ZmqError EINVAL when it is no Z85: a wrong length, a character that is no digit, a group above 2^32.
 */
export function decodeZ85(text: string): Uint8Array {
  if (text.length % 5 !== 0) throw invalid(`Z85 has a multiple of 5 characters, not ${text.length}`);
  const bytes = allocateSmall((text.length / 5) * 4);
  for (let at = 0; at < text.length; at += 5) {
    let number = 0;
    for (let digit = at; digit < at + 5; digit++) number = number * 85 + valueAt(text, digit);
    if (number > 0xffff_ffff) throw invalid(`characters ${at} to ${at + 4} are no Z85: too large`);
    writeU32(bytes, (at / 5) * 4, number);
  }
  return bytes;
}

function valueAt(text: string, at: number): number {
  const value = VALUES.get(text.charAt(at));
  if (value === undefined) throw invalid(`character ${at} is no digit of Z85`);
  return value;
}

function invalid(hint: string): ZmqError {
  return new ZmqError("EINVAL", { hint });
}
