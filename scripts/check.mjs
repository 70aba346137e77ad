/**
 * Everything that can be said of the sources without running them: format, lint, types, dead code. Stops at the first
 * thing that is wrong. The rules about folders and imports are a test (test/architecture.test.ts).
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const CHECKS = [
  { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."], fix: "npx prettier --write ." },
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings", "--format", "unix"] },
  { name: "types", command: ["tsc", "--noEmit", "--project", "tsconfig.json"] },
  { name: "dead code", command: ["knip", "--no-progress"] },
];

for (const check of CHECKS) {
  const began = performance.now();
  const { status, stdout, stderr, error } = run(check.command);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${check.name} (${seconds} s)`);
  if (status === 0) continue;
  console.log(error === undefined ? `${stdout}${stderr}` : String(error));
  if (check.fix !== undefined) console.log(`To mend it: ${check.fix}`);
  process.exit(1);
}

/** Runs a package's program with this very Node: no shell, no npx. */
function run([program, ...rest]) {
  return spawnSync(process.execPath, [binaryOf(program), ...rest], { encoding: "utf8", maxBuffer: 64 << 20 });
}

function binaryOf(program) {
  const folder = path.join("node_modules", program === "tsc" ? "typescript" : program);
  const { bin } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  return path.join(folder, typeof bin === "string" ? bin : bin[program]);
}
