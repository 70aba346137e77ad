/**
 * Compiles test/moving-over/programs/typed.ts, a program for zeromq.js, against a package in zeromq.js' place. Also checks
 * the package's own declarations: `skipLibCheck` is off.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** How TypeScript finds modules: each way that there is, and from which version to which. */
export const RESOLUTIONS = [
  { module: "commonjs", moduleResolution: "node", type: "commonjs", from: 4, to: 6 },
  { module: "node16", moduleResolution: "node16", type: "commonjs", from: 4, to: 7 },
  { module: "node16", moduleResolution: "node16", type: "module", from: 4, to: 7 },
  { module: "nodenext", moduleResolution: "nodenext", type: "commonjs", from: 4, to: 7 },
  { module: "nodenext", moduleResolution: "nodenext", type: "module", from: 4, to: 7 },
  { module: "esnext", moduleResolution: "bundler", type: "module", from: 5, to: 7 },
];

/**
 * Returns what the compiler has to say, nothing when all is well. `folder` is an empty one to work in, `zeromq` the
 * package's folder, `compiler` TypeScript's.
 */
export function compile({ folder, zeromq, compiler, version, resolution }) {
  const { module, moduleResolution, type } = resolution;
  const major = Number.parseInt(version, 10);
  const compilerOptions = {
    module,
    moduleResolution,
    strict: true,
    target: "es2020",
    noEmit: true,
    skipLibCheck: false,
    // From 6 on, no types are there but those that are asked for: the package's own must ask.
    ...(major < 6 ? { types: ["node"] } : {}),
    ...(major === 6 ? { ignoreDeprecations: "6.0" } : {}),
  };
  // Copies: through a link, a compiler would look for other packages where the link leads.
  cpSync(zeromq, path.join(folder, "node_modules/zeromq"), { recursive: true });
  for (const name of ["@types/node", "undici-types"]) {
    cpSync(path.join(root, "node_modules", name), path.join(folder, "node_modules", name), { recursive: true });
  }
  copyFileSync(path.join(root, "test/moving-over/programs/typed.ts"), path.join(folder, "typed.ts"));
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ type }));
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(compiler, "lib/tsc.js"), "--project", folder], {
    encoding: "utf8",
  });
  return `${stdout}${stderr}`.trim();
}
