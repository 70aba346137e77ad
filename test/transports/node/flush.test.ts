import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { tailOf, writeAllSync } from "../../../src/transports/node/flush.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test("the tail of a list of parts is its last bytes, wherever the parts are cut", () => {
  const parts = [bytes(1, 2), bytes(), bytes(3), bytes(4, 5, 6)];
  const whole = [1, 2, 3, 4, 5, 6];
  for (let size = 0; size <= 6; size++) {
    const tail = Buffer.concat(tailOf(parts, size));
    assert.deepEqual(Array.from(tail), whole.slice(6 - size));
  }
});

test("all parts are written in order, and a descriptor that takes nothing costs no time", () => {
  const directory = mkdtempSync(join(tmpdir(), "flush-"));
  const file = join(directory, "out");
  const fd = openSync(file, "w");
  assert.equal(writeAllSync(fd, [bytes(1, 2), bytes(), bytes(3)], 0), 3);
  closeSync(fd);
  assert.deepEqual([...readFileSync(file)], [1, 2, 3]);
  const readOnly = openSync(file, "r");
  assert.equal(writeAllSync(readOnly, [bytes(1)], 60_000), 0);
  closeSync(readOnly);
  rmSync(directory, { recursive: true });
});
