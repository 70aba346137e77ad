/**
 * How large the package is for who bundles it: minified, compressed by gzip. Fails above the bounds, which are a little more
 * than what there is, so that growth is noticed (docs/decisions/0056-bundled.md says what is counted, and what the aim is).
 *
 *     npm run size [-- --parts]    with the bytes of each source, before compression
 */
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { COMMON } from "./modules.mjs";

/** Only of Node.js, or for those who use them: threads, I/O threads, CURVE. */
const NOT_CORE =
  /\/src\/(transports\/threads|background)\/|\/src\/security\/(curve-|salsa20|box-stream|sodium|workspace)/;

/** What is left out of the core is left to be loaded. */
const coreOnly = {
  name: "core only",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path: file, resolveDir }) =>
      NOT_CORE.test(path.join(resolveDir, file)) ? { path: file, external: true } : undefined,
    );
  },
};

const PUSH_AND_PULL = 'export { Push, Pull } from "./src/entries/main.ts";';
const ROWS = [
  { what: "core, of which Push and Pull are used", text: PUSH_AND_PULL, plugins: [coreOnly], most: 51 },
  { what: "all, of which Push and Pull are used", text: PUSH_AND_PULL, plugins: [], most: 64 },
  { what: "all", text: 'export * from "./src/index.ts";', plugins: [], most: 77 },
];

for (const { what, text, plugins, most } of ROWS) {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    stdin: { contents: text, resolveDir: COMMON.absWorkingDir, loader: "ts" },
    plugins,
    minify: true,
    write: false,
    metafile: true,
  });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length / 1024;
  console.log(`${size <= most ? "ok  " : "FAIL"} ${what}: ${size.toFixed(1)} KiB, at most ${most}`);
  if (size > most) process.exitCode = 1;
  if (process.argv.includes("--parts")) printParts(Object.values(metafile.outputs)[0].inputs);
}

function printParts(inputs) {
  const parts = Object.entries(inputs).map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }));
  for (const { file, bytes } of parts.sort((a, b) => b.bytes - a.bytes))
    console.log(`${String(bytes).padStart(9)} ${file}`);
}
