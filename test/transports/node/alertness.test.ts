import assert from "node:assert/strict";
import { test } from "node:test";
import { heard } from "../../../src/transports/node/alertness.ts";
import { until } from "../../conformance/recorders.ts";

const awake = (): boolean => process.getActiveResourcesInfo().includes("Immediate");

/** More than are needed: a process that is interrupted in between reads some of them late. */
function readMany(): void {
  for (let reads = 0; reads < 200; reads++) heard();
}

test("reads in quick succession keep the loop awake, and only for a moment after the last", async () => {
  assert.equal(awake(), false);
  heard();
  assert.equal(awake(), false);
  readMany();
  assert.equal(awake(), true);
  await until("the end of the look-out", () => !awake());
});

test("to stay awake in vain must be earned by quick reads, of which few are saved up", async () => {
  readMany();
  await until("the end of the look-out", () => !awake());
  heard();
  assert.equal(awake(), true);
  await until("the end of the look-out", () => !awake());
  heard();
  assert.equal(awake(), false);
});
