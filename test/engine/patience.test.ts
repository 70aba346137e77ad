import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Patience, type Waiting } from "../../src/engine/patience.ts";

/** A host in the middle of a run, and turns of the loop by hand. */
function scene(): { host: { busy: boolean }; patience: Patience; turn(times?: number): void; looks(): number } {
  let waiting: (() => void)[] = [];
  let looks = 0;
  const afterIo = (run: () => void): void => void waiting.push(run);
  const host = { busy: true, afterIo, atEndOfTurn: afterIo };
  const turn = (times = 1): void => {
    for (let left = times; left > 0; left--) {
      const runs = waiting;
      waiting = [];
      looks += runs.length;
      for (const run of runs) run();
    }
  };
  return { host, patience: Patience.of(host), turn, looks: () => looks };
}

class Small implements Waiting {
  since = 0;
  flushed = 0;

  flush(): void {
    this.since = 0;
    this.flushed++;
  }
}

describe("patience", () => {
  test("holds a small batch for 24 turns while the run goes on", () => {
    const { patience, turn } = scene();
    const batch = new Small();
    patience.hold(batch);
    turn(23);
    assert.equal(batch.flushed, 0);
    turn();
    assert.equal(batch.flushed, 1);
  });

  test("lets all go in the turn after the run ended", () => {
    const { host, patience, turn } = scene();
    const batches = [new Small(), new Small()];
    for (const batch of batches) patience.hold(batch);
    turn();
    host.busy = false;
    turn();
    assert.deepEqual(
      batches.map(({ flushed }) => flushed),
      [1, 1],
    );
  });

  test("does not flush again what went out meanwhile, and holds it anew for its full time", () => {
    const { patience, turn } = scene();
    const batch = new Small();
    patience.hold(batch);
    turn(20);
    batch.flush();
    patience.hold(batch);
    turn(10);
    assert.equal(batch.flushed, 1);
    turn(14);
    assert.equal(batch.flushed, 2);
  });

  test("looks once in each turn however many wait, and waits a turn for each sixteen of them", () => {
    const { patience, turn, looks } = scene();
    const batches = Array.from({ length: 1600 }, () => new Small());
    for (const batch of batches) patience.hold(batch);
    turn(99);
    assert.equal(looks(), 99);
    assert.ok(batches.every(({ flushed }) => flushed === 0));
    turn();
    assert.ok(batches.every(({ flushed }) => flushed === 1));
    turn();
    assert.equal(looks(), 100, "nobody waits any more");
  });

  test("has batches go out the smaller the more of them wait, but never below one slab", () => {
    const { host, patience, turn } = scene();
    assert.equal(patience.enough, 64 * 1024);
    const hold = (count: number): void => {
      for (let left = count; left > 0; left--) patience.hold(new Small());
    };
    hold(1024);
    assert.equal(patience.enough, 64 * 1024);
    hold(1024);
    assert.equal(patience.enough, 32 * 1024);
    hold(8000);
    assert.equal(patience.enough, 8 * 1024 - 512);
    host.busy = false;
    turn();
    assert.equal(patience.enough, 64 * 1024);
  });
});
