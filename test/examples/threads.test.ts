import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { Program, withoutPyzmq } from "../support/program.ts";

const guide = (t: TestContext, name: string, ...parameters: string[]): Program =>
  Program.example(t, `guide/${name}`, ...parameters);

describe("mtserver", () => {
  const replies = (count: number): string[] => Array.from({ length: count }, (_, number) => `Received World ${number}`);

  /** How many threads got one of `count` requests. */
  async function served(server: Program, count: number): Promise<number> {
    const requests = await server.matches(/^Thread (\d+) received request: \[Hello\]$/, count);
    return new Set(requests.map(([, thread]) => thread)).size;
  }

  test("mtserver answers hwclients from all of its threads", async (t) => {
    const server = guide(t, "mtserver", "tcp://127.0.0.1:*", "3", "1");
    const [, endpoint = ""] = await server.line(/^Bound to (.*)/);
    const clients = [1, 2, 3, 4].map(() => guide(t, "hwclient", endpoint, "10"));
    for (const client of clients) assert.deepEqual(await client.end(), replies(10));
    assert.equal(await served(server, 40), 3);
  });

  test("mtserver answers a client on pyzmq", { skip: withoutPyzmq }, async (t) => {
    const server = guide(t, "mtserver", "tcp://127.0.0.1:*", "2", "0");
    const [, endpoint = ""] = await server.line(/^Bound to (.*)/);
    assert.deepEqual(await Program.python(t, "hwclient", endpoint, "10").end(), replies(10));
    assert.equal(await served(server, 10), 2);
  });
});

test("mtrelay's steps are ready one after the other", async (t) => {
  const lines = ["Step 1 ready, signaling step 2", "Step 2 ready, signaling step 3", "Test successful!"];
  // What a worker prints goes by way of the main thread, which prints in between.
  assert.deepEqual((await guide(t, "mtrelay").end()).sort(), lines);
});

test("pipeline passes through every step once, in whichever order they start", async (t) => {
  const [four, ten] = [guide(t, "pipeline"), guide(t, "pipeline", "10")];
  assert.deepEqual(await four.end(), ["begin 1 2 3 4"]);
  assert.deepEqual(await ten.end(), ["begin 1 2 3 4 5 6 7 8 9 10"]);
});
