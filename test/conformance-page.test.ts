import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const page = read("docs/conformance.md");

const filesIn = (text: string): string[] => [...(text.match(/\btest\/[\w/-]+(?:\.[\w-]+)*\.ts\b/g) ?? [])];

/** The tables of libzmq's cases, which come before that of attacks. A cell that begins with a file says where; others, why not. */
const rows = page
  .slice(0, page.indexOf("\n## Attacks"))
  .split("\n")
  .filter((line) => line.startsWith("| test_") || line.startsWith("| unittest_"))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, cases = "", where = ""]) => ({ cases, files: filesIn(where), where }));

/** Programs that a row is about: words like test_pair_tcp that are followed by a colon, a comma, a semicolon, or nothing. */
function programsOf(cases: string): string[] {
  return cases
    .split(";")
    .flatMap((part) => (part.includes(":") ? [part.slice(0, part.indexOf(":"))] : part.split(",")))
    .map((name) => /^(?:unit)?test_\w+/.exec(name.trim())?.[0])
    .filter((name) => name !== undefined);
}

test("every test file that the page of conformance names is there", () => {
  const named = filesIn(page);
  assert.ok(named.length > 200);
  assert.deepEqual(
    [...new Set(named)].filter((file) => !existsSync(path.join(root, file))),
    [],
  );
});

test("libzmq's cases that a file is to check are named in it, by the program that they are of", () => {
  assert.ok(rows.length > 100);
  const wrong = rows
    .filter(({ where }) => where.startsWith("test/"))
    .flatMap(({ cases, files }) => {
      const text = files.map(read).join("\n");
      return programsOf(cases)
        .filter((program) => !new RegExp(`\\b${program}\\b`).test(text))
        .map((program) => `${program}: not in ${files.join(", ")}`);
    });
  assert.deepEqual(wrong, []);
});

test("every name of a case of libzmq that begins a test's is on the page, with the file", () => {
  const files = [...new Set(rows.flatMap((row) => row.files))];
  const wrong: string[] = files.flatMap((file) =>
    [...read(file).matchAll(/test\(\s*["`]((?:unit)?test_\w+)\//g)]
      .map(([, program = ""]) => program)
      .filter((program) => !rows.some((row) => row.files.includes(file) && programsOf(row.cases).includes(program)))
      .map((program) => `${program} of ${file}`),
  );
  assert.deepEqual([...new Set(wrong)], []);
});

test("every row says where it is checked, or why not", () => {
  assert.deepEqual(
    rows.filter(({ where }) => where === "").map(({ cases }) => cases),
    [],
  );
});
