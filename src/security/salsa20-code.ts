/** Instructions, as they stand in a module. */
type Code = readonly number[];

/**
 * A trick: Salsa20 (D. J. Bernstein's, of 20 rounds) as WebAssembly, four blocks at a time: each of the 16 words of its
 * state is a vector that holds this word of four blocks. libsodium's is compiled without vectors and takes 2.2 times as long
 * (64 KiB: 97 µs and 44). The plain version is `PlainSalsa20`, libsodium's; a check when it is loaded and the tests hold
 * the two equal. It adds, rotates and xors: it neither branches nor looks up by what is secret.
 *
 * The module exports `memory` and `xor(from, to)`: that changes what lies there by the key stream of the state, which lies
 * at 0, in groups of four blocks until `to` is reached, and counts the blocks in the state, from a multiple of four on.
 */
export function salsa20Module(): Uint8Array {
  const locals = [2, 1, I32, 20, V128];
  const code = joined(locals, eachGroup(), [END]);
  const exports = joined([2], name("memory"), [2, 0], name("xor"), [0, 0]);
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  return Uint8Array.from(
    joined(
      header,
      section(1, [1, 0x60, 2, I32, I32, 0]),
      section(3, [1, 0]),
      section(5, [1, 0, 1]),
      section(7, exports),
      section(10, joined([1], unsigned(code.length), code)),
    ),
  );
}

/** Octets in four blocks. */
const GROUP = 256;
const BLOCK = 64;

/** The word of the state that counts blocks, with the one behind it. */
const COUNTER = 8;

// Codes of the WebAssembly specification.
const I32 = 0x7f;
const V128 = 0x7b;
const NO_RESULT = 0x40;
const LOOP = 0x03;
const BRANCH_IF = 0x0d;
const END = 0x0b;
const LOAD_LONG = 0x29;
const STORE_LONG = 0x37;
const LONG = 0x42;
const PLUS_LONG = 0x7c;
const LESS = 0x49;
const PLUS = 0x6a;
const MINUS = 0x6b;
const LOAD: Code = vector(0x00);
const LOAD_SPLAT: Code = vector(0x09);
const STORE: Code = vector(0x0b);
const SHUFFLE: Code = vector(0x0d);
const OR: Code = vector(0x50);
const XOR: Code = vector(0x51);
const SHIFT_LEFT: Code = vector(0xab);
const SHIFT_RIGHT: Code = vector(0xad);
const ADD: Code = vector(0xae);
const ZERO_TO_THREE: Code = joined(vector(0x0c), [0, 0, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0], [3, 0, 0, 0]);

// Parameters and locals.
const FROM = 0;
const TO = 1;
const ROUND = 2;
const WORDS = 3;
const [SPARE_A, SPARE_B, SPARE_C, SPARE_D] = [19, 20, 21, 22] as const;

/** Rounds of columns, then of rows: which words each quarter-round changes. */
const DOUBLE_ROUND = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const;

function eachGroup(): Code {
  const words = Array.from({ length: 16 }, (_, word) => word);
  const load = [LOAD_LONG, 3, 4 * COUNTER];
  const store = [STORE_LONG, 3, 4 * COUNTER];
  return joined(
    [LOOP, NO_RESULT],
    ...words.map((word) => joined(initial(word), set(WORDS + word))),
    joined(integer(10), set(ROUND), [LOOP, NO_RESULT]),
    ...DOUBLE_ROUND.map(([a, b, c, d]) => quarterRound(a, b, c, d)),
    joined(get(ROUND), integer(1), [MINUS], tee(ROUND), [BRANCH_IF, 0, END]),
    ...[0, 4, 8, 12].map((word) => fourWords(word)),
    joined(integer(0), integer(0), load, [LONG, 4, PLUS_LONG], store),
    joined(get(FROM), integer(GROUP), [PLUS], tee(FROM), get(TO), [LESS, BRANCH_IF, 0, END]),
  );
}

/** A word of the state, the same for all four blocks; only their numbers differ. */
function initial(word: number): Code {
  const same = joined(integer(0), LOAD_SPLAT, [2, 4 * word]);
  return word === COUNTER ? joined(same, ZERO_TO_THREE, ADD) : same;
}

function quarterRound(a: number, b: number, c: number, d: number): Code {
  return joined(mixed(b, [a, d], 7), mixed(c, [b, a], 9), mixed(d, [c, b], 13), mixed(a, [d, c], 18));
}

/** word ^= (one + other) <<< by */
function mixed(word: number, [one, other]: readonly [number, number], by: number): Code {
  const sum = joined(get(WORDS + one), get(WORDS + other), ADD, tee(SPARE_A));
  const rotated = joined(sum, integer(by), SHIFT_LEFT, get(SPARE_A), integer(32 - by), SHIFT_RIGHT, OR);
  return joined(get(WORDS + word), rotated, XOR, set(WORDS + word));
}

/** Adds the state to four words that follow each other, turns them from lanes into octets of blocks, and xors those. */
function fourWords(first: number): Code {
  const [a, b, c, d] = [WORDS + first, WORDS + first + 1, WORDS + first + 2, WORDS + first + 3] as const;
  const words = [0, 1, 2, 3].map((word) => first + word);
  const lower = (one: number, other: number): Code => joined(get(one), get(other), lanes(0, 4, 1, 5));
  const upper = (one: number, other: number): Code => joined(get(one), get(other), lanes(2, 6, 3, 7));
  const left = (one: number, other: number): Code => joined(get(one), get(other), lanes(0, 1, 4, 5));
  const right = (one: number, other: number): Code => joined(get(one), get(other), lanes(2, 3, 6, 7));
  return joined(
    ...words.map((word) => joined(get(WORDS + word), initial(word), ADD, set(WORDS + word))),
    joined(lower(a, b), set(SPARE_A), lower(c, d), set(SPARE_B)),
    joined(upper(a, b), set(SPARE_C), upper(c, d), set(SPARE_D)),
    changed(4 * first, left(SPARE_A, SPARE_B)),
    changed(4 * first + BLOCK, right(SPARE_A, SPARE_B)),
    changed(4 * first + 2 * BLOCK, left(SPARE_C, SPARE_D)),
    changed(4 * first + 3 * BLOCK, right(SPARE_C, SPARE_D)),
  );
}

/** Xors the 16 octets at an offset of the group. */
function changed(offset: number, by: Code): Code {
  const at = joined([4], unsigned(offset));
  return joined(get(FROM), get(FROM), LOAD, at, by, XOR, STORE, at);
}

/** Picks four words out of two vectors: 0 to 3 of the first, 4 to 7 of the second. */
function lanes(...picked: readonly number[]): Code {
  return joined(SHUFFLE, ...picked.map((lane) => [0, 1, 2, 3].map((octet) => 4 * lane + octet)));
}

function joined(...parts: readonly Code[]): Code {
  return parts.flat();
}

function get(local: number): Code {
  return [0x20, local];
}

function set(local: number): Code {
  return [0x21, local];
}

function tee(local: number): Code {
  return [0x22, local];
}

/** A constant from 0 to 8191. */
function integer(value: number): Code {
  return value < 64 ? [0x41, value] : [0x41, (value & 127) | 128, value >> 7];
}

function vector(code: number): Code {
  return joined([0xfd], unsigned(code));
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : joined([(value & 127) | 128], unsigned(value >> 7));
}

function name(text: string): Code {
  return joined(
    [text.length],
    Array.from(text, (character) => character.charCodeAt(0)),
  );
}

function section(id: number, content: Code): Code {
  return joined([id], unsigned(content.length), content);
}
