import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { Program, withoutPyzmq } from "../support/program.ts";

/** Endpoints for messages and for requests. */
function endpoints(t: TestContext): [string, string] {
  const directory = mkdtempSync(path.join(tmpdir(), "sync-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return [`ipc://${directory}/pub`, `ipc://${directory}/sync`];
}

test("ten syncsubs get all of syncpub's 1,000,000 messages", async (t) => {
  const at = endpoints(t);
  const publisher = Program.example(t, "guide/syncpub", ...at);
  const subscribers = Array.from({ length: 10 }, () => Program.example(t, "guide/syncsub", ...at));
  for (const subscriber of subscribers) assert.deepEqual(await subscriber.end(), ["Received 1000000 updates"]);
  assert.equal((await publisher.end()).at(-1), "Dropped: 0");
});

test("syncpub loses nothing to subscribers on pyzmq", { skip: withoutPyzmq }, async (t) => {
  const at = endpoints(t);
  const publisher = Program.example(t, "guide/syncpub", ...at, "2", "100000");
  const subscribers = [Program.python(t, "syncsub", ...at), Program.example(t, "guide/syncsub", ...at)];
  for (const subscriber of subscribers) assert.deepEqual(await subscriber.end(), ["Received 100000 updates"]);
  assert.equal((await publisher.end()).at(-1), "Dropped: 0");
});

test("syncsub gets all from a publisher on pyzmq", { skip: withoutPyzmq }, async (t) => {
  const at = endpoints(t);
  const publisher = Program.python(t, "syncpub", ...at, "1", "100000");
  assert.deepEqual(await Program.example(t, "guide/syncsub", ...at).end(), ["Received 100000 updates"]);
  await publisher.end();
});
