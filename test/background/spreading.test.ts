import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import type { Worker } from "node:worker_threads";
import * as theirs from "zeromq";
import { Context, Dealer, Pull, Push, Router, type Socket } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { withEachPeer } from "../interop/peer.ts";
import { bound } from "../support/places.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { CLIENT_KEYS, CURVE, secure, SERVER_KEYS } from "../support/securities.ts";
import { assertBalanced, sockets, type Use } from "../support/sockets.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";
import { child } from "../transports/node/child.ts";

const PATIENCE = { timeout: 5000 };

/** A context with I/O threads, and the workers that it started. */
function background(t: TestContext, ioThreads: number): { readonly context: Context; readonly started: Worker[] } {
  const started: Worker[] = [];
  const heard = (worker: Worker): void => void started.push(worker);
  process.on("worker", heard);
  t.after(() => process.off("worker", heard));
  return { context: new Context({ background: true, ioThreads }), started };
}

/** A socket to which CURVE clients may come. */
function served<S extends Socket>(socket: S): [S, string] {
  secure(socket, CURVE, "server");
  return [socket, bound(socket, "tcp")];
}

/** Clients in this thread, each connected before the next one comes. */
async function clients(use: Use, router: Router, address: string, count: number): Promise<Dealer[]> {
  const dealers: Dealer[] = [];
  for (let at = 0; at < count; at++) {
    const dealer = use(new Dealer({ routingId: `client ${at}`, reconnectInterval: 10 }));
    secure(dealer, CURVE, "client");
    dealer.connect(address);
    dealers.push(dealer);
    await router.ready({ ...PATIENCE, peers: at + 1 });
  }
  return dealers;
}

/** What the client sends comes back to it. */
async function echo(router: Router, dealer: Dealer, body: Uint8Array | string): Promise<void> {
  await dealer.send(body);
  const [id = "", came = ""] = await router.receive(PATIENCE);
  await router.send([id, came]);
  const [back] = await dealer.receive(PATIENCE);
  assert.ok(back?.equals(Buffer.from(body as string))); // either is taken
}

