import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Zmq } from "./zmq.ts";

const ANY = "tcp://127.0.0.1:*";

/** Starts one that binds, and gives the address that it got. */
async function bound(t: TestContext, ...args: string[]): Promise<[Zmq, string]> {
  const zmq = new Zmq(t, ...args, "--bind", ANY);
  return [zmq, await zmq.bound()];
}

test("a server names its clients by numbers, so that they can be answered", async (t) => {
  const [server, address] = await bound(t, "server");
  const client = new Zmq(t, "client", address, "--count", "1").input("to the server\n");
  const [, number = ""] = await server.hear(/^(\d+)\tto the server\n/);
  server.write(`${number}\tto the client\n`);
  assert.equal((await client.end()).out, "to the client\n");
});

test("a server with --echo answers each client", async (t) => {
  const [server, address] = await bound(t, "server", "--echo", "--count", "2");
  const client = new Zmq(t, "client", address, "--count", "2").input("one\ntwo\n");
  assert.equal((await client.end()).out, "one\ntwo\n");
  assert.match((await server.end()).out, /^\d+\tone\n\d+\ttwo\n$/);
});

test("radio waits for a member of its group, and dish prints group and body", async (t) => {
  const radio = new Zmq(
    t,
    "radio",
    ANY,
    "--topic",
    "weather",
    "--message",
    "21 C",
    "--message",
    "22 C",
    "--count",
    "2",
  );
  const dish = new Zmq(t, "dish", await radio.bound(), "--topic", "weather", "--topic", "news", "--count", "2");
  assert.equal((await dish.end()).out, "weather\t21 C\nweather\t22 C\n");
  assert.equal((await radio.end()).code, 0);
});

test("radio without --topic takes the group from each line, and says so of one without", async (t) => {
  const radio = new Zmq(t, "radio", ANY).input("news\tone\nweather\ttwo\n");
  const dish = new Zmq(t, "dish", await radio.bound(), "--topic", "weather", "--count", "1");
  assert.equal((await dish.end()).out, "weather\ttwo\n");
  assert.equal((await radio.end()).code, 0);
  const wrong = await new Zmq(t, "radio", ANY, "--no-wait").input("alone\n").end();
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /begins with its group.*"alone"/);
});

test("dish has to be told which groups to join", async (t) => {
  const { code, err } = await new Zmq(t, "dish", "tcp://127.0.0.1:1").end();
  assert.equal(code, 2);
  assert.match(err, /--topic/);
});

test("scatter and gather pass lines, and end when all is through", async (t) => {
  const [gather, address] = await bound(t, "gather", "--count", "2");
  const scatter = new Zmq(t, "scatter", address).input("one\ntwo\n");
  assert.deepEqual(await scatter.end(), { code: 0, out: "", err: "" });
  assert.equal((await gather.end()).out, "one\ntwo\n");
});

test("peer says which number the peer has that it connects to", async (t) => {
  const [echo, address] = await bound(t, "peer", "--echo", "--count", "1");
  const peer = new Zmq(t, "peer", address, "--count", "1");
  const [, number = ""] = await peer.hear(/is peer (\d+)\n/);
  peer.write(`${number}\thello\n`);
  assert.equal((await peer.end()).out, `${number}\thello\n`);
  assert.match((await echo.end()).out, /^\d+\thello\n$/);
});

test("channel talks both ways, in messages of one part", async (t) => {
  const [one, address] = await bound(t, "channel", "--count", "1", "--echo");
  const other = new Zmq(t, "channel", address, "--count", "1").input("there and back\n");
  assert.equal((await other.end()).out, "there and back\n");
  assert.equal((await one.end()).code, 0);
  const [, again] = await bound(t, "channel");
  const wrong = await new Zmq(t, "channel", again, "--count", "0").input("two\tparts\n").end();
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /one part, not 2/);
});
