import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { until } from "../conformance/recorders.ts";
import { run, Zmq } from "./zmq.ts";

const ANY = "tcp://127.0.0.1:*";

async function proxy(t: TestContext, ...args: string[]): Promise<{ zmq: Zmq; addresses: string[] }> {
  const zmq = new Zmq(t, "proxy", ANY, ANY, ...args);
  const count = args.includes("--capture") ? 3 : 2;
  const found = (): string[] => [...zmq.err.matchAll(/bound to (\S+)/g)].map((match) => match[1] ?? "");
  await until("the proxy's addresses", () => found().length === count, 30_000);
  return { zmq, addresses: found() };
}

test("a queue passes requests and replies, a copy of each goes to the capture, and it counts them", async (t) => {
  const { zmq, addresses } = await proxy(t, "--stats", "--capture", ANY);
  const [front = "", back = "", capture = ""] = addresses;
  const watcher = new Zmq(t, "sub", capture, "--format", "hex", "--verbose");
  await watcher.hear(/ handshake /);
  const rep = new Zmq(t, "rep", "--connect", back, "--echo");
  assert.equal((await run(t, "req", front, "--message", "hello")).out, "hello\n");
  await rep.hear(/hello/);
  await watcher.hear(/\t\t68656c6c6f\n[^]*\t\t68656c6c6f\n/);
  zmq.process.kill("SIGINT");
  const { code, err } = await zmq.end();
  assert.equal(code, 130);
  assert.match(err, /"frontEnd":\{"received":\{"messages":1,/);
});

test("a streamer passes tasks on", async (t) => {
  const { addresses } = await proxy(t, "--type", "streamer");
  const [front = "", back = ""] = addresses;
  const pull = new Zmq(t, "pull", "--connect", back, "--count", "2");
  assert.equal((await new Zmq(t, "push", front).input("a\nb\n").end()).code, 0);
  assert.equal((await pull.end()).out, "a\nb\n");
});

test("a forwarder passes subscriptions up and what is published down", async (t) => {
  const { addresses } = await proxy(t, "--type", "forwarder");
  const [front = "", back = ""] = addresses;
  const sub = new Zmq(t, "sub", back, "--topic", "b", "--count", "1");
  const pub = new Zmq(t, "pub", "--connect", front).input("a1\nb2\n");
  assert.equal((await sub.end()).out, "b2\n");
  assert.equal((await pub.end()).code, 0);
});
