import assert from "node:assert/strict";
import { test } from "node:test";
import { Reader } from "../../../src/transports/node/reader.ts";
import type { StreamEvents } from "../../../src/transports/transport.ts";
import { until } from "../../conformance/recorders.ts";

const awake = (): boolean => process.getActiveResourcesInfo().includes("Immediate");

/** A stream's owner of whom nothing else is asked. */
class Owner implements StreamEvents {
  bytes = "";
  unread = false;
  received(bytes: Uint8Array): void {
    this.bytes += Buffer.from(bytes).toString("latin1");
  }
  target(): null {
    return null;
  }
  drained(): void {}
  closed(): void {}
}

test("the loop is kept awake by quick reads, but not while the user has messages to take", async (t) => {
  const reader = new Reader();
  const owner = (reader.events = new Owner());
  const { onread } = reader;
  if (onread === undefined) return t.skip("reads as the runtime likes");
  const readMany = (): void => {
    for (let reads = 0; reads < 200; reads++) onread.callback(1, Buffer.from("ab"));
  };
  owner.unread = true;
  readMany();
  assert.equal(owner.bytes, "a".repeat(200));
  assert.equal(awake(), false);
  owner.unread = false;
  readMany();
  assert.equal(awake(), true);
  await until("the end of the look-out", () => !awake());
});
