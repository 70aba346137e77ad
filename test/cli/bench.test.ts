import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "./zmq.ts";

interface Row {
  readonly pattern: string;
  readonly transport: string;
  readonly size: number;
  readonly perSecond: number;
}

test("bench --json gives a row for each pattern, transport and size", async (t) => {
  const { code, out, err } = await run(
    t,
    "bench",
    "--patterns",
    "push-pull",
    "--transports",
    "ipc,inproc",
    "--sizes",
    "64",
    "--json",
  );
  assert.equal(err, "");
  assert.equal(code, 0);
  const rows = JSON.parse(out) as Row[]; // what --json writes
  assert.deepEqual(
    rows.map(({ pattern, transport, size }) => [pattern, transport, size]),
    [
      ["push-pull", "ipc", 64],
      ["push-pull", "inproc", 64],
    ],
  );
  for (const row of rows) assert.ok(row.perSecond > 100, JSON.stringify(row));
});

test("bench writes a table with a head", async (t) => {
  const { code, out } = await run(t, "bench", "--transports", "tcp", "--sizes", "1024", "--patterns", "req-rep");
  assert.equal(code, 0);
  assert.match(
    out,
    /^pattern +over +bytes +msg\/s +MB\/s +p50 µs +p99 µs\nreq-rep +tcp +1024 +[\d,]+ +[\d.]+ +[\d.]+ +[\d.]+\n$/,
  );
});
