import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as zmq from "../../src/index.ts";
import { fresh } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { type Child, child } from "../transports/node/child.ts";

/** Says "held" when the process is still there after a while, which it does not hold itself. */
const START = `
  import * as zmq from "src/index.ts";
  const say = (text) => console.log(text);
  process.on("exit", (code) => say("exit " + code));
  setTimeout(() => say("held"), 100).unref();`;

function program(source: string): Child {
  return child(`${START}\n${source}`);
}

/** What holds a process without a limit would keep it for ever. */
async function endsByItself(source: string): Promise<Child> {
  const started = program(source);
  assert.equal(await started.exit(), 0, started.said());
  assert.match(started.said(), /exit 0/);
  return started;
}

describe("sockets that are idle do not hold the process:", () => {
  for (const [what, call, address] of [
    ["bound over tcp", "bindSync", "tcp://127.0.0.1:*"],
    ["bound over ipc", "bindSync", `${fresh("ipc")}-TYPE`],
    ["bound over inproc", "bindSync", "inproc://TYPE"],
    ["connected where nobody listens", "connect", "tcp://127.0.0.1:1"],
    ["connected to a name that nobody bound", "connect", "inproc://idle"],
  ] as const) {
    test(`${what}, of every type`, async () => {
      await endsByItself(`
        const types = Object.values(zmq).filter((one) => one.prototype instanceof zmq.Socket);
        for (const type of types) new type().${call}("${address}".replace("TYPE", type.name));
        say(types.length + " sockets");`);
    });
  }

  test("after they have talked, and with events unread", async () => {
    const talked = await endsByItself(`
      const [pull, push] = [new zmq.Pull(), new zmq.Push()];
      push.events;
      await pull.bind("tcp://127.0.0.1:*");
      push.connect(pull.lastEndpoint);
      await push.send("hello");
      say(String(await pull.receive()));`);
    assert.match(talked.said(), /hello/);
  });
});

describe("what somebody waits for holds the process:", () => {
  test("a receive", async (t) => {
    const waiting = program(`
      const pull = new zmq.Pull();
      await pull.bind("tcp://127.0.0.1:*");
      say("at " + pull.lastEndpoint + ".");
      say("got " + await pull.receive());`);
    await waiting.hear(/held/);
    const [, address = ""] = await waiting.hear(/at (.*)\./);
    const push = sockets(t)(new zmq.Push());
    push.connect(address);
    await push.send("it");
    assert.equal(await waiting.exit(), 0);
    assert.match(waiting.said(), /got it\n/);
  });

  test("a receive, though the only endpoint is a name that nobody bound", async () => {
    const waiting = program(`
      const pull = new zmq.Pull();
      pull.connect("inproc://nobody");
      pull.receive();`);
    await waiting.hear(/held/);
    waiting.process.kill("SIGKILL");
    await waiting.exit();
  });

  test("a send that nobody takes yet", async (t) => {
    const waiting = program(`
      const push = new zmq.Push();
      await push.bind("tcp://127.0.0.1:*");
      say("at " + push.lastEndpoint + ".");
      push.send("it");`);
    await waiting.hear(/held/);
    const [, address = ""] = await waiting.hear(/at (.*)\./);
    const pull = sockets(t)(new zmq.Pull());
    pull.connect(address);
    assert.equal(String(await pull.receive()), "it");
    assert.equal(await waiting.exit(), 0);
  });

  test("the next event", async (t) => {
    const waiting = program(`
      const pull = new zmq.Pull();
      const bound = pull.events.receive();
      await pull.bind("tcp://127.0.0.1:*");
      say("at " + pull.lastEndpoint + ".");
      await bound;
      say("next " + (await pull.events.receive()).type);`);
    await waiting.hear(/held/);
    const [, address = ""] = await waiting.hear(/at (.*)\./);
    sockets(t)(new zmq.Push()).connect(address);
    assert.equal(await waiting.exit(), 0);
    assert.match(waiting.said(), /next accept\n/);
  });
});

describe("messages that are queued when nothing else holds the process", () => {
  for (const close of ["", "push.close();"]) {
    const which = close === "" ? "an open socket" : "a closed socket";

    test(`of ${which} hold it, with a warning that names socket and peer, until somebody takes them`, async (t) => {
      const address = fresh("ipc");
      const waiting = program(`
        const push = new zmq.Push();
        push.connect("${address}");
        for (let at = 0; at < 3; at++) push.send("message " + at);
        ${close}`);
      await waiting.hear(/WARNING.*\n/);
      const text = `(node:${waiting.process.pid}) WARNING: Waiting for queued ZeroMQ messages to be delivered.`;
      const line =
        waiting
          .said()
          .split("\n")
          .find((each) => each.startsWith(text)) ?? "";
      assert.match(line, / Set 'context\.blocky = false' to change this behaviour\./, waiting.said());
      assert.ok(line.includes(`Push to ${address}: 3 messages`), line);
      const pull = sockets(t)(new zmq.Pull());
      await pull.bind(address);
      for (let at = 0; at < 3; at++) assert.equal(String(await pull.receive()), `message ${at}`);
      assert.equal(await waiting.exit(), 0);
      assert.equal(waiting.said().split("WARNING").length, 2);
    });

    test(`of ${which} hold it no longer than its linger time`, async () => {
      const waiting = program(`
        const push = new zmq.Push({ linger: 200 });
        push.connect("${fresh("ipc")}");
        push.send("message");
        ${close}`);
      assert.equal(await waiting.exit(), 0);
      assert.match(waiting.said(), /held[^]*exit 0/);
      assert.doesNotMatch(waiting.said(), /WARNING/);
    });

    test(`of ${which} do not hold it without a linger time`, async () => {
      await endsByItself(`
        const push = new zmq.Push({ linger: 0 });
        push.connect("${fresh("ipc")}");
        push.send("message");
        ${close}`);
    });

    test(`of ${which} do not hold it when its context is not blocky`, async () => {
      await endsByItself(`
        zmq.context.blocky = false;
        const push = new zmq.Push();
        push.connect("${fresh("ipc")}");
        push.send("message");
        ${close}`);
    });
  }

  test("bring no warning while something else holds it", async () => {
    const busy = program(`
      const push = new zmq.Push();
      push.connect("${fresh("ipc")}");
      push.send("message");
      push.close();
      setTimeout(() => process.exit(0), 800);`);
    assert.equal(await busy.exit(), 0);
    assert.doesNotMatch(busy.said(), /WARNING/);
  });

  test("all arrive, however many", async (t) => {
    const pull = sockets(t)(new zmq.Pull());
    await pull.bind("tcp://127.0.0.1:*");
    const sender = program(`
      const push = new zmq.Push({ sendHighWaterMark: 0 });
      push.connect("${pull.lastEndpoint}");
      for (let at = 0; at < 20000; at++) push.send(String(at));`);
    for (let at = 0; at < 20_000; at++) assert.equal(String(await pull.receive()), String(at));
    assert.equal(await sender.exit(), 0);
  });
});

test("a process is soon ready for its first message", async (t) => {
  const began = performance.now();
  const pull = sockets(t)(new zmq.Pull());
  await pull.bind("tcp://127.0.0.1:*");
  const sender = program(`
    const push = new zmq.Push();
    push.connect("${pull.lastEndpoint}");
    await push.send("first");`);
  await pull.receive();
  t.diagnostic(
    `${Math.round(performance.now() - began)} ms from its start to its first message (zeromq.js' tests: 750)`,
  );
  assert.equal(await sender.exit(), 0);
});
