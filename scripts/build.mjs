/**
 * Builds src/ into a folder, dist/ by default: what programs load, bundled into a few files (modules.mjs), and its types in
 * types/ within, as every TypeScript from 4.9 on can read them, however it resolves modules:
 *
 * - They are marked as CommonJS. A CommonJS program that TypeScript compiles may then import the package, which Node.js
 *   lets it do (docs/decisions/0037-types-for-all.md); an ES module sees no difference.
 * - Imports end in .js: compilers before 5.0 know no other ending, and all of them find the types by it.
 *
 *     node scripts/build.mjs [folder]
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeModules } from "./modules.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = path.resolve(process.argv[2] ?? path.join(root, "dist"));

rmSync(folder, { recursive: true, force: true });
process.exitCode = writeTypes(path.join(folder, "types"));
await writeModules(folder);

/** The compiler's exit code: types are written even where it complains. */
function writeTypes(types) {
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const project = path.join(root, "tsconfig.build.json");
  const { status } = spawnSync(process.execPath, [tsc, "--project", project, "--declarationDir", types], {
    stdio: "inherit",
  });
  for (const file of readdirSync(types, { recursive: true })) {
    if (!file.endsWith(".d.ts")) continue;
    const at = path.join(types, file);
    writeFileSync(at, readFileSync(at, "utf8").replace(/(\bfrom |\bimport )("\.[^"]*)\.ts"/g, '$1$2.js"'));
  }
  writeFileSync(path.join(types, "package.json"), '{ "type": "commonjs" }\n');
  return status ?? 1;
}
