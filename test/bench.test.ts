import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = new URL("../../", import.meta.url);
const LATEST = new URL("bench/results/latest.json", root);

interface Run {
  readonly rows: readonly { name: string; medians: Readonly<Record<string, number>> }[];
}

interface Report {
  page(run: Run): string;
}

/** Runs the benchmarks with what these tests were compiled from, and with no other peer. */
async function bench(...parameters: string[]): Promise<string[]> {
  const program = fileURLToPath(new URL("bench/run.mjs", root));
  const ours = fileURLToPath(new URL("../src/index.js", import.meta.url));
  const rest = ["--ours", ours, "--peers", "zeromq-ts", ...parameters];
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, program, ...rest], {
    timeout: 60_000,
  });
  return stdout.trim().split("\n");
}

test("the benchmarks list their rows, and words choose among them", async () => {
  const all = await bench("--list");
  assert.ok(all.includes("PUSH-PULL tcp 64 B"));
  assert.ok(all.includes("2,000 connections"));
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(await bench("--list", "pub-sub 64 b to 1"), [
    "PUB-SUB 64 B to 1 subscriber",
    "PUB-SUB 64 B to 10 subscribers",
  ]);
});

test("a row gives a finite number, in the table and as JSON", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const json = path.join(folder, "results.json");
  const lines = await bench("--seconds", "0.1", "--reps", "1", "--json", json, "PUSH-PULL tcp 64 B");
  assert.match(lines.at(-1) ?? "", /^PUSH-PULL tcp 64 B +[0-9.]+/);
  const { rows } = JSON.parse(readFileSync(json, "utf8")) as Run;
  assert.equal(rows.length, 1);
  const measured = rows[0]?.medians["zeromq-ts"] ?? NaN;
  assert.ok(Number.isFinite(measured) && measured > 0, String(measured));
});

test("docs/performance.md shows the last run (node bench/report.mjs)", async () => {
  const { page } = (await import(new URL("bench/report.mjs", root).href)) as Report; // not TypeScript
  const run = JSON.parse(readFileSync(LATEST, "utf8")) as Run;
  assert.equal(readFileSync(new URL("docs/performance.md", root), "utf8"), page(run), "docs/performance.md is stale");
});
