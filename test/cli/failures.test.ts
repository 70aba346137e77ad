import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ipcAddress, run, Zmq } from "./zmq.ts";

const ANY = "tcp://127.0.0.1:*";

test("a port that is taken is one line and exit code 1", async (t) => {
  const first = new Zmq(t, "pull", ANY);
  const address = await first.bound();
  const { code, out, err } = await run(t, "pull", address);
  assert.equal(code, 1);
  assert.equal(out, "");
  assert.match(err, /^zmq: Address already in use \(tcp:[^\n]*another program is bound there[^\n]*\n$/);
});

const WRONG: readonly [args: string[], says: RegExp][] = [
  [["pull"], /an address is missing/],
  [["pull", "5556"], /"5556" is no address; it has the form transport:\/\/where/],
  [["pull", "tcp://127.0.0.1:port"], /tcp:\/\/127.0.0.1:port/],
  [["pull", "pigeon://roof"], /transports here are .*tcp/],
  [["pull", ANY, "--topic", "x"], /there is no flag --topic/],
  [["sub", ANY, "--receive-high-water-mark", "-2"], /receiveHighWaterMark takes 0 to/],
  [["sub", ANY, "--format", "xml"], /--format takes one of text, hex, json, raw/],
  [["plane", ANY], /there is no verb "plane"/],
  [["pul", ANY], /did you mean (pull|pub)\?/],
  [["proxy", ANY], /takes two addresses/],
  [["bench", "--sizes", "big"], /--sizes takes a list of whole numbers/],
  [["bench", "--patterns", "fan-out"], /--patterns takes a list of push-pull, req-rep/],
  [["demo", "--seconds", "0"], /--seconds takes a whole number, 1 or more/],
];

describe("a wrong command line is one line and exit code 2", { concurrency: 4 }, () => {
  for (const [args, says] of WRONG) {
    test(`zmq ${args.join(" ")}`, async (t) => {
      const { code, out, err } = await run(t, ...args);
      assert.equal(code, 2, err);
      assert.equal(out, "");
      assert.match(err, says);
      assert.match(err, /^zmq: [^\n]*; see zmq (\S+ )?--help\n$/);
    });
  }
});

test("a message that the format can't read is exit code 1, and names the line", async (t) => {
  const pull = new Zmq(t, "pull", ANY);
  const push = new Zmq(t, "push", await pull.bound(), "--format", "json").input('["good"]\nbad\n');
  const { code, err } = await push.end();
  assert.equal(code, 1);
  assert.match(err, /^zmq: line 2: "bad" is not JSON[^\n]*\n$/);
});

test("exit code 3 says that a time limit passed: receiving, waiting for peers, delivering", async (t) => {
  const nobody = ipcAddress(t);
  const limited = (...args: string[]): Promise<{ code: number | null; err: string }> =>
    run(t, ...args, "--timeout", "50");
  for (const args of [
    ["sub", nobody],
    ["pub", ANY, "--message", "x"],
    ["req", nobody, "--message", "x"],
    ["push", nobody, "--message", "x"],
  ]) {
    const { code, err } = await limited(...args);
    assert.equal(code, 3, `${args.join(" ")}: ${err}`);
    assert.match(err, /^(zmq: [^\n]*\n)+$/);
  }
});

test("Ctrl-C is exit code 130", async (t) => {
  const pull = new Zmq(t, "pull", ANY);
  await pull.bound();
  pull.process.kill("SIGINT");
  assert.equal((await pull.end()).code, 130);
});

test("a reader that has enough ends it quietly", async (t) => {
  const pull = new Zmq(t, "pull", ANY);
  const push = new Zmq(t, "push", await pull.bound());
  push.write("one\n");
  await pull.hear(/one/);
  pull.process.stdout?.destroy();
  push.write("two\n").write("three\n");
  const { code, err } = await pull.end();
  assert.equal(code, 0);
  assert.match(err, /^zmq: bound to \S+\n$/);
});
