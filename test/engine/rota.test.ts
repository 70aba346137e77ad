import assert from "node:assert/strict";
import { test } from "node:test";
import { Rota } from "../../src/engine/rota.ts";

test("a rota lets 256 batches go out in each turn of the loop, in the order in which they came", () => {
  const waiting: (() => void)[] = [];
  const host = { afterIo: (run: () => void): void => void waiting.push(run) };
  const gone: number[] = [];
  for (let at = 0; at < 600; at++) Rota.of(host).add({ flush: () => gone.push(at) });
  const counts = [gone.length];
  for (let look = waiting.shift(); look !== undefined; look = waiting.shift()) {
    look();
    counts.push(gone.length);
  }
  assert.deepEqual(counts, [0, 256, 512, 600]);
  assert.deepEqual(
    gone,
    Array.from({ length: 600 }, (_, at) => at),
  );
});
