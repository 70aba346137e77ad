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
const GROWTH = new URL("bench/results/growth.json", root);

interface Run {
  readonly rows: readonly { name: string; medians: Readonly<Record<string, number>> }[];
}

interface Report {
  page(run: Run, growth: Growth): string;
}

type Medians = Readonly<Record<string, number>>;

interface Growth {
  readonly axes: readonly { name: string; curves: readonly { points: readonly { medians: Medians }[] }[] }[];
}

interface Curve {
  readonly points: readonly { at: number; medians: Medians }[];
  readonly lower: boolean;
  readonly linear: boolean;
}

interface GrowthRows {
  worst(curve: Curve, peer: string): number;
}

type Sample = Readonly<Record<"heap" | "external" | "resident" | "descriptors" | "handles" | "peers", number>>;

interface Trend {
  grown(samples: readonly Sample[]): { name: string; by: number }[];
}

const OURS = fileURLToPath(new URL("../src/index.js", import.meta.url));

/** Runs the benchmarks with what these tests were compiled from, and with no other peer. */
function bench(...parameters: string[]): Promise<string[]> {
  return run("bench/run.mjs", ...parameters);
}

async function run(file: string, ...parameters: string[]): Promise<string[]> {
  const program = fileURLToPath(new URL(file, root));
  const rest = ["--ours", OURS, "--peers", "zeromq-ts", ...parameters];
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
  const growth = JSON.parse(readFileSync(GROWTH, "utf8")) as Growth;
  const { page } = (await import(new URL("bench/report.mjs", root).href)) as Report; // not TypeScript
  const run = JSON.parse(readFileSync(LATEST, "utf8")) as Run;
  assert.equal(
    readFileSync(new URL("docs/performance.md", root), "utf8"),
    page(run, growth),
    "docs/performance.md is stale",
  );
});

test("each axis of growth gives a finite figure at each point", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const json = path.join(folder, "growth.json");
  await run("bench/growth.mjs", "--quick", "--reps", "1", "--json", json);
  const { axes } = JSON.parse(readFileSync(json, "utf8")) as Growth;
  assert.deepEqual(
    axes.map(({ name }) => name),
    ["peers of one ROUTER", "peers of one PUB", "subscriptions", "queued messages", "message size"],
  );
  for (const { name, curves } of axes) {
    for (const { points } of curves) {
      assert.equal(points.length, 2);
      for (const { medians } of points) assert.ok(Number.isFinite(medians["zeromq-ts"]), name);
    }
  }
});

test("cost has grown by what the dearest point takes over the cheapest before it", async () => {
  const { worst } = (await import(new URL("bench/growth-rows.mjs", root).href)) as GrowthRows; // not TypeScript
  const curve = (lower: boolean, linear: boolean, ...values: [number, number][]): Curve => ({
    points: values.map(([at, value]) => ({ at, medians: { us: value } })),
    lower,
    linear,
  });
  assert.equal(worst(curve(false, false, [1, 50], [10, 100], [100, 25]), "us"), 4, "rates: from the best one on");
  assert.equal(worst(curve(true, false, [1, 100], [10, 150]), "us"), 1.5, "bytes: as they are");
  const straight = worst(curve(false, true, [1, 1e6], [1e6, 1 / (1e-6 + 1e-3)], [1e9, 1 / (1e-6 + 1)]), "us");
  assert.ok(straight < 1.01, "of sizes, a straight line is no growth");
});

test("a soak finds what trends upwards, and takes no single sample for a trend", async () => {
  const { grown } = (await import(new URL("bench/soak/trend.mjs", root).href)) as Trend; // not TypeScript
  const flat = { heap: 10e6, external: 1e6, resident: 80e6, descriptors: 30, handles: 3, peers: 0 };
  const samples = Array.from({ length: 20 }, () => flat);
  assert.deepEqual(grown(samples), []);
  const peak = { ...flat, heap: 90e6, descriptors: 31 };
  assert.deepEqual(grown(samples.with(15, peak)), []);
  const leaking = samples.map((sample, at) => ({ ...sample, heap: sample.heap + at * 500_000 }));
  assert.deepEqual(grown(leaking), [{ name: "heap", by: 2_500_000 }]);
  const open = samples.map((sample, at) => ({ ...sample, descriptors: 30 + (at >> 2) }));
  assert.deepEqual(grown(open), [{ name: "descriptors", by: 1 }]);
});

test("a soak that leaks sockets or memory fails, and says which", async () => {
  const program = fileURLToPath(new URL("bench/soak.mjs", root));
  for (const [leak, sign] of [
    ["sockets", "descriptors grew by"],
    ["heap", "heap grew by"],
  ] as const) {
    const short = ["--minutes", "0.01", "--round", "0.3", "--leak", leak, "--ours", OURS];
    const running = promisify(execFile)(process.execPath, [...process.execArgv, "--expose-gc", program, ...short]);
    await assert.rejects(running, (error: Error & { stdout: string }) => error.stdout.includes(sign));
  }
});
