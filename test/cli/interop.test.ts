import assert from "node:assert/strict";
import { test } from "node:test";
import { type Peer, withEachPeer } from "../interop/peer.ts";
import { ipcAddress, Zmq } from "./zmq.ts";

withEachPeer("the command line", (peer: Peer) => {
  test("prints what libzmq pushes", async (t) => {
    const pull = new Zmq(t, "pull", "tcp://127.0.0.1:*", "--count", "2", "--format", "json");
    const push = await peer.open("PUSH");
    await push.connect(await pull.bound());
    await push.send(["a", ""]);
    await push.send([Buffer.from([0xff])]);
    assert.equal((await pull.end()).out, '["a",""]\n[{"base64":"/w=="}]\n');
    await push.close();
  });

  test("publishes to libzmq once that has subscribed", async (t) => {
    const address = ipcAddress(t);
    const sub = await peer.open("SUB");
    await sub.subscribe("10001");
    await sub.connect(address);
    const pub = new Zmq(t, "pub", address, "--topic", "10001").input("21 C\n");
    assert.deepEqual((await sub.receive()).map(String), ["10001", "21 C"]);
    assert.equal((await pub.end()).code, 0);
    await sub.close();
  });

  test("asks a libzmq service and answers a libzmq client", async (t) => {
    const service = await peer.open("REP");
    const req = new Zmq(t, "req", await service.bind("tcp://127.0.0.1:*")).input("question\n");
    assert.deepEqual((await service.receive()).map(String), ["question"]);
    await service.send(["answer"]);
    assert.equal((await req.end()).out, "answer\n");
    await service.close();

    const rep = new Zmq(t, "rep", "tcp://127.0.0.1:*", "--echo");
    const client = await peer.open("REQ");
    await client.connect(await rep.bound());
    await client.send(["ping"]);
    assert.deepEqual((await client.receive()).map(String), ["ping"]);
    await client.close();
  });
});
