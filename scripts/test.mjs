/**
 * Compiles the sources and the tests into build/ (only what changed) and runs the tests there.
 *
 *     node scripts/test.mjs                    all tests
 *     node scripts/test.mjs options backoff    only files whose path contains one of the words
 *     node scripts/test.mjs --node PATH        with another Node.js
 *     node scripts/test.mjs --no-build         with what was compiled before
 *
 * Fails when a test fails, when the sources do not compile, and when there is nothing to run.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Files at a time: half of what they take is waiting, for other processes and for time limits. */
const AT_ONCE = Math.max(2, availableParallelism());

/** The longest that one test, or all of one file, may take; so that a hanging one is named. */
const LIMIT_MS = 180_000;

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { node: { type: "string", default: process.execPath }, "no-build": { type: "boolean", default: false } },
});
process.chdir(fileURLToPath(new URL("..", import.meta.url)));

if (!values["no-build"]) {
  const tsc = "node_modules/typescript/bin/tsc";
  const incremental = ["--incremental", "--tsBuildInfoFile", "build/tsconfig.tsbuildinfo"];
  run(process.execPath, [tsc, "--project", "tsconfig.json", ...incremental]);
  writePackage("build");
}

// From the sources, so that what was compiled from a file that is gone is not run; Node.js 20 knows no patterns.
const files = readdirSync("test", { recursive: true })
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .map((file) => path.join("build", "test", file.replace(/\.ts$/, ".js")))
  .sort();
if (files.length === 0) {
  console.error(`No test file matches ${words.join(", ") || "test/**/*.test.ts"}.`);
  process.exit(1);
}
// The condition makes #platform the compiled one, not the one in dist/.
run(values.node, [
  "--conditions=zeromq-ts-source",
  "--enable-source-maps",
  "--test",
  `--test-timeout=${LIMIT_MS}`,
  `--test-concurrency=${AT_ONCE}`,
  ...files,
]);

/** Makes what was compiled a package of its own, so that examples which import "zeromq-ts" get it and not dist/. */
function writePackage(folder) {
  const { name, version, type } = JSON.parse(readFileSync("package.json", "utf8"));
  const imports = { "#platform": "./src/platform/node.js" };
  const exports = {
    ".": "./src/entries/main.js",
    "./draft": "./src/entries/draft.js",
    "./v5-compat": "./src/entries/v5-compat.js",
    "./wire": "./src/entries/wire.js",
    "./certificates": "./src/entries/certificates.js",
    "./package.json": "./package.json",
  };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name, version, type, imports, exports }));
}

function run(program, parameters) {
  const { status, signal, error } = spawnSync(program, parameters, { stdio: "inherit" });
  if (error !== undefined) console.error(String(error));
  if (signal !== null && signal !== undefined) console.error(`ended by ${signal}`);
  if (status !== 0) process.exit(status ?? 1);
}
