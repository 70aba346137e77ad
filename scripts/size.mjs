/**
 * How large the package is for who bundles it: minified, compressed by gzip, in KiB. Fails above the bound
 * (docs/decisions/0056-bundled.md says what is counted).
 */
import { builtinModules } from "node:module";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { COMMON } from "./modules.mjs";

const ROWS = [
  { what: "core, for Push and Pull", text: 'export { Push, Pull } from "./src/entries/main.ts";', most: 35 },
  { what: "core, whole", text: 'export * from "./src/index.ts";', most: 80 },
];

for (const { what, text, most } of ROWS) {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    stdin: { contents: text, resolveDir: COMMON.absWorkingDir, loader: "ts" },
    external: [...COMMON.external, ...builtinModules],
    minify: true,
    write: false,
    metafile: true,
  });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length / 1024;
  console.log(`${size <= most ? "ok  " : "FAIL"} ${what}: ${size.toFixed(1)} KiB of at most ${most}`);
  if (size > most) process.exitCode = 1;
  if (!process.argv.includes("--parts")) continue;
  const [{ inputs }] = Object.values(metafile.outputs);
  for (const [file, { bytesInOutput }] of Object.entries(inputs).sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput))
    console.log(`     ${String(bytesInOutput).padStart(7)} ${file}`);
}
