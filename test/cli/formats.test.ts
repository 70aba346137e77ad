import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatOf, type FormatName, type FormatSetup } from "../../src/cli/formats.ts";

const PLAIN: FormatSetup = { delimiter: "\t", named: false };
const NAMED: FormatSetup = { delimiter: "\t", named: true };

const frames = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const encoded = (name: FormatName, message: Buffer[], setup = PLAIN): string =>
  formatOf(name, setup).encode(message).toString();
const decoded = (name: FormatName, line: string, setup = PLAIN): Buffer[] =>
  formatOf(name, setup).decode(Buffer.from(line));

/** A line without its end, read again. */
function again(name: FormatName, message: Buffer[], setup = PLAIN): Buffer[] {
  const format = formatOf(name, setup);
  const line = format.encode(message);
  assert.equal(line.at(-1), 10);
  assert.equal(line.subarray(0, -1).includes(10), false);
  return format.decode(line.subarray(0, -1));
}

const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));
const message = fc.array(bytes, { minLength: 1, maxLength: 4 });

test("hex and json give back any message", () => {
  fc.assert(
    fc.property(message, fc.constantFrom<FormatName>("hex", "json"), (given, name) => {
      assert.deepEqual(again(name, given), given);
    }),
  );
});

test("text gives back any message without line ends and tabs, in any encoding", () => {
  const fit = (frame: Buffer): boolean => !frame.includes(10) && !frame.includes(9);
  const clean = fc.array(bytes.filter(fit), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(clean, (given) => assert.deepEqual(again("text", given), given)));
});

test("a routing id comes back whatever its bytes are", () => {
  const clean = bytes.filter((frame) => frame.length > 0);
  fc.assert(fc.property(clean, (id) => assert.deepEqual(again("text", [id, Buffer.from("x")], NAMED)[0], id)));
});

test("text is one line a message, with a delimiter between frames", () => {
  assert.equal(encoded("text", frames("a", "", "b c")), "a\t\tb c\n");
  assert.deepEqual(decoded("text", "a\t\tb c"), frames("a", "", "b c"));
  assert.deepEqual(decoded("text", ""), frames(""));
  assert.deepEqual(decoded("text", "a, b", { delimiter: ", ", named: false }), frames("a", "b"));
  assert.deepEqual(decoded("text", "a\tb", { delimiter: "", named: false }), frames("a\tb"));
});

test("names that are not printable are shown in hexadecimal digits", () => {
  assert.equal(encoded("text", [Buffer.from([0, 0x6b, 1]), ...frames("hi")], NAMED), "0x006b01\thi\n");
  assert.equal(encoded("text", frames("worker-1", "hi"), NAMED), "worker-1\thi\n");
  assert.equal(encoded("text", frames("0x41", "hi"), NAMED), "0x30783431\thi\n");
  assert.deepEqual(decoded("text", "0x006b01\thi", NAMED), [Buffer.from([0, 0x6b, 1]), ...frames("hi")]);
});

test("hex is digits, and takes spaces and colons between them", () => {
  assert.equal(encoded("hex", frames("hi", "")), "6869\t\n");
  assert.deepEqual(decoded("hex", "68:69\t0A 0b"), [Buffer.from("hi"), Buffer.from([10, 11])]);
  for (const wrong of ["6", "zz", "0x68"]) assert.throws(() => decoded("hex", wrong), /is not hexadecimal/);
});

test("json is an array of strings, and base64 for what is not UTF-8", () => {
  assert.equal(encoded("json", [Buffer.from("é\n"), Buffer.from([0xff])]), '["é\\n",{"base64":"/w=="}]\n');
  assert.deepEqual(decoded("json", '["a", {"base64": "/w=="}]'), [Buffer.from("a"), Buffer.from([0xff])]);
  assert.deepEqual(decoded("json", '"a"'), frames("a"));
  assert.throws(() => decoded("json", "{a"), /"\{a" is not JSON; a message is an array/);
  assert.throws(() => decoded("json", "[1]"), /1 is no frame/);
  assert.throws(() => decoded("json", "[]"), /at least one frame/);
});

test("raw adds nothing", () => {
  assert.equal(formatOf("raw", PLAIN).whole, true);
  assert.equal(encoded("raw", frames("a\n", "b")), "a\nb");
});
