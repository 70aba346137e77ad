/**
 * The last look before a release, at the very file that is published: packs it, unpacks it in zeromq.js' place, and
 *
 * - loads every entry that package.json names, by `import` and by `require`,
 * - compiles a program for zeromq.js with old and new compilers, which it installs in a temporary folder.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compile, RESOLUTIONS } from "./typed-program.mjs";

/** The oldest that is supported, the last before `const` type parameters and the like could be used, and later ones. */
const COMPILERS = ["4.9", "5.4", "6"];

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "release-"));
try {
  const zeromq = installPackage();
  load(zeromq);
  for (const compiler of [...COMPILERS.map(installCompiler), path.join(root, "node_modules/typescript")])
    check(zeromq, compiler);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** As `npm install zeromq@npm:zeromq-ts` does, from the packed file. */
function installPackage() {
  const { name, version } = packageOf(root);
  npm("pack", "--ignore-scripts", "--pack-destination", folder, root);
  npm("install", "--prefix", folder, `zeromq@file:${path.join(folder, `${name}-${version}.tgz`)}`);
  return path.join(folder, "node_modules/zeromq");
}

function load(zeromq) {
  for (const entry of Object.keys(packageOf(zeromq).exports)) {
    if (entry === "./package.json") continue;
    const name = JSON.stringify(entry.replace(/^\./, "zeromq"));
    const program = `import(${name}).then((all) => { for (const each in all) if (all[each] !== require(${name})[each]) throw each; })`;
    const { stderr } = spawnSync(process.execPath, ["-e", program], { cwd: folder, encoding: "utf8" });
    report(`import and require of ${name}`, stderr);
  }
}

function check(zeromq, compiler) {
  const { version } = packageOf(compiler);
  const major = Number.parseInt(version, 10);
  for (const resolution of RESOLUTIONS.filter(({ from, to }) => from <= major && major <= to)) {
    const program = mkdtempSync(path.join(folder, "program-"));
    const { moduleResolution, type } = resolution;
    const said = compile({ folder: program, zeromq, compiler, version, resolution });
    report(`TypeScript ${version}, ${moduleResolution}, ${type}`, said);
  }
}

function installCompiler(version) {
  const prefix = path.join(folder, `typescript-${version}`);
  npm("install", "--prefix", prefix, `typescript@${version}`);
  return path.join(prefix, "node_modules/typescript");
}

function npm(...parameters) {
  const { status } = spawnSync("npm", [...parameters, "--silent", "--no-audit", "--no-fund"], { stdio: "inherit" });
  if (status !== 0) throw new Error(`npm ${parameters.join(" ")} failed`);
}

function packageOf(at) {
  return JSON.parse(readFileSync(path.join(at, "package.json"), "utf8"));
}

function report(what, complaint) {
  console.log(`${complaint === "" ? "ok  " : "FAIL"} ${what}`);
  if (complaint === "") return;
  console.log(complaint);
  process.exitCode = 1;
}
