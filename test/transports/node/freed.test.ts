import assert from "node:assert/strict";
import { test } from "node:test";
import { keepFreed } from "../../../src/transports/node/freed.ts";

test("one block below 32 MiB is taken and dropped, once", (context) => {
  const allocated = context.mock.method(Buffer, "allocUnsafeSlow");
  keepFreed();
  keepFreed();
  const sizes = allocated.mock.calls.map(({ arguments: [size] }) => size);
  assert.equal(sizes.length, 1);
  assert.ok((sizes[0] ?? 0) < 32 << 20);
});
