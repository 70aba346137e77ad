import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import { Program, withoutPyzmq } from "../support/program.ts";

/** Endpoints of a test's own: ipc, so that both sides know them before either runs. */
function endpoints(t: TestContext): (name: string) => string {
  const directory = mkdtempSync(path.join(tmpdir(), "guide-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return (name) => `ipc://${path.join(directory, name)}`;
}

const guide = (t: TestContext, name: string, ...parameters: string[]): Program =>
  Program.example(t, `guide/${name}`, ...parameters);

const pyzmq = { skip: withoutPyzmq };

test("version tells libzmq's version and its own", async (t) => {
  const [line = ""] = await guide(t, "version").end();
  assert.match(line, /^Behaves as libzmq 4\.3\.5; zeromq-ts \d+\.\d+\.\d+$/);
});

describe("hello world", () => {
  const replies = (count: number): string[] => Array.from({ length: count }, (_, number) => `Received World ${number}`);

  test("hwserver answers three hwclients over tcp", async (t) => {
    const server = guide(t, "hwserver", "tcp://127.0.0.1:*", "0");
    const [, endpoint = ""] = await server.line(/^Bound to (.*)/);
    const clients = [10, 3, 1].map((count) => guide(t, "hwclient", endpoint, String(count)));
    assert.deepEqual(await Promise.all(clients.map((client) => client.end())), [10, 3, 1].map(replies));
  });

  test("hwclient may start before hwserver", async (t) => {
    const at = endpoints(t);
    const client = guide(t, "hwclient", at("hw"), "2");
    guide(t, "hwserver", at("hw"), "0");
    assert.deepEqual(await client.end(), replies(2));
  });

  test("hwserver answers a client on pyzmq", pyzmq, async (t) => {
    const server = guide(t, "hwserver", "tcp://127.0.0.1:*", "0");
    const [, endpoint = ""] = await server.line(/^Bound to (.*)/);
    assert.deepEqual(await Program.python(t, "hwclient", endpoint, "10").end(), replies(10));
  });

  test("hwclient is answered by a server on pyzmq", pyzmq, async (t) => {
    const at = endpoints(t);
    Program.python(t, "hwserver", at("hw"));
    assert.deepEqual(await guide(t, "hwclient", at("hw"), "10").end(), replies(10));
  });
});

describe("weather", () => {
  test("wuserver publishes over tcp and ipc at once", async (t) => {
    const at = endpoints(t);
    const server = guide(t, "wuserver", `tcp://127.0.0.1:*,${at("wu")}`, "100");
    const [, tcp = ""] = await server.line(/^Bound to (tcp:.*)/);
    const clients = [guide(t, "wuclient", "00042", tcp), guide(t, "wuclient", "00007", at("wu"))];
    for (const client of clients) {
      assert.match(
        (await client.end()).join("\n"),
        /^Average temperature for zipcode 000\d\d was -?\d+ F \(100 updates\)$/,
      );
    }
  });

  test("wuserver publishes to a client on pyzmq", pyzmq, async (t) => {
    const at = endpoints(t);
    guide(t, "wuserver", at("wu"), "100");
    assert.deepEqual(await Program.python(t, "wuclient", "00042", at("wu"), "100").end(), ["100 updates"]);
  });

  test("wuclient understands a server on pyzmq", pyzmq, async (t) => {
    const at = endpoints(t);
    Program.python(t, "wuserver", at("wu"), "100");
    const lines = await guide(t, "wuclient", "00042", at("wu"), "10").end();
    assert.deepEqual(lines, ["Average temperature for zipcode 00042 was 50 F (10 updates)"]);
  });
});

describe("divide and conquer", () => {
  /** What a sink prints of 30 tasks. */
  const DONE = ":.........".repeat(3);

  test("taskvent shares tasks among workers, whose results reach tasksink", async (t) => {
    const at = endpoints(t);
    const sink = guide(t, "tasksink", at("sink"), "30");
    for (let worker = 0; worker < 3; worker++) guide(t, "taskwork", at("vent"), at("sink"));
    const vent = guide(t, "taskvent", "3", at("vent"), at("sink"), "30", "5");
    assert.match((await vent.end()).join("\n"), /^Waiting for 3 workers\nTotal expected cost: \d+ ms$/);
    const [progress, total = ""] = await sink.end();
    assert.equal(progress, DONE);
    assert.match(total, /^Total elapsed time: \d+ ms$/);
  });

  test("taskvent and tasksink work with a worker on pyzmq", pyzmq, async (t) => {
    const at = endpoints(t);
    const sink = guide(t, "tasksink", at("sink"), "30");
    Program.python(t, "taskwork", at("vent"), at("sink"));
    await guide(t, "taskvent", "1", at("vent"), at("sink"), "30", "5").end();
    assert.equal((await sink.end())[0], DONE);
  });

  test("taskwork works between a ventilator and a sink on pyzmq", pyzmq, async (t) => {
    const at = endpoints(t);
    const sink = Program.python(t, "tasksink", at("sink"), "30");
    guide(t, "taskwork", at("vent"), at("sink"));
    await Program.python(t, "taskvent", at("vent"), at("sink"), "30").end();
    assert.deepEqual(await sink.end(), ["30 results"]);
  });
});

for (const name of ["msreader", "mspoller"] as const) {
  describe(`${name}, on two sockets`, () => {
    test("reads tasks and weather, from programs of its own kind", async (t) => {
      const at = endpoints(t);
      const reader = guide(t, name, at("vent"), at("wu"), "00042");
      guide(t, "wuserver", at("wu"), "1000");
      guide(t, "tasksink", at("sink"));
      await guide(t, "taskvent", "1", at("vent"), at("sink"), "30", "5").end();
      await reader.matches(/^Task of [1-5] ms$/, 30);
      await reader.matches(/^Weather: 00042 -?\d+ \d+$/, 10);
    });

    test("reads tasks and weather from a ventilator and a server on pyzmq", pyzmq, async (t) => {
      const at = endpoints(t);
      const reader = guide(t, name, at("vent"), at("wu"), "00042");
      Program.python(t, "wuserver", at("wu"), "1000");
      Program.python(t, "taskvent", at("vent"), at("sink"), "30");
      await reader.matches(/^Task of 1 ms$/, 30);
      await reader.matches(/^Weather: 00042 50 \d+$/, 10);
    });
  });
}

describe("request-reply broker", () => {
  const replies = Array.from({ length: 5 }, (_, number) => `Received reply ${number} [World]`);

  test("rrbroker joins clients and services that know nothing of each other", async (t) => {
    const at = endpoints(t);
    guide(t, "rrbroker", at("front"), at("back"));
    for (let worker = 0; worker < 2; worker++) guide(t, "rrworker", at("back"), "0");
    const clients = [1, 2].map(() => guide(t, "rrclient", at("front"), "5"));
    for (const client of clients) assert.deepEqual(await client.end(), replies);
  });

  test("rrbroker serves a client and a service on pyzmq", pyzmq, async (t) => {
    const at = endpoints(t);
    guide(t, "rrbroker", at("front"), at("back"));
    Program.python(t, "rrworker", at("back"));
    const lines = await Program.python(t, "hwclient", at("front"), "2").end();
    assert.deepEqual(lines, ["Received World 0", "Received World 1"]);
  });

  test("rrclient and rrworker meet through libzmq's proxy", pyzmq, async (t) => {
    const at = endpoints(t);
    Program.python(t, "rrbroker", at("front"), at("back"));
    const worker = guide(t, "rrworker", at("back"), "0");
    assert.deepEqual(await guide(t, "rrclient", at("front"), "5").end(), replies);
    assert.equal(worker.lines.filter((line) => line === "Received request: [Hello]").length, 5);
  });
});

describe("weather proxy", () => {
  test("wuproxy passes subscriptions up and weather down", async (t) => {
    const at = endpoints(t);
    guide(t, "wuserver", at("inside"), "100");
    guide(t, "wuproxy", at("inside"), at("outside"));
    const lines = await guide(t, "wuclient", "00042", at("outside"), "10").end();
    assert.match(lines.join("\n"), /^Average temperature for zipcode 00042 was -?\d+ F \(10 updates\)$/);
  });

  test("wuproxy stands between a server and a client on pyzmq", pyzmq, async (t) => {
    const at = endpoints(t);
    Program.python(t, "wuserver", at("inside"), "100");
    guide(t, "wuproxy", at("inside"), at("outside"));
    assert.deepEqual(await Program.python(t, "wuclient", "00042", at("outside"), "10").end(), ["10 updates"]);
  });
});

describe("envelopes", () => {
  const wanted = Array.from({ length: 2 }, () => "[B] We would like to see this");

  test("psenvsub sees only what psenvpub sends under its key", async (t) => {
    const at = endpoints(t);
    guide(t, "psenvpub", at("env"), "5");
    assert.deepEqual(await guide(t, "psenvsub", at("env"), "2").end(), wanted);
  });

  test("psenvpub publishes to a subscriber on pyzmq", pyzmq, async (t) => {
    const at = endpoints(t);
    guide(t, "psenvpub", at("env"), "5");
    assert.deepEqual(await Program.python(t, "psenvsub", at("env"), "2").end(), wanted);
  });

  test("psenvsub understands a publisher on pyzmq", pyzmq, async (t) => {
    const at = endpoints(t);
    Program.python(t, "psenvpub", at("env"));
    assert.deepEqual(await guide(t, "psenvsub", at("env"), "2").end(), wanted);
  });
});

for (const [name, type] of [
  ["rtreq", "REQ"],
  ["rtdealer", "DEALER"],
] as const) {
  describe(`${name}, with workers on ${type}`, () => {
    test("every worker gets work until it is fired", async (t) => {
      const lines = await guide(t, name, endpoints(t)("boss"), "10", "600").end();
      assert.equal(lines.filter((line) => /^Completed: [1-9]\d* tasks$/.test(line)).length, 10);
    });

    test("a worker on pyzmq gets work among ours", pyzmq, async (t) => {
      const at = endpoints(t);
      const boss = guide(t, name, at("boss"), "2", "1500", "1");
      const [line = ""] = await Program.python(t, "rtworker", at("boss"), type).end();
      assert.match(line, /^Completed: \d+ tasks$/);
      assert.equal((await boss.end()).length, 2);
    });
  });
}

describe("interrupt", () => {
  test("interrupt ends by itself on SIGINT, in the middle of a receive", async (t) => {
    const server = guide(t, "interrupt", "tcp://127.0.0.1:*");
    const [, endpoint = ""] = await server.line(/^Bound to (.*)/);
    await guide(t, "hwclient", endpoint, "1").end();
    server.kill("SIGINT");
    assert.deepEqual((await server.end()).slice(1), ["Interrupt received, ending", "Ended"]);
  });

  test("interrupt serves a client on pyzmq until then", pyzmq, async (t) => {
    const server = guide(t, "interrupt", "tcp://127.0.0.1:*");
    const [, endpoint = ""] = await server.line(/^Bound to (.*)/);
    assert.deepEqual(await Program.python(t, "hwclient", endpoint, "1").end(), ["Received Hello 0"]);
    server.kill("SIGTERM");
    await server.end();
  });
});
