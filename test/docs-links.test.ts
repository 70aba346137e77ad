import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** All pages: at the root, and under docs/ and examples/. */
const pages = [
  ...readdirSync(root),
  ...["docs", "examples"].flatMap(
    (folder) =>
      (readdirSync(path.join(root, folder), { recursive: true }) as string[]).map((file) => path.join(folder, file)), // strings, as no encoding was asked for
  ),
].filter((file) => file.endsWith(".md"));

const read = (page: string): string => readFileSync(path.join(root, page), "utf8");
const withoutCode = (text: string): string => text.replace(/^ *```[^]*?^ *```/gm, "").replace(/`[^`\n]*`/g, "");

/** Where the links of a page go, but for those to the web. */
function linksOf(page: string): string[] {
  const found = withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g);
  return [...found].map((match) => match[1] ?? "").filter((link) => !/^[a-z]+:/.test(link));
}

/** The names of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = withoutCode(read(page)).matchAll(/^#+ (.*)$/gm);
  return [...headings].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function broken(page: string, link: string): boolean {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(root, target))) return true;
  return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).includes(anchor);
}

test("every link between pages leads somewhere", () => {
  assert.ok(pages.length > 30);
  const wrong = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => broken(page, link))
      .map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(wrong, []);
});

test("every page about sockets, transports and decisions is in its list", () => {
  for (const folder of ["sockets", "transports", "decisions", "guide"]) {
    const list = linksOf(path.join("docs", folder, "README.md"));
    for (const file of readdirSync(path.join(root, "docs", folder))) {
      assert.ok(file === "README.md" || list.includes(file), `docs/${folder}/README.md lacks ${file}`);
    }
  }
});

test("both READMEs have the same sections and the same code, but for the words in it", () => {
  const shape = (page: string): string[] => read(page).match(/^(#+|```\w*)(?= |$)/gm) ?? [];
  assert.deepEqual(shape("README.zh-CN.md"), shape("README.md"));
});

test("the newest entry of the changelog is the package's version", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string }; // as npm demands
  assert.equal(/^## (\S+)/m.exec(read("CHANGELOG.md"))?.[1], version);
});

/** The code in the READMEs and in the page about security, by a name for each block. */
const programs = ["README.md", "README.zh-CN.md", "docs/security.md"].flatMap((page) =>
  [...read(page).matchAll(/^```ts\n([^]*?)^```/gm)].map(
    ([, code = ""], at) => [`${path.basename(page)}.${at}`, code] as const,
  ),
);

/** An empty folder of what is compiled, where the package has its name. */
function emptied(name: string): string {
  const folder = fileURLToPath(new URL(`../${name}/`, import.meta.url));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

for (const [name, code] of programs) {
  test(`the code in these pages runs, and ends by itself: ${name}`, () => {
    const file = path.join(emptied(`readme-${name}`), "program.mjs");
    writeFileSync(file, code.replaceAll("tcp://127.0.0.1:5555", "inproc://a-port-may-be-taken"));
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", timeout: 30_000 });
    assert.equal(status, 0, stderr);
    assert.notEqual(stdout, "");
  });
}

test("the code in these pages compiles", () => {
  const folder = emptied("readme");
  for (const [name, code] of programs) writeFileSync(path.join(folder, `${name}.ts`), code);
  assert.ok(programs.length >= 8);
  const base = path.join(root, "tsconfig.json");
  const compilerOptions = { noEmit: true, rootDir: root, incremental: false };
  writeFileSync(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: base,
      compilerOptions,
      include: ["*.ts", path.join(root, "src/**/*.d.ts")],
      exclude: [],
    }),
  );
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});
