/**
 * Bundles src/ into the few files that programs load (docs/decisions/0056-bundled.md). Nothing is renamed, so that stack
 * traces, `constructor.name` and what a debugger shows are those of the sources; only comments and types are gone.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What somebody loads by its path: package.json's exports and imports, and files that start threads and processes. */
const ENTRIES = [
  "index.ts",
  ...readdirSync(path.join(root, "src/entries")).map((file) => `entries/${file}`),
  "platform/node.ts",
  "cli/main.ts",
  "cli/demo/actor.ts",
  "cli/bench/partner.ts",
];

/** What all bundles have in common: `#platform` stays to be found by the runtime, dependencies by its resolution. */
export const COMMON = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  external: ["#platform", "libsodium-sumo", "sodium-native"],
  tsconfigRaw: { compilerOptions: { target: "es2022", verbatimModuleSyntax: true } },
  logLevel: "warning",
};

/** Writes the bundles. What several entries load lies in shared/, once: all of them see the same classes and state. */
export function writeModules(folder) {
  return build({
    ...COMMON,
    entryPoints: ENTRIES.map((file) => ({ in: path.join("src", file), out: placeOf(file) })),
    outdir: folder,
    splitting: true,
    chunkNames: "shared/[hash]",
    minifySyntax: true,
  });
}

/**
 * The entry's own folder and name, without those above: all files are then one folder deep, and what a source finds by
 * `../folder/file` is found from whichever of them it came to be in.
 */
function placeOf(file) {
  return file.split("/").slice(-2).join("/").replace(/\.ts$/, "");
}
