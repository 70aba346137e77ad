import assert from "node:assert/strict";
import dgram from "node:dgram";
import { describe, test, type TestContext } from "node:test";
import { Datagram } from "../../src/draft.ts";
import { sockets } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";
import { until } from "../conformance/recorders.ts";
import { hasIpv6 } from "../transports/node/ipv6.ts";

const ANY = "udp://127.0.0.1:*";
const PATIENCE = { timeout: 5000 };

/** Bound, with its address as others name it. */
function bound(t: TestContext, options: ConstructorParameters<typeof Datagram>[0] = {}): [Datagram, string] {
  const socket = sockets(t)(new Datagram(options));
  socket.bindSync(ANY);
  return [socket, String(socket.lastEndpoint).slice("udp://".length)];
}

/** A program that knows nothing of ZeroMQ. */
async function client(t: TestContext): Promise<{ socket: dgram.Socket; heard: string[]; address: string }> {
  const socket = dgram.createSocket("udp4");
  const heard: string[] = [];
  socket.on("message", (bytes) => heard.push(String(bytes)));
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  t.after(() => socket.close());
  return { socket, heard, address: `127.0.0.1:${socket.address().port}` };
}

describe("DGRAM", () => {
  test("test_dgram/test_roundtrip: a message is [address, body] both ways, and the sender's address answers it", async (t) => {
    const [one, oneAddress] = bound(t);
    const [other, otherAddress] = bound(t);
    await one.send([otherAddress, "hello"]);
    const [sender, body, ...more] = await other.receive(PATIENCE);
    assert.deepEqual([String(sender), String(body), more], [`${oneAddress}\0`, "hello", []]);
    await other.send([sender as Buffer, "and back"]); // a message has two frames
    assert.deepEqual((await one.receive(PATIENCE)).map(String), [`${otherAddress}\0`, "and back"]);
    await other.send([oneAddress, ""]);
    assert.deepEqual((await one.receive(PATIENCE)).map(String), [`${otherAddress}\0`, ""]);
  });

  test("test_dgram/test_connect_fails: it can't connect, and has no other transport", async (t) => {
    const socket = sockets(t)(new Datagram());
    assert.throws(() => socket.connect("udp://127.0.0.1:7777"), zmqError("ENOCOMPATPROTO", "can only bind"));
    for (const address of ["tcp://127.0.0.1:*", "ipc://nowhere", "inproc://nowhere"]) {
      assert.throws(() => socket.bindSync(address), zmqError("ENOCOMPATPROTO", address));
      await assert.rejects(socket.bind(address), zmqError("ENOCOMPATPROTO", address));
      assert.throws(() => socket.connect(address), zmqError("ENOCOMPATPROTO", address));
    }
    assert.throws(() => socket.bindSync("foo://bar"), zmqError("EPROTONOSUPPORT", "udp"));
  });

  test("talks with any program that speaks UDP", async (t) => {
    const [socket, address] = bound(t);
    const { socket: other, heard, address: back } = await client(t);
    const port = Number(address.split(":")[1]);
    other.send("ping", port, "127.0.0.1");
    other.send("", port, "127.0.0.1");
    const [sender, body] = await socket.receive(PATIENCE);
    assert.deepEqual([String(sender), String(body)], [`${back}\0`, "ping"]);
    assert.equal(String((await socket.receive(PATIENCE))[1]), "");
    await socket.send([back, "pong"]);
    await until("the answer", () => heard.length > 0);
    assert.deepEqual(heard, ["pong"]);
  });

  test("a message has two frames, and the first is an address", async (t) => {
    const [socket] = bound(t);
    for (const message of ["x", ["x"], ["127.0.0.1:9"], ["127.0.0.1:9", "x", "y"]]) {
      await assert.rejects(socket.send(message), zmqError("EINVAL", "two frames"));
    }
    for (const address of ["nonsense", "localhost:9", "127.0.0.1:0", "127.0.0.1:*", ""]) {
      await assert.rejects(socket.send([address, "x"]), zmqError("EINVAL", "127.0.0.1:5555"));
      assert.throws(() => socket.trySend([address, "x"]), zmqError("EINVAL"));
    }
    assert.equal(socket.stats().messagesSent, 0);
  });

  test("sending before bind() is an error, where libzmq aborts", async (t) => {
    const socket = sockets(t)(new Datagram());
    assert.equal(socket.writable, false);
    await assert.rejects(socket.send(["127.0.0.1:9", "x"]), zmqError("EFSM", "bind()"));
    await socket.bind(ANY);
    assert.equal(socket.writable, true);
    await socket.send(["127.0.0.1:9", "nobody hears"]);
    socket.unbindSync(String(socket.lastEndpoint));
    await assert.rejects(socket.send(["127.0.0.1:9", "x"]), zmqError("EFSM", "bind()"));
  });

  test("a body that no datagram holds is EMSGSIZE, and the largest goes through", async (t) => {
    const [socket, address] = bound(t);
    await assert.rejects(socket.send([address, Buffer.alloc(65_508)]), zmqError("EMSGSIZE", "65507"));
    await socket.send([address, Buffer.alloc(65_507, "x")]);
    assert.equal((await socket.receive(PATIENCE))[1]?.length, 65_507);
  });

  test("where nothing can be sent to, it is lost as unroutable, and nothing else is", async (t) => {
    const [socket, address] = bound(t);
    await socket.send(["255.255.255.255:9", "broadcasting has to be allowed"]);
    await socket.send(["[::1]:9", "a socket for IPv4 reaches no IPv6"]);
    await until("both", () => socket.stats().drops.unroutable === 2);
    await socket.send([address, "to itself"]);
    assert.equal(String((await socket.receive(PATIENCE))[1]), "to itself");
  });

  test("is bound to one address at a time; what an unbound one received stays readable", async (t) => {
    const [socket, first] = bound(t);
    assert.throws(() => socket.bindSync(ANY), zmqError("EINVAL", "bound already"));
    await assert.rejects(socket.bind(ANY), zmqError("EINVAL", "bound already"));
    await socket.send([first, "before"]);
    await until("the message", () => socket.readable);
    await socket.unbind(`udp://${first}`);
    await assert.rejects(socket.unbind(`udp://${first}`), zmqError("ENOENT", "nothing is bound"));
    await socket.bind(ANY);
    const second = String(socket.lastEndpoint).slice("udp://".length);
    await socket.send([second, "after"]);
    assert.deepEqual(String((await socket.receive(PATIENCE))[1]), "before");
    assert.deepEqual(String((await socket.receive(PATIENCE))[1]), "after");
  });

  test("what comes when the mark is reached is dropped and counted, and the rest is received", async (t) => {
    const [socket, address] = bound(t, { receiveHighWaterMark: 10 });
    const { socket: other } = await client(t);
    const port = Number(address.split(":")[1]);
    for (let count = 0; count < 25; count++) other.send(String(count), port, "127.0.0.1");
    await until("all of them", () => socket.stats().messagesReceived === 25);
    const { queuedIn, drops, hwmHitsIn } = socket.stats();
    assert.deepEqual([queuedIn, drops.hwm, hwmHitsIn], [10, 15, 1]);
    for (let count = 0; count < 10; count++) {
      assert.equal(String((await socket.receive(PATIENCE))[1]), String(count));
    }
    other.send("more", port, "127.0.0.1");
    assert.equal(String((await socket.receive(PATIENCE))[1]), "more");
  });

  test("what is larger than maxMessageSize is dropped as too-big", async (t) => {
    const [socket, address] = bound(t, { maxMessageSize: 100 });
    for (const size of [101, 100]) await socket.send([address, Buffer.alloc(size)]);
    assert.equal((await socket.receive(PATIENCE))[1]?.length, 100);
    assert.equal(socket.stats().drops["too-big"], 1);
  });

  test("bytes that were sent may be used again at once", async (t) => {
    const [socket, address] = bound(t);
    const bytes = Buffer.from("first");
    await socket.send([address, bytes]);
    bytes.fill("x");
    assert.equal(String((await socket.receive(PATIENCE))[1]), "first");
  });

  test("closing sends what was handed over, whatever the linger time", async (t) => {
    for (const linger of [0, -1, 1000]) {
      const use = sockets(t);
      const [receiver, address] = bound(t);
      const sender = use(new Datagram({ linger }));
      await sender.bind(ANY);
      for (let count = 0; count < 20; count++) void sender.send([address, String(count)]);
      sender.close();
      await sender.ended();
      for (let count = 0; count < 20; count++) {
        assert.equal(String((await receiver.receive(PATIENCE))[1]), String(count));
      }
      assert.equal(sender.stats().messagesDelivered, 20);
    }
  });

  test("closing while bind() is under way leaves nothing behind", async (t) => {
    const socket = sockets(t)(new Datagram());
    const binding = socket.bind(ANY);
    socket.close();
    await binding;
    await socket.ended();
    assert.equal(socket.lastEndpoint, null);
  });

  test("tells of binding, of failing to, and of closing; and shows its port as its peer", async (t) => {
    const socket = sockets(t)(new Datagram());
    const watch = new Watch(socket);
    assert.throws(() => socket.bindSync("udp://192.0.2.99:0"), zmqError("EADDRNOTAVAIL", "udp://192.0.2.99:0"));
    await socket.bind(ANY);
    const endpoint = String(socket.lastEndpoint);
    assert.deepEqual([socket.stats().peers, socket.peers()[0]?.endpoint], [1, endpoint]);
    await socket.ready({ timeout: 0 });
    socket.unbindSync(endpoint);
    assert.equal((await watch.first("bind:error")).address, "192.0.2.99:0");
    assert.equal((await watch.first("bind")).address, endpoint);
    assert.equal((await watch.first("close")).address, endpoint);
    assert.equal(socket.stats().peers, 0);
  });

  test(
    "with the ipv6 option both families come in and are answered",
    { skip: !hasIpv6 && "no IPv6 here" },
    async (t) => {
      const use = sockets(t);
      const socket = use(new Datagram({ ipv6: true }));
      await socket.bind("udp://*:*");
      const port = /\d+$/.exec(String(socket.lastEndpoint))?.[0];
      const [four, fourAddress] = bound(t);
      const six = use(new Datagram({ ipv6: true }));
      await six.bind("udp://[::1]:*");
      const sixAddress = String(six.lastEndpoint).slice("udp://".length);
      for (const [from, to, address] of [
        [four, `127.0.0.1:${port}`, fourAddress],
        [six, `[::1]:${port}`, sixAddress],
      ] as const) {
        await from.send([to, "hello"]);
        const [sender, body] = await socket.receive(PATIENCE);
        assert.deepEqual([String(sender), String(body)], [`${address}\0`, "hello"]);
        await socket.send([sender as Buffer, "back"]); // a message has two frames
        assert.equal(String((await from.receive(PATIENCE))[1]), "back");
      }
    },
  );
});
