import assert from "node:assert/strict";
import { test } from "node:test";
import { endsWell, Thread, type ThreadProgram } from "../support/thread.ts";

// The main thread of this file imports the package only where a test says so: until then, no thread that it starts is
// told of any other.

/** Binds, says what came of it, and receives for as long as anything comes. */
const binder: ThreadProgram = async ({ data, zmq, say }) => {
  const { Pull } = await zmq();
  const pull = new Pull();
  await pull.bind(data).then(
    () => say("bound"),
    (error: { code: string }) => say(error.code),
  );
  for await (const [body] of pull) {
    say(String(body));
    if (String(body) === "end") pull.close();
  }
};

const connector: ThreadProgram = async ({ data, zmq, say, told }) => {
  const { Push, context } = await zmq();
  const push = new Push();
  push.connect(data);
  await push.send("hello");
  say("sent");
  await told();
  say(context.ioThreads);
  await push.send("end");
};

test("workers of a main thread that does not use the package meet, whichever comes first", async (t) => {
  for (const binderFirst of [true, false]) {
    const address = `inproc://orphans-${binderFirst}`;
    const early = binderFirst ? new Thread(t, binder, address) : null;
    await early?.says("bound");
    const connecting = new Thread(t, connector, address);
    await connecting.says("sent");
    const binding = early ?? new Thread(t, binder, address);
    if (early === null) await binding.says("bound");
    await binding.says("hello");
    connecting.tell("end");
    await connecting.says(1);
    await binding.says("end");
    await endsWell(connecting);
    await endsWell(binding);
  }
});

test("of two such workers that bind one name, one has it", async (t) => {
  const address = "inproc://orphans-contended";
  const threads = [new Thread(t, binder, address), new Thread(t, binder, address)];
  const said = await Promise.all(threads.map(async (thread) => String(await thread.said())));
  assert.deepEqual(said.toSorted(), ["EADDRINUSE", "bound"]);
});

test("a worker that is terminated leaves its name to the next, though nobody saw it start", async (t) => {
  const address = "inproc://orphans-terminated";
  const first = new Thread(t, binder, address);
  await first.says("bound");
  const witness = new Thread(t, connector, address);
  await witness.says("sent");
  await first.says("hello");
  await first.worker.terminate();
  const second = new Thread(t, binder, address);
  await second.says("bound");
});

test("the main thread that imports the package after its workers meets them, and shares options and names", async (t) => {
  const address = "inproc://orphans-late";
  const binding = new Thread(t, binder, address);
  await binding.says("bound");
  const connecting = new Thread(t, connector, address);
  await connecting.says("sent");
  await binding.says("hello");
  const { context, Pair, Push } = await import("../../src/index.ts");
  context.ioThreads = 4;
  const pair = new Pair();
  await assert.rejects(pair.bind(address), (error: { code?: unknown }) => error.code === "EADDRINUSE");
  const push = new Push();
  push.connect(address);
  await push.send("from the main thread");
  await binding.says("from the main thread");
  connecting.tell("end");
  await connecting.says(4);
  await binding.says("end");
  await endsWell(binding);
  await endsWell(connecting);
  await pair.bind(address);
  push.close();
  pair.close();
});
