import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as zmq from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { bound } from "../support/places.ts";
import { RawHost } from "../support/raw-peer.ts";
import { sockets } from "../support/sockets.ts";
import { withEachPeer } from "../interop/peer.ts";
import { countUp, using } from "../interop/ours.ts";
import { type Child, child } from "../transports/node/child.ts";

/** A process that connects to an address, sends when it is connected, and does what comes then. */
function sender(address: string, send: string, last: string): Child {
  return child(`
    import { Push } from "src/index.ts";
    const push = new Push({ sendHighWaterMark: 0 });
    push.connect("${address}");
    await push.ready();
    ${send}
    ${last}`);
}

const NUMBERS = (count: number): string => `for (let at = 0; at < ${count}; at++) push.send(String(at));`;

const ENDS = [
  { how: "process.exit()", last: "process.exit(7);", code: 7 },
  { how: "an exception that nobody catches", last: 'throw new Error("of a test");', code: 1 },
] as const;

const SENDINGS = [
  { what: "500 messages", send: NUMBERS(500), expected: countUp(500).map(String) },
  { what: "100000 messages", send: NUMBERS(100_000), expected: countUp(100_000).map(String) },
  {
    what: "eight messages of 1 MiB",
    send: "for (let at = 0; at < 8; at++) push.send(Buffer.alloc(1048576, 48 + at));",
    expected: countUp(8).map((at) => String(at).repeat(1_048_576)),
  },
] as const;

describe("what was sent to a connected peer arrives, though the process ends there and then", () => {
  for (const { how, last, code } of ENDS) {
    for (const { what, send, expected } of SENDINGS) {
      for (const kind of ["tcp", "ipc"] as const) {
        test(`${what} over ${kind}, by ${how}`, async (t) => {
          const pull = sockets(t)(new zmq.Pull({ receiveTimeout: 10_000 }));
          const ending = sender(bound(pull, kind), send, last);
          const received: string[] = [];
          while (received.length < expected.length) received.push(String(await pull.receive()));
          assert.ok(received.every((body, at) => body === expected[at]));
          assert.equal(await ending.exit(), code, ending.said());
        });
      }
    }
  }

  test("to every subscriber of a PUB", async (t) => {
    const use = sockets(t);
    const subscribers = [1, 2, 3].map(() =>
      use(new zmq.Subscriber({ receiveHighWaterMark: 0, receiveTimeout: 10_000 })),
    );
    for (const subscriber of subscribers) subscriber.subscribe("");
    const addresses = subscribers.map((subscriber) => bound(subscriber, "tcp"));
    const ending = child(`
      import { Publisher } from "src/index.ts";
      const publisher = new Publisher({ sendHighWaterMark: 0 });
      for (const address of ${JSON.stringify(addresses)}) publisher.connect(address);
      await publisher.ready({ subscribers: 3 });
      for (let at = 0; at < 1000; at++) publisher.send(String(at));
      process.exit();`);
    for (const subscriber of subscribers) {
      for (let at = 0; at < 1000; at++) {
        assert.equal(String(await subscriber.receive()), String(at));
      }
    }
    assert.equal(await ending.exit(), 0, ending.said());
  });

  test("but not when its linger time is 0 and the kernel has not taken it", async (t) => {
    const host = await RawHost.listen(t);
    const ending = child(`
      import { Push } from "src/index.ts";
      const push = new Push({ linger: 0 });
      push.connect("${host.endpoint}");
      push.send("never sent");
      process.exit();`);
    assert.equal(await ending.exit(), 0, ending.said());
    assert.ok(host.peers.every((peer) => !peer.received.includes("never sent")));
  });
});

test("a peer that reads nothing does not keep a process from its end", async (t) => {
  const host = await RawHost.listen(t);
  const ending = sender(
    host.endpoint,
    "for (let at = 0; at < 50; at++) push.send(Buffer.alloc(1048576));",
    "process.exit();",
  );
  const peer = await host.accepts();
  await peer.shake("PULL");
  peer.stream.pause();
  assert.equal(await ending.exit(), 0, ending.said());
});

withEachPeer("what was sent to a libzmq PULL arrives", (peer) => {
  for (const kind of ["tcp", "ipc"] as const) {
    for (const [how, last, pause] of [
      ["though process.exit() is called right then", "process.exit();", 0],
      ["slow as it is, before the process ends by itself", "", 2],
    ] as const) {
      test(
        `over ${kind}, ${how}`,
        using(async (side) => {
          const theirs = await peer.open("PULL");
          const ending = sender(await theirs.bind(side.address(kind)), NUMBERS(100_000), last);
          assert.deepEqual(await theirs.receiveNumbers(100_000, pause), countUp(100_000));
          assert.equal(await ending.exit(), 0);
          await theirs.close();
        }),
      );
    }
  }
});

test("a sender that is killed costs what it had queued, and its peer goes on", async (t) => {
  const pull = sockets(t)(new zmq.Pull());
  const address = bound(pull, "tcp");
  const killed = sender(address, "", 'process.kill(process.pid, "SIGKILL");');
  assert.equal(await killed.exit(), null);
  await until("its end", () => pull.stats().disconnects === 1);
  assert.equal(await sender(address, NUMBERS(1), "").exit(), 0);
  assert.equal(String(await pull.receive({ timeout: 10_000 })), "0");
});
