/**
 * Compiles src/ into a folder, dist/ by default, and its types into types/ within, as every TypeScript from 4.9 on can
 * read them, however it resolves modules:
 *
 * - They are marked as CommonJS. A CommonJS program that TypeScript compiles may then import the package, which Node.js
 *   lets it do (docs/decisions/0037-types-for-all.md); an ES module sees no difference.
 * - Imports end in .js: compilers before 5.0 know no other ending, and all of them find the types by it.
 *
 *     node scripts/build.mjs [folder]
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = path.resolve(process.argv[2] ?? path.join(root, "dist"));
const types = path.join(folder, "types");

const tsc = path.join(root, "node_modules/typescript/bin/tsc");
const project = path.join(root, "tsconfig.build.json");
const { status } = spawnSync(
  process.execPath,
  [tsc, "--project", project, "--outDir", folder, "--declarationDir", types],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;

for (const file of readdirSync(types, { recursive: true })) {
  if (!file.endsWith(".d.ts")) continue;
  const at = path.join(types, file);
  writeFileSync(at, readFileSync(at, "utf8").replace(/(\bfrom |\bimport )("\.[^"]*)\.ts"/g, '$1$2.js"'));
}
writeFileSync(path.join(types, "package.json"), '{ "type": "commonjs" }\n');