describe("peers of a CURVE listener", () => {
  for (const [ioThreads, peers] of [
    [2, 4],
    [3, 6],
  ] as const) {
    test(`are spread evenly over ${ioThreads} I/O threads: with one that is gone, so are its own, who come back`, async (t) => {
      const { context, started } = background(t, ioThreads);
      const use = sockets(t);
      const [router, address] = served(use(new Router({ context })));
      const dealers = await clients(use, router, address, peers);
      assert.equal(started.length, ioThreads);
      for (const dealer of dealers) await echo(router, dealer, "before");
      const watch = new Watch(router);
      await started[1]?.terminate();
      const share = peers / ioThreads;
      await watch.nth("handshake", share);
      for (const dealer of dealers) await echo(router, dealer, "after");
      assert.equal(watch.of("accept").length, share);
    });
  }

  test("go with the thread of their listener, wherever their sessions are", async (t) => {
    const { context, started } = background(t, 2);
    const use = sockets(t);
    const [router, address] = served(use(new Router({ context })));
    await clients(use, router, address, 4);
    const watch = new Watch(router);
    await started[0]?.terminate();
    await until("no peer", () => router.stats().peers === 0);
    assertBalanced(router);
    await watch.nth("disconnect", 2);
    for (const { reason } of watch.of("disconnect")) assert.match(String(reason), /thread/);
  });

  test("stay with it where the affinity names one thread, and those of NULL do anyway", async (t) => {
    const { context, started } = background(t, 4);
    const use = sockets(t);
    served(use(new Router({ context, affinity: 2 })));
    bound(use(new Router({ context, affinity: 2 })), "tcp");
    await until("the thread", () => started.length === 1);
    bound(use(new Router({ context, affinity: 6 })), "tcp");
    await until("the threads", () => started.length === 2);
  });

  test("come to a socket that could not be bound before", async (t) => {
    const { context } = background(t, 2);
    const use = sockets(t);
    const [other, taken] = served(use(new Router({ context })));
    const router = use(new Router({ context }));
    secure(router, CURVE, "server");
    assert.throws(() => router.bindSync(taken), zmqError("EADDRINUSE", taken));
    await assert.rejects(router.bind(taken), zmqError("EADDRINUSE", taken));
    other.close();
    router.bindSync(taken);
    const dealers = await clients(use, router, taken, 4);
    for (const dealer of dealers) await echo(router, dealer, "hello");
  });

  test("are no more in the middle of their handshake than maxHandshakes, in all threads together", async (t) => {
    const { context } = background(t, 2);
    const use = sockets(t);
    const [router, address] = served(use(new Router({ context, maxHandshakes: 4 })));
    const idle: RawPeer[] = [];
    for (let count = 0; count < 10; count++) idle.push(await RawPeer.dial(t, address));
    await until("all but four to be closed", () => idle.filter((peer) => peer.closed).length === 6);
    const [dealer] = await clients(use, router, address, 1);
    await echo(router, dealer as Dealer, "hello"); // of one
  });

  test("say what is true of them in events, counters and reports, each in order", async (t) => {
    const { context } = background(t, 2);
    const use = sockets(t);
    const router = use(new Router({ context }));
    secure(router, CURVE, "server");
    const watch = new Watch(router);
    await router.bind("tcp://127.0.0.1:*");
    const address = router.lastEndpoint ?? "";
    const dealers = await clients(use, router, address, 4);
    for (const dealer of dealers) await echo(router, dealer, "hello");
    for (const dealer of dealers) dealer.close();
    await watch.nth("disconnect", 4);
    assert.equal(watch.of("bind").length, 1);
    for (const { peer } of watch.of("accept")) {
      const mine = watch.events.filter((event) => "peer" in event && event.peer === peer);
      assert.deepEqual(
        mine.map(({ type }) => type),
        ["accept", "handshake", "disconnect"],
      );
      assert.ok(mine.every((event) => "address" in event && event.address === address));
      const remotes = mine.map((event) => ("peerAddress" in event ? event.peerAddress : ""));
      assert.match(remotes[0] ?? "", /^tcp:\/\/127\.0\.0\.1:\d+$/);
      assert.ok(remotes.every((each) => each === remotes[0]));
    }
    const { accepts, disconnects } = router.stats();
    assert.deepEqual([accepts, disconnects], [4, 4]);
    await router.unbind(address);
    await watch.first("close");
    assert.equal(watch.of("close").length, 1);
  });

  test("send and receive messages of all sizes, many at a time", async (t) => {
    const { context } = background(t, 2);
    const use = sockets(t);
    // A ROUTER drops what is beyond a peer's mark.
    const [router, address] = served(use(new Router({ context, sendHighWaterMark: 0 })));
    const dealers = await clients(use, router, address, 4);
    for (const size of [0, 1, 200, 20_000, 100_000, 3_000_000]) {
      for (const [at, dealer] of dealers.entries()) await echo(router, dealer, Buffer.alloc(size, at));
    }
    const each = 3000;
    const talks = dealers.map(async (dealer) => {
      const sending = (async (): Promise<void> => {
        for (let count = 0; count < each; count++) await dealer.send([String(count), Buffer.alloc(count % 500)]);
      })();
      for (let count = 0; count < each; count++) {
        const [number, body] = await dealer.receive(PATIENCE);
        assert.deepEqual([String(number), body?.length], [String(count), count % 500]);
      }
      await sending;
    });
    for (let count = 0; count < each * dealers.length; count++) await router.send(await router.receive(PATIENCE));
    await Promise.all(talks);
  });

  test("find the socket's marks where they are: who is not read can't send on, and loses nothing", async (t) => {
    const { context } = background(t, 2);
    const use = sockets(t);
    const [pull, address] = served(use(new Pull({ context, receiveHighWaterMark: 2 })));
    const pushes = [0, 1].map(() => use(new Push({ sendHighWaterMark: 2, sendTimeout: 200, linger: -1 })));
    let sent = 0;
    for (const push of pushes) {
      secure(push, CURVE, "client");
      push.connect(address);
      await push.ready(PATIENCE);
    }
    for (const push of pushes) {
      const sending = async (): Promise<void> => {
        for (;;) await push.send(Buffer.alloc(64 * 1024)).then(() => sent++);
      };
      await assert.rejects(sending(), { code: "EAGAIN" });
    }
    assert.ok(sent < 1000, `${sent} messages of 64 KiB have gone somewhere`);
    for (let count = 0; count < sent; count++) assert.equal((await pull.receive(PATIENCE))[0]?.length, 64 * 1024);
  });

  test("who do not read stop who sends to them, and get everything once they do", async (t) => {
    const { context } = background(t, 2);
    const use = sockets(t);
    const [push, address] = served(use(new Push({ context, sendHighWaterMark: 2, sendTimeout: 500, linger: -1 })));
    const pulls = [0, 1].map(() => use(new Pull({ receiveHighWaterMark: 2 })));
    for (const [at, pull] of pulls.entries()) {
      secure(pull, CURVE, "client");
      pull.connect(address);
      await push.ready({ ...PATIENCE, peers: at + 1 });
    }
    let sent = 0;
    const sending = async (): Promise<void> => {
      for (;;) await push.send(Buffer.alloc(64 * 1024)).then(() => sent++);
    };
    await assert.rejects(sending(), { code: "EAGAIN" });
    assert.ok(sent < 1000, `${sent} messages of 64 KiB have gone somewhere`);
    assertBalanced(push);
    let got = 0;
    for (const pull of pulls) void pull.onMessage(() => void got++);
    await until("all of them", () => got === sent);
  });

  test("who leave at once are read to the end", async (t) => {
    const { context } = background(t, 2);
    const use = sockets(t);
    const [pull, address] = served(use(new Pull({ context, receiveHighWaterMark: 10 })));
    const pushes = [0, 1, 2, 3].map(() => use(new Push({ linger: -1 })));
    for (const push of pushes) {
      secure(push, CURVE, "client");
      push.connect(address);
      await push.ready(PATIENCE);
      for (let count = 0; count < 500; count++) await push.send(Buffer.alloc(1000));
      push.close();
    }
    for (const push of pushes) await push.ended();
    for (let count = 0; count < 4 * 500; count++) await pull.receive(PATIENCE);
  });

  test("keep their connections while the application is blocked: libzmq hears heartbeats, and nothing is lost", async (t) => {
    const { context } = background(t, 2);
    const use = sockets(t);
    const [pull, address] = served(use(new Pull({ context, receiveHighWaterMark: 0 })));
    const lost: string[] = [];
    const pushes = [0, 1].map(() => {
      const push = new theirs.Push({ heartbeatInterval: 50, heartbeatTimeout: 300, sendHighWaterMark: 0, linger: 0 });
      Object.assign(push, CURVE.client);
      t.after(() => push.close());
      push.events.on("disconnect", () => lost.push("disconnect"));
      push.connect(address);
      return push;
    });
    await pull.ready({ ...PATIENCE, peers: 2 });
    const sending = pushes.map(async (push) => {
      for (let count = 0; count < 2000; count++) await push.send(String(count));
    });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    for (let count = 0; count < 2 * 2000; count++) await pull.receive(PATIENCE);
    await Promise.all(sending);
    assert.deepEqual(lost, []);
    assert.equal(pull.stats().disconnects, 0);
  });

  for (const transport of ["tcp", "ipc"] as const) {
    test(`get what is queued for them over ${transport} at process.exit()`, async (t) => {
      const use = sockets(t);
      const place = transport === "tcp" ? "tcp://127.0.0.1:*" : `ipc://@spreading-${process.pid}`;
      const sender = child(`
        import { Context, Push } from "src/index.ts";
        const context = new Context({ background: true, ioThreads: 2 });
        const push = new Push({ context, sendHighWaterMark: 0, curveServer: true,
                                curveSecretKey: ${JSON.stringify(SERVER_KEYS.secretKey)} });
        push.authenticate(() => true);
        push.bindSync("${place}");
        console.log("at " + push.lastEndpoint + ".");
        await push.ready({ peers: 2 });
        for (let count = 0; count < 20_000; count++) push.send([String(count), Buffer.alloc(100)]);
        process.exit(7);`);
      const [, address = ""] = await sender.hear(/at (.*)\./);
      const pulls = [0, 1].map(() => use(new Pull({ receiveHighWaterMark: 0 })));
      for (const pull of pulls) {
        secure(pull, CURVE, "client");
        pull.connect(address);
      }
      for (const [at, pull] of pulls.entries()) {
        for (let count = at; count < 20_000; count += 2) {
          const [number] = await pull.receive({ timeout: 20_000 });
          assert.equal(Number(number) >> 1, count >> 1, sender.said());
        }
      }
      assert.equal(await sender.exit(), 7, sender.said());
    });
  }
});

withEachPeer("peers of a CURVE listener with I/O threads", (peer) => {
  test("are real ones", async (t) => {
    const { context } = background(t, 2);
    const [router, address] = served(sockets(t)(new Router({ context })));
    const { publicKey: curvePublicKey, secretKey: curveSecretKey } = CLIENT_KEYS;
    const options = { curveServerKey: SERVER_KEYS.publicKey, curvePublicKey, curveSecretKey };
    const dealers = await Promise.all([0, 1, 2, 3].map(() => peer.open("DEALER", options)));
    for (const dealer of dealers) await dealer.connect(address);
    await router.ready({ ...PATIENCE, peers: 4 });
    for (const body of ["small", "x".repeat(300_000)]) {
      for (const dealer of dealers) {
        await dealer.send([body, ""]);
        await router.send(await router.receive(PATIENCE));
        assert.deepEqual((await dealer.receive()).map(String), [body, ""]);
      }
    }
    for (const dealer of dealers) await dealer.close();
    await until("their end", () => router.stats().peers === 0);
  });
});
