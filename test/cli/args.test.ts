import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest, parse } from "../../src/cli/args.ts";
import { UsageError } from "../../src/cli/failure.ts";
import type { Flags } from "../../src/cli/flags.ts";

const FLAGS = {
  count: { type: "number", min: 0, value: "N", doc: "" },
  linger: { type: "number", value: "MS", doc: "" },
  topic: { type: "text", many: true, value: "TEXT", doc: "" },
  format: { type: "text", choices: ["text", "hex"], value: "NAME", doc: "" },
  wait: { type: "boolean", doc: "" },
  "no-drop": { type: "boolean", doc: "" },
  help: { type: "boolean", short: "h", doc: "" },
} as const satisfies Flags;

const read = (...args: string[]): unknown => parse(args, FLAGS);

test("flags and addresses may come in any order", () => {
  assert.deepEqual(read("a", "--count", "3", "b", "--wait"), {
    values: { count: 3, wait: true },
    positionals: ["a", "b"],
  });
});

test("a value may follow = or a space, and may be negative", () => {
  for (const args of [["--linger", "-1"], ["--linger=-1"]]) assert.deepEqual(parse(args, FLAGS).values, { linger: -1 });
});

test("a repeatable flag gathers its values, and of any other the last one counts", () => {
  const { values } = parse(["--topic", "a", "--topic=b", "--count", "1", "--count", "2"], FLAGS);
  assert.deepEqual(values, { topic: ["a", "b"], count: 2 });
});

test("--no- turns a boolean flag off", () => {
  assert.deepEqual(parse(["--no-wait", "-h"], FLAGS).values, { wait: false, help: true });
  assert.deepEqual(parse(["--no-drop"], FLAGS).values, { "no-drop": true });
  assert.deepEqual(parse(["--no-no-drop"], FLAGS).values, { "no-drop": false });
});

test("all behind -- are addresses", () => {
  assert.deepEqual(read("--", "--count"), { values: {}, positionals: ["--count"] });
});

const WRONG: readonly [args: string[], says: RegExp][] = [
  [["--cuont", "3"], /there is no flag --cuont; did you mean --count\?/],
  [["--nothing-like-it"], /there is no flag --nothing-like-it$/],
  [["-x"], /there is no flag -x/],
  [["--no-count"], /there is no flag --no-count/],
  [["--count"], /--count needs a value: N/],
  [["--count", "many"], /--count takes a whole number, 0 or more, not "many"/],
  [["--count", "1.5"], /not "1.5"/],
  [["--count="], /not ""/],
  [["--count", "-1"], /0 or more, not "-1"/],
  [["--format", "xml"], /--format takes one of text, hex, not "xml"/],
  [["--wait=yes"], /--wait takes no value/],
];

for (const [args, says] of WRONG) {
  test(`${args.join(" ")} is refused in words that help`, () => {
    assert.throws(
      () => read(...args),
      (error) => error instanceof UsageError && says.test(error.message),
    );
  });
}

test("a name is near when at most two letters differ", () => {
  assert.equal(nearest("fromat", ["format", "count"]), "format");
  assert.equal(nearest("xyz", ["format", "count"]), undefined);
});
