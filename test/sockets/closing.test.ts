import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Pull, Push, Reply, Request, type Socket } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { bound, fresh, KINDS, nobody } from "../support/places.ts";
import { RawHost } from "../support/raw-peer.ts";
import { assertSettled, sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

describe("close", () => {
  test("may be called twice; closed says so, and counters stay readable", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    await meet(pull, push, "tcp");
    await push.send("x");
    assert.deepEqual(await next(pull), ["x"]);
    for (let time = 0; time < 2; time++) {
      push.close();
      assert.equal(push.closed, true);
    }
    assert.equal(push.stats().messagesSent, 1);
    assert.equal(push.lastEndpoint, pull.lastEndpoint);
  });

  test("zeromq.js A3: what needs an open socket is EBADF afterwards, thrown at once", (t) => {
    const push = sockets(t)(new Push());
    push.close();
    const calls: (() => unknown)[] = [
      () => push.bind(fresh("tcp")),
      () => push.bindSync(fresh("tcp")),
      () => push.unbind("tcp://127.0.0.1:1"),
      () => push.unbindSync("tcp://127.0.0.1:1"),
      () => push.connect(nobody("tcp")),
      () => push.disconnect(nobody("tcp")),
      () => push.drain(),
      () => push.ready(),
    ];
    for (const call of calls) assert.throws(call, zmqError("EBADF", "Socket is closed"));
  });

  test("emits end once, as the last event", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    const watch = new Watch(push);
    await meet(pull, push, "tcp");
    push.close();
    await push.ended();
    await watch.first("end");
    assert.deepEqual(
      watch.events.slice(-1).map((event) => event.type),
      ["end"],
    );
    assert.equal(watch.of("end").length, 1);
    assert.equal(watch.of("disconnect").length, 0, "its own close is no disconnection (libzmq 4)");
  });

  test("makes the peers notice", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    const atPull = new Watch(pull);
    await meet(pull, push, "tcp");
    push.close();
    const { peer, peerAddress, socketType } = await atPull.first("disconnect");
    assert.ok(Number(peer) > 0);
    assert.match(peerAddress ?? "", /^tcp:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(socketType, "PUSH");
  });
});

describe("linger", () => {
  for (const kind of KINDS) {
    test(`-1: messages to a peer over ${kind} are delivered after close`, async (t) => {
      const use = sockets(t);
      const [push, pull] = [use(new Push()), use(new Pull())];
      await meet(pull, push, kind);
      const body = Buffer.alloc(10_000, "x");
      for (let count = 0; count < 500; count++) assert.ok(push.trySend([`${count}`, body]));
      push.close();
      for (let count = 0; count < 500; count++) assert.equal((await next(pull))[0], `${count}`);
      await push.ended();
      assert.equal(push.stats().messagesDelivered, 500);
    });
  }

  test("0: what is queued to nobody is dropped and counted, at once", async (t) => {
    const push = sockets(t)(new Push({ linger: 0 }));
    push.connect(nobody("tcp"));
    for (let count = 0; count < 5; count++) await push.send("x");
    push.close();
    await push.ended();
    assert.equal(push.stats().drops["linger-expired"], 5);
  });

  test("n ms: what is queued is dropped when they are over", async (t) => {
    const push = sockets(t)(new Push({ linger: 30 }));
    push.connect(nobody("tcp"));
    await push.send("x");
    const began = performance.now();
    push.close();
    await push.ended();
    assert.ok(performance.now() - began >= 28);
    assert.equal(push.stats().drops["linger-expired"], 1);
  });

  test("-1: a closed socket waits for a peer that comes later", async (t) => {
    const use = sockets(t);
    const address = fresh("ipc");
    const push = use(new Push({ reconnectInterval: 5 }));
    push.connect(address);
    await push.send("late");
    push.close();
    const pull = use(new Pull());
    pull.bindSync(address);
    assert.deepEqual(await next(pull), ["late"]);
    await push.ended();
    assertSettled(push);
  });

  test("libzmq 8.7: holds for disconnect too, and messages for others are not touched", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ linger: 0 }));
    push.connect(nobody("tcp"));
    await push.send("1");
    push.disconnect(nobody("tcp"));
    assert.equal(push.stats().drops["linger-expired"], 1);
    const pull = use(new Pull());
    await meet(pull, push, "tcp");
    await push.send("2");
    assert.deepEqual(await next(pull), ["2"]);
  });
});

describe("ended", () => {
  test("resolves when nothing is left, however late one asks", async (t) => {
    const push = sockets(t)(new Push());
    bound(push, "tcp");
    const early = push.ended();
    push.close();
    await early;
    await push.ended();
  });

  test("waits for messages that are still going out", async (t) => {
    const use = sockets(t);
    const push = use(new Push());
    const host = await RawHost.listen(t);
    push.connect(host.endpoint);
    await push.send("held");
    push.close();
    let over = false;
    void push.ended().then(() => (over = true));
    const peer = await host.accepts();
    await until("its greeting", () => peer.received.length > 0);
    assert.equal(over, false);
    host.close();
    push.linger = 0;
    await until("the next attempts to fail", () => push.stats().connects >= 1);
    const { drops, queuedOut } = push.stats();
    assert.equal(queuedOut + drops["linger-expired"] + drops["peer-lost"], 1);
  });
});

describe("disposal", () => {
  test("await using closes a socket and waits for its end", async () => {
    let seen: Socket;
    {
      await using push = new Push();
      bound(push, "tcp");
      seen = push;
    }
    assert.equal(seen.closed, true);
    assertSettled(seen);
  });

  test("using closes it", () => {
    let seen: Socket;
    {
      using pull = new Pull();
      seen = pull;
    }
    assert.equal(seen.closed, true);
  });
});

test("a request that was answered while its server closes arrives", async (t) => {
  const use = sockets(t);
  const [req, rep] = [use(new Request()), use(new Reply())];
  await meet(rep, req, "tcp");
  await req.send("q");
  await rep.receive();
  await rep.send("a");
  rep.close();
  assert.deepEqual(await next(req), ["a"]);
  await rep.ended();
});
