import assert from "node:assert/strict";
import { test } from "node:test";
import { formatZpl, parseZpl } from "../../src/base/zpl.ts";

const flat = (text: string): Record<string, Record<string, string>> =>
  Object.fromEntries([...parseZpl(text)].map(([name, properties]) => [name, Object.fromEntries(properties)]));

/** What CZMQ 4.2 wrote, with the keys of RFC 32. */
const CZMQ = `#   ****  Generated on 2026-11-20 10:00:00 by CZMQ  ****
#   ZeroMQ CURVE **Secret** Certificate

metadata
    email = "ph@imatix.com"
    name = "Pieter Hintjens"
curve
    public-key = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
    secret-key = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
`;

test("RFC 4: sections and the properties in them", () => {
  assert.deepEqual(flat(CZMQ), {
    metadata: { email: "ph@imatix.com", name: "Pieter Hintjens" },
    curve: {
      "public-key": "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
      "secret-key": "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
    },
  });
});

test("values stand in quotes of either kind or in none, and comments behind them", () => {
  const text = "a   # a section\n    x = 'one # two'  # three\n    y = bare words # four\n    z =\n    w\n\n# b\n";
  assert.deepEqual(flat(text), { a: { x: "one # two", y: "bare words", z: "", w: "" } });
});

test("lines may end as on Windows, the first of equal names counts, and what lies deeper is left out", () => {
  assert.deepEqual(flat("a\r\n    x = 1\r\n    x = 2\r\n        deep = 3\r\nb\r\na\r\n    y = 4"), {
    a: { x: "1", y: "4" },
    b: {},
  });
});

test("a line that is no ZPL is EINVAL with its number, and not told", () => {
  for (const line of ["= value", '    x = "open', "    two words"]) {
    assert.throws(() => flat(`a\n${line}`), { code: "EINVAL", message: "Invalid argument: line 2 is no ZPL" });
  }
});

test("what is written reads back", () => {
  const sections = new Map([
    [
      "metadata",
      new Map([
        ["e-mail", "x@y"],
        ["says", 'a "word"'],
        ["none", ""],
      ]),
    ],
    ["curve", new Map([["public-key", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"]])],
  ]);
  const text = formatZpl(["note"], sections);
  assert.deepEqual(parseZpl(text), sections);
  assert.match(text, /^#   note\n\nmetadata\n    e-mail = "x@y"\n    says = 'a "word"'\n/);
});

test("what ZPL can't hold is EINVAL", () => {
  const write = (name: string, value: string): string => formatZpl([], new Map([["a", new Map([[name, value]])]]));
  for (const [name, value] of [
    ["two words", ""],
    ["", ""],
    ["x", "two\nlines"],
    ["x", `both ' and "`],
  ] as const) {
    assert.throws(() => write(name, value), { code: "EINVAL" });
  }
});
