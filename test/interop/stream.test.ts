import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { until } from "../conformance/recorders.ts";
import { buffers, join, type OurSocket, using } from "./ours.ts";
import { type Talker, withEachPeer } from "./peer.ts";

const BODY: Buffer = Buffer.alloc(1024 * 1024, "raw bytes ");

withEachPeer("STREAM and STREAM", (peer) => {
  for (const transport of ["tcp", "ipc"] as const) {
    for (const binder of ["we", "they"] as const) {
      test(
        `bytes go both ways, and each side is told that the other came, over ${transport}, where ${binder} bind`,
        using(async (side) => {
          const ours = side.open("STREAM");
          const theirs = await peer.open("STREAM");
          await join(ours, theirs, side.address(transport), binder);
          const [theirId, ...empty] = await ours.receive();
          const [ourId, ...emptyThere] = await theirs.receive();
          assert.deepEqual([empty, emptyThere], [buffers([""]), buffers([""])]);
          await ours.send([theirId as Buffer, BODY]); // a message has a frame
          assert.ok(BODY.equals(await collect(theirs, BODY.length)));
          await theirs.send([ourId as Buffer, BODY]); // a message has a frame
          assert.ok(BODY.equals(await collect(ours, BODY.length)));
          await theirs.close();
          assert.deepEqual(await ours.receive(), [theirId, Buffer.alloc(0)]);
        }),
      );
    }
  }
});

test(
  "our bound STREAM talks with a plain TCP client, and ends its connection with an empty message",
  using(async (side) => {
    const ours = side.open("STREAM");
    const port = await bound(ours);
    const client = net.connect(port, "127.0.0.1");
    let said = "";
    let ended = false;
    client.on("data", (bytes) => (said += String(bytes)));
    client.on("close", () => (ended = true));
    const [id] = await ours.receive();
    client.write("GET / HTTP/1.0\r\n\r\n");
    assert.deepEqual(await ours.receive(), [id, Buffer.from("GET / HTTP/1.0\r\n\r\n")]);
    await ours.send([id as Buffer, "HTTP/1.0 200 OK\r\n\r\nhello"]); // a message has a frame
    await ours.send([id as Buffer, ""]); // as above
    await until("the client's end", () => ended);
    assert.equal(said, "HTTP/1.0 200 OK\r\n\r\nhello");
    await assert.rejects(ours.send([id as Buffer, "late"]), { code: "EHOSTUNREACH" }); // as above
  }),
);

test(
  "our connected STREAM talks with a plain TCP server under the id it chose, and hears that the server hung up",
  using(async (side) => {
    const server = net.createServer((socket) => {
      socket.on("data", (bytes) => socket.end(`you said ${String(bytes)}`));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo; // of a TCP server
    try {
      const ours = side.open("STREAM");
      (ours.connect as (address: string, options: object) => void).call(ours, `tcp://127.0.0.1:${port}`, {
        routingId: "web",
      });
      assert.deepEqual(await ours.receive(), buffers(["web", ""]));
      await ours.send(["web", "hi"]);
      assert.deepEqual(await ours.receive(), buffers(["web", "you said hi"]));
      assert.deepEqual(await ours.receive(), buffers(["web", ""]));
    } finally {
      server.close();
    }
  }),
);

async function bound(ours: OurSocket): Promise<number> {
  await ours.bind("tcp://127.0.0.1:*");
  return Number(ours.lastEndpoint?.split(":").at(-1));
}

/** The bodies of messages, until they come to so many bytes. */
async function collect(from: Talker, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let size = 0; size < length;) {
    const part = (await from.receive())[1] ?? Buffer.alloc(0);
    parts.push(part);
    size += part.length;
  }
  return Buffer.concat(parts);
}
