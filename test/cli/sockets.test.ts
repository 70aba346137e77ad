import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { unaccounted, type SocketStats } from "../../src/index.ts";
import { ipcAddress, run, Zmq } from "./zmq.ts";

const ANY = "tcp://127.0.0.1:*";

/** Starts one that binds, and gives the address that it got. */
async function bound(t: TestContext, ...args: string[]): Promise<[Zmq, string]> {
  const zmq = new Zmq(t, ...args, "--bind", ANY);
  return [zmq, await zmq.bound()];
}

test("push and pull pass lines, and end when all is through", async (t) => {
  const [pull, address] = await bound(t, "pull", "--count", "3");
  const push = new Zmq(t, "push", address).input("one\n\ntwo\tframes");
  assert.deepEqual(await push.end(), { code: 0, out: "", err: "" });
  const { code, out } = await pull.end();
  assert.equal(out, "one\n\ntwo\tframes\n");
  assert.equal(code, 0);
});

test("push may come before pull", async (t) => {
  const address = ipcAddress(t);
  const push = new Zmq(t, "push", address, "--verbose").input("early\n");
  await push.hear(/connect:retry/);
  const pull = new Zmq(t, "pull", "--count", "1", address);
  assert.equal((await pull.end()).out, "early\n");
  assert.equal((await push.end()).code, 0);
});

test("the same message goes in and comes out in every format", async (t) => {
  for (const [format, line] of [
    ["json", '["a",{"base64":"/w=="},""]\n'],
    ["hex", "00ff\t\t0a\n"],
    ["raw", "a\0b\n\n"],
  ] as const) {
    const [pull, address] = await bound(t, "pull", "--count", "1", "--format", format);
    const push = new Zmq(t, "push", address, "--format", format).input(line);
    assert.equal((await push.end()).code, 0);
    assert.equal((await pull.end()).out, line);
  }
});

test("pub waits for its subscriber, and a topic is the first frame", async (t) => {
  const pub = new Zmq(t, "pub", ANY, "--topic", "10001", "--message", "21 C", "--message", "22 C", "--count", "2");
  const address = await pub.bound();
  const sub = new Zmq(t, "sub", address, "--topic", "100", "--count", "2");
  assert.equal((await sub.end()).out, "10001\t21 C\n10001\t22 C\n");
  assert.equal((await pub.end()).code, 0);
});

test("pub without a topic waits for any subscription", async (t) => {
  const pub = new Zmq(t, "pub", ANY).input("10001 21 C\n20000 3 C\n");
  const sub = new Zmq(t, "sub", await pub.bound(), "--topic", "2", "--count", "1");
  assert.equal((await sub.end()).out, "20000 3 C\n");
  assert.equal((await pub.end()).code, 0);
});

test("pub with --no-wait drops what nobody wants, and says so with --stats", async (t) => {
  const pub = new Zmq(t, "pub", ANY, "--no-wait", "--stats").input("lost\n");
  const { code, err } = await pub.end();
  assert.equal(code, 0);
  const stats = JSON.parse(err.split("\n").find((line) => line.startsWith("{")) ?? "") as SocketStats; // what --stats writes
  assert.equal(stats.drops["no-peer"], 1);
  assert.equal(unaccounted(stats), 0);
});

test("req prints the reply to each line, and rep --echo returns it", async (t) => {
  const [rep, address] = await bound(t, "rep", "--echo", "--count", "2");
  const req = new Zmq(t, "req", address).input("hello\nworld\n");
  assert.deepEqual(await req.end(), { code: 0, out: "hello\nworld\n", err: "" });
  assert.equal((await rep.end()).out, "hello\nworld\n");
});

test("rep answers with its input, and ends with it", async (t) => {
  const [rep, address] = await bound(t, "rep");
  const req = new Zmq(t, "req", address).write("question\n");
  await rep.hear(/question/);
  rep.input("answer\n");
  await req.hear(/answer/);
  assert.equal((await rep.end()).code, 0);
});

test("rep --message answers always with that", async (t) => {
  const [, address] = await bound(t, "rep", "--message", "pong");
  assert.equal((await run(t, "req", address, "--message", "ping", "--count", "3")).out, "pong\npong\npong\n");
});

