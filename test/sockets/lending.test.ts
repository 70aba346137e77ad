import assert from "node:assert/strict";
import { test } from "node:test";
import { Pull, Push, release, type SocketOptions } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { CURVE } from "../support/securities.ts";
import { sockets, type Use } from "../support/sockets.ts";

const SIZE = 200_000;

async function joined(
  use: Use,
  address = "tcp://127.0.0.1:*",
  options: SocketOptions<Push> = {},
): Promise<[Push, Pull]> {
  const pull = use(new Pull());
  const push = use(new Push(options));
  await pull.bind(address);
  push.connect(pull.lastEndpoint ?? "");
  return [push, pull];
}

test("a received body that is given back is filled again, with and without CURVE", async (t) => {
  for (const security of [{ server: {}, client: {} }, CURVE]) {
    const use = sockets(t);
    const pull = use(new Pull(security.server));
    const push = use(new Push(security.client));
    await pull.bind("tcp://127.0.0.1:*");
    push.connect(pull.lastEndpoint ?? "");
    const used = [];
    for (let value = 1; value <= 6; value++) {
      await push.send(Buffer.alloc(SIZE, value));
      const message = await pull.receive();
      assert.ok(message[0]?.every((byte) => byte === value));
      used.push(release(message));
      if (used.at(-1) === 1) assert.equal(message[0]?.length, 0);
    }
    assert.deepEqual(used.slice(1), [1, 1, 1, 1, 1]);
  }
});

test("what is sent on is not taken back, so that it arrives as it was", async (t) => {
  const use = sockets(t);
  const [push, pull] = await joined(use);
  const [onward, end] = await joined(use);
  release([]);
  await push.send(Buffer.alloc(SIZE, 5));
  const message = await pull.receive();
  await onward.send(message);
  assert.equal(release(message), 0);
  const [body] = await end.receive();
  assert.equal(body?.length, SIZE);
  assert.ok(body?.every((byte) => byte === 5));
});

test("the sender is told once its memory is free, and may then write the next message there", async (t) => {
  for (const address of ["tcp://127.0.0.1:*", "inproc://lending"]) {
    const [push, pull] = await joined(sockets(t), address);
    const memory = Buffer.alloc(SIZE);
    let calls = 0;
    for (let value = 1; value <= 5; value++) {
      memory.fill(value);
      const received = pull.receive();
      await new Promise<void>((resolve, reject) => {
        const released = (): void => {
          calls++;
          memory.fill(0xee);
          resolve();
        };
        push.send(memory, { released }).catch(reject);
      });
      const [body] = await received;
      assert.ok(body?.every((byte) => byte === value));
    }
    assert.equal(calls, 5);
  }
});

test("the sender is told of what was dropped, and of one peer's messages while another reads nothing", async (t) => {
  const use = sockets(t);
  const [push, pull] = await joined(use, undefined, { linger: 0 });
  push.connect("tcp://127.0.0.1:1"); // nobody listens there: half of the messages wait
  await push.ready();
  const told: number[] = [];
  for (let at = 0; at < 4; at++) await push.send(Buffer.alloc(SIZE, at), { released: () => void told.push(at) });
  await pull.receive();
  await pull.receive();
  await until("those that were taken", () => told.length === 2);
  push.close();
  await push.ended();
  await until("all four", () => told.length === 4);
  assert.deepEqual(
    told.sort((a, b) => a - b),
    [0, 1, 2, 3],
  );
});

test("a send that waits for its turn is told of too, one that fails is not", async (t) => {
  const use = sockets(t);
  const push = use(new Push());
  let told = 0;
  const released = (): void => void told++;
  await assert.rejects(push.send(Buffer.alloc(SIZE), { timeout: 1, released }), { code: "EAGAIN" });
  const sent = push.send(Buffer.alloc(SIZE), { released });
  const pull = use(new Pull());
  await pull.bind("tcp://127.0.0.1:*");
  push.connect(pull.lastEndpoint ?? "");
  await sent;
  await pull.receive();
  await push.drain();
  await until("the release", () => told > 0);
  assert.equal(told, 1);
  assert.throws(() => push.send("x", { released: 1 as unknown as () => void }), TypeError);
});
