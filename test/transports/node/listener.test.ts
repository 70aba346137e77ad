import assert from "node:assert/strict";
import { getSystemErrorName } from "node:util";
import { test } from "node:test";
import type { ServerHandle } from "../../../src/transports/node/internals.ts";
import { HandleListener } from "../../../src/transports/node/listener.ts";
import { Host, until } from "../../conformance/recorders.ts";

class FakeHandle implements ServerHandle {
  onconnection: ServerHandle["onconnection"] = null;
  closed = false;
  listen(): number {
    return 0;
  }
  unref(): void {}
  close(): void {
    this.closed = true;
  }
}

/** The error number that this system has for "too many open files". */
const EMFILE = Array.from({ length: 200 }, (_, at) => -at - 1).find((errno) => getSystemErrorName(errno) === "EMFILE");

test("a listener that the system fails shuts, reports, pauses, and opens again until it is closed", async () => {
  const host = new Host();
  const place = { endpoint: "tcp://127.0.0.1:1", events: host, admit: (): void => assert.fail("nobody came") };
  const [first, second] = [new FakeHandle(), new FakeHandle()];
  let tries = 0;
  const listener = new HandleListener(place, first, () => {
    if (++tries === 1) throw new Error("still full");
    return second;
  });
  first.onconnection?.(EMFILE ?? 0, undefined);
  assert.ok(first.closed);
  assert.equal((host.failures[0] as { code?: string }).code, "EMFILE");
  await until("the second handle", () => second.onconnection !== null);
  assert.deepEqual([tries, host.failures.length], [2, 2]);
  second.onconnection?.(EMFILE ?? 0, undefined);
  listener.close();
  assert.ok(second.closed);
  assert.equal(host.failures.length, 3);
});