test("pair talks both ways", async (t) => {
  const [one, address] = await bound(t, "pair", "--count", "1");
  const other = new Zmq(t, "pair", address, "--count", "1").write("there\n");
  await one.hear(/there/);
  assert.equal((await one.end()).code, 0);
  const [third, again] = await bound(t, "pair", "--count", "0");
  third.input("back\n");
  const fourth = new Zmq(t, "pair", again, "--count", "1");
  assert.equal((await fourth.end()).out, "back\n");
  assert.equal((await third.end()).code, 0);
  other.process.kill();
});

test("a router names its peers so that they can be answered", async (t) => {
  const [router, address] = await bound(t, "router");
  const dealer = new Zmq(t, "dealer", address, "--count", "1").input("to the router\n");
  const [, name = ""] = await router.hear(/^(0x[0-9a-f]+)\tto the router\n/);
  router.write(`${name}\tto the dealer\n`);
  assert.equal((await dealer.end()).out, "to the dealer\n");
});

test("options of the table are flags: a router hears the name that a dealer chose", async (t) => {
  const [router, address] = await bound(t, "router", "--echo", "--count", "1");
  const dealer = new Zmq(t, "dealer", address, "--routing-id", "worker-1", "--count", "1").input("hi\n");
  assert.equal((await dealer.end()).out, "hi\n");
  assert.equal((await router.end()).out, "worker-1\thi\n");
});

test("xpub shows subscriptions, and xsub hears what it subscribed to", async (t) => {
  const [xpub, address] = await bound(t, "xpub", "--format", "hex", "--count", "1", "--no-wait");
  const xsub = new Zmq(t, "xsub", address, "--topic", "AB");
  assert.equal((await xpub.end()).out, "014142\n");
  xsub.process.kill();
  const second = new Zmq(t, "xpub", ANY, "--count", "0").input("AB1\nCD2\n");
  const hearer = new Zmq(t, "xsub", await second.bound(), "--topic", "CD", "--count", "1");
  assert.equal((await hearer.end()).out, "CD2\n");
});

test("stream talks raw TCP until the other side closes", async (t) => {
  const server = createServer((socket) => socket.once("data", (bytes) => socket.end(`you said ${bytes.toString()}`)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const stream = new Zmq(t, "stream", `tcp://127.0.0.1:${port}`).input("hi\n");
  assert.deepEqual(await stream.end(), { code: 0, out: "you said hi\n", err: "" });
});

test("dgram talks UDP, and shows addresses without the zero byte", async (t) => {
  const echo = new Zmq(t, "dgram", "udp://127.0.0.1:*", "--echo", "--count", "1");
  const to = (await echo.bound()).slice("udp://".length);
  const dgram = new Zmq(t, "dgram", "udp://127.0.0.1:*", "--count", "1").input(`${to}\thello\n`);
  assert.equal((await dgram.end()).out, `${to}\thello\n`);
  assert.match((await echo.end()).out, /^127\.0\.0\.1:\d+\thello\n$/);
});

test("radio and dish meet over udp, without a mark and without waiting for anybody", async (t) => {
  const dish = new Zmq(t, "dish", "udp://127.0.0.1:*", "--topic", "A", "--count", "1");
  const address = await dish.bound();
  assert.equal((await run(t, "radio", address, "--message", "A\thello")).code, 0);
  assert.equal((await dish.end()).out, "A\thello\n");
});

test("several addresses of several kinds may be given", async (t) => {
  const ipc = ipcAddress(t);
  const pull = new Zmq(t, "pull", `@${ipc}`, ANY, "--count", "2");
  const address = await pull.bound();
  await Promise.all([run(t, "push", `>${ipc}`, "--message", "x"), run(t, "push", address, "--message", "x")]);
  assert.equal((await pull.end()).out, "x\nx\n");
});

test("--interval and --count pace and repeat --message", async (t) => {
  const [pull, address] = await bound(t, "pull", "--count", "3");
  const push = await run(t, "push", address, "--message", "tick", "--interval", "1", "--count", "3");
  assert.equal(push.code, 0);
  assert.equal((await pull.end()).out, "tick\ntick\ntick\n");
});
