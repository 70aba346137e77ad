import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** Which folders each folder of src/ may import from: the picture in docs/architecture.md. Root files may all. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  observe: ["base"],
  options: ["base"],
  wire: ["base"],
  pipe: ["base", "observe"],
  transports: ["base"],
  security: ["base", "wire"],
  routing: ["base", "pipe", "observe"],
  platform: ["base", "transports"],
  engine: ["base", "options", "wire", "pipe", "transports", "observe", "security"],
  background: ["base", "wire", "pipe", "transports", "observe", "engine"],
  sockets: [
    "base",
    "options",
    "wire",
    "pipe",
    "transports",
    "observe",
    "security",
    "routing",
    "engine",
    "background",
    "platform",
  ],
  patterns: [""],
  compat: ["", "base", "platform"],
  entries: ["", "compat", "wire", "background", "sockets", "platform"],
  cli: [""],
  dashboard: [""],
};

/** Where node:* may be imported. Certificates are files, on a subpath that nothing else imports. A socket of zeromq.js 5 is an EventEmitter, and programs ask `instanceof`. */
const NODE_PLACES = [
  "transports/node/",
  "platform/node.ts",
  "platform/node-crypto.ts",
  "entries/io-thread.ts",
  "certificates.ts",
  "cli/",
  "dashboard/server.ts",
  "compat/socket.ts",
];

/** Where the outside world may be touched without an import. */
const OUTSIDE_PLACES = ["transports/", "platform/", "cli/", "dashboard/"];
const OUTSIDE =
  /\b(process|setTimeout|setInterval|setImmediate|queueMicrotask|crypto|performance)\b|\bDate\.now\b|\bMath\.random\b|\bnew Date\b/;
/** A method of that name, which is no timer of the runtime's: `Timers.setInterval` (zmq_timers_set_interval). */
const NAMESAKE = /^ {2}setInterval(?=\()/gm;

const MOST_LINES = 400;
const VAGUE = /^(utils?|misc|common)\.ts$/;

const root = fileURLToPath(new URL("../../src/", import.meta.url));
const files = (readdirSync(root, { recursive: true }) as string[]) // strings, as no encoding was asked for
  .map((file) => file.replaceAll(path.sep, "/"))
  .filter((file) => file.endsWith(".ts"));
const texts = new Map(files.map((file) => [file, readFileSync(path.join(root, file), "utf8")]));

const source = (file: string): string => texts.get(file) ?? "";
const withoutComments = (text: string): string => text.replace(/\/\*[^]*?\*\/|(?<![:"'`])\/\/.*$/gm, "");
const withoutTexts = (text: string): string => text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
const isIn = (file: string, places: readonly string[]): boolean => places.some((place) => file.startsWith(place));
const folderOf = (file: string): string => (file.includes("/") ? (file.split("/")[0] ?? "") : "");

/** What a file imports, as written. */
function importsOf(file: string): string[] {
  const found = withoutComments(source(file)).matchAll(/\bfrom\s+"([^"]+)"|\bimport\s*\(?\s*"([^"]+)"/g);
  return [...found].map((match) => match[1] ?? match[2] ?? "");
}

/** The file of src/ that an import means; undefined for packages and Node.js. */
function target(file: string, name: string): string | undefined {
  if (name === "#platform") return "platform/node.ts";
  return name.startsWith(".") ? path.posix.join(path.posix.dirname(file), name) : undefined;
}

function targetsOf(file: string): string[] {
  return importsOf(file).flatMap((name) => target(file, name) ?? []);
}

/** The first chain of imports that comes back to where it began. */
function cycle(): string[] {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string[] => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of targetsOf(file)) {
      const found = visit(next, [...trail, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of files) {
    const found = visit(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

/** Names that a file passes on from others, with the file they come from. */
function passedOn(file: string): { name: string; from: string }[] {
  const clauses = withoutComments(source(file)).matchAll(/\bexport\s+(?:type\s+)?\{([^}]*)\}\s*from\s+"([^"]+)"/g);
  return [...clauses].flatMap(([, names = "", from = ""]) =>
    names
      .split(",")
      .map((name) => name.trim().replace(/^type\s+/, ""))
      .filter((name) => name !== "")
      .map((name) => ({ name: name.replace(/\s+as\s.*$/, ""), from: target(file, from) ?? from })),
  );
}

/** Whether the declaration of an exported name has a doc comment right before it. */
function documented(file: string, name: string): boolean {
  const further = passedOn(file).find((each) => each.name === name);
  if (further !== undefined) return documented(further.from, name);
  const declaration = new RegExp(
    `\\*/\\s*export (?:declare )?(?:abstract )?(?:async )?(?:class|function|const|let|interface|type) ${name}\\b`,
  );
  return declaration.test(source(file));
}

test("there are sources to check", () => {
  assert.ok(files.length > 10);
});

test("every folder has its place among the layers", () => {
  const folders = new Set(files.map(folderOf));
  assert.deepEqual(
    [...folders].filter((folder) => folder !== "" && LAYERS[folder] === undefined),
    [],
  );
});

test("imports go only from a folder to those below it", () => {
  const wrong = files.flatMap((file) => {
    const folder = folderOf(file);
    const allowed = folder === "" ? undefined : [folder, ...(LAYERS[folder] ?? [])];
    const targets = targetsOf(file).filter((to) => allowed?.includes(folderOf(to)) === false);
    return targets.map((to) => `${file} imports ${to}`);
  });
  assert.deepEqual(wrong, []);
});

test("no chain of imports comes back to where it began", () => {
  assert.deepEqual(cycle(), []);
});

test("every import names a file that is there", () => {
  const missing = files.flatMap((file) =>
    targetsOf(file)
      .filter((to) => !texts.has(to))
      .map((to) => `${file} imports ${to}`),
  );
  assert.deepEqual(missing, []);
});

test("Node.js is imported only where the runtime is touched", () => {
  const wrong = files.filter(
    (file) => !isIn(file, NODE_PLACES) && importsOf(file).some((name) => name.startsWith("node:")),
  );
  assert.deepEqual(wrong, []);
});

test("clock, timers, randomness and process come only from the platform", () => {
  const wrong = files.flatMap((file) => {
    const found = isIn(file, OUTSIDE_PLACES)
      ? null
      : OUTSIDE.exec(withoutTexts(withoutComments(source(file))).replaceAll(NAMESAKE, ""));
    return found === null ? [] : [`${file} uses ${found[0]}`];
  });
  assert.deepEqual(wrong, []);
});

test(`no file has more than ${MOST_LINES} lines`, () => {
  const long = files.filter((file) => source(file).trimEnd().split("\n").length > MOST_LINES);
  assert.deepEqual(long, []);
});

test("no file has a name that says nothing", () => {
  assert.deepEqual(
    files.filter((file) => VAGUE.test(path.basename(file))),
    [],
  );
});

test("every export of the package has a doc comment", () => {
  const entries = ["index.ts", "draft.ts", "compat/index.ts", "wire/index.ts"].filter((file) =>
    existsSync(path.join(root, file)),
  );
  const bare = entries.flatMap((file) =>
    passedOn(file)
      .filter(({ name, from }) => !documented(from, name))
      .map(({ name, from }) => `${name} of ${from}`),
  );
  assert.deepEqual(bare, []);
});
