import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Context, context, Dealer, Pair, Pull, Push, Router, type Socket } from "../../src/index.ts";
import { until } from "../conformance/recorders.ts";
import { meet } from "../support/meeting.ts";
import { fresh, KINDS, nobody } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { next } from "../support/texts.ts";
import { zmqError } from "../support/zmq-error.ts";

describe("options of a context", () => {
  test("test_ctx_options/test_ctx_option_max_sockets: maxSockets is 1023, and one more than it fails with EMFILE", (t) => {
    const use = sockets(t);
    assert.equal(new Context().maxSockets, 1023);
    const small = new Context({ maxSockets: 2 });
    const first = use(new Pair({ context: small }));
    use(new Pair({ context: small }));
    const { message, ...error } = failure(() => new Pair({ context: small }));
    assert.match(message, /^Too many open file descriptors.*2 sockets/);
    assert.deepEqual([error.code, error.errno], ["EMFILE", 24]);
    first.close();
    use(new Pair({ context: small }));
    small.maxSockets = 3;
    use(new Pair({ context: small }));
  });

  test("test_ctx_options/test_ctx_option_socket_limit: maxSocketsLimit is 65535 and can't be set", () => {
    assert.equal(context.maxSocketsLimit, 65_535);
    assert.throws(() => Object.assign(context, { maxSocketsLimit: 1 }), TypeError);
  });

  test("test_ctx_options/test_ctx_option_io_threads: ioThreads is 1, and kept", () => {
    const own = new Context({ ioThreads: 4 });
    assert.equal(new Context().ioThreads, 1);
    assert.equal(own.ioThreads, 4);
  });

  test("test_ctx_options/test_ctx_option_ipv6, test_ctx_option_ipv6_set: is what its new sockets have", (t) => {
    const use = sockets(t);
    const own = new Context();
    assert.equal(own.ipv6, false);
    const before = use(new Pair({ context: own }));
    own.ipv6 = true;
    assert.equal(use(new Pair({ context: own })).ipv6, true);
    assert.equal(before.ipv6, false);
  });

  test("test_ctx_options/test_ctx_thread_opts: priority and policy of threads are kept, though there are none", () => {
    const own = new Context();
    own.threadPriority = 5;
    own.threadSchedulingPolicy = 1;
    assert.equal(own.threadPriority, undefined, "write-only, as in zeromq.js");
    assert.equal(own.threadSchedulingPolicy, 1);
  });

  test("test_ctx_options/test_ctx_option_blocky: false makes new sockets linger 0", (t) => {
    const use = sockets(t);
    const own = new Context();
    assert.equal(own.blocky, true);
    assert.equal(use(new Router({ context: own })).linger, -1);
    own.blocky = false;
    assert.equal(use(new Router({ context: own })).linger, 0);
    assert.equal(use(new Router({ context: own, linger: 5 })).linger, 5);
  });

  test("test_ctx_options/test_ctx_option_invalid: what is out of range or of a wrong type is refused", () => {
    const own = new Context();
    assert.throws(() => (own.maxSockets = 0), zmqError("EINVAL", "maxSockets"));
    assert.throws(() => (own.ioThreads = -1), zmqError("EINVAL", "ioThreads"));
    assert.throws(() => Object.assign(own, { blocky: 1 }), TypeError);
    assert.throws(() => new Context(5 as unknown as object), TypeError);
    assert.throws(() => Object.assign(new Context(), { noSuchOption: 1 }), TypeError);
  });

  test("maxMessageSize is kept and has no effect, as in libzmq", () => {
    assert.equal(new Context().maxMessageSize, 2_147_483_647);
    assert.equal(new Context({ maxMessageSize: 10 }).maxMessageSize, 10);
  });
});

describe("a context", () => {
  test("keeps its inproc names apart from another's", async (t) => {
    const use = sockets(t);
    const [one, two] = [new Context(), new Context()];
    const address = fresh("inproc");
    const binder = use(new Pair({ context: one }));
    binder.bindSync(address);
    const stranger = use(new Pair({ context: two, linger: 0 }));
    stranger.connect(address);
    use(new Pair({ context: two })).bindSync(fresh("inproc"));
    const friend = use(new Pair({ context: one }));
    friend.connect(address);
    await friend.send("friend");
    assert.deepEqual(await next(binder), ["friend"]);
    assert.equal(stranger.stats().peers, 0);
  });

  test("is the default one for sockets that name none, and is taken out of their options", (t) => {
    const use = sockets(t);
    assert.equal(use(new Pair()).context, context);
    const own = new Context();
    const options = { context: own };
    assert.equal(use(new Pair(options)).context, own);
    assert.deepEqual(options, {});
    assert.throws(() => new Pair({ context: {} as Context }), zmqError("EINVAL", "context"));
  });

  test("test_many_sockets/test_zmq_default_max: has room for 1023 sockets", async () => {
    const own = new Context();
    const all = Array.from({ length: 1023 }, () => new Pair({ context: own }));
    assert.equal(failure(() => new Pair({ context: own })).code, "EMFILE");
    for (const socket of all) socket.close();
    await Promise.all(all.map((socket) => socket.ended()));
    new Pair({ context: own }).close();
  });

  test("test_ctx_destroy/test_ctx_destroy: sockets may be closed with a receive under way", async (t) => {
    const pull = sockets(t)(new Pull());
    const waiting = pull.receive();
    pull.close();
    await assert.rejects(waiting, zmqError("EAGAIN"));
    await pull.ended();
  });

  for (const kind of KINDS) {
    test(`test_shutdown_stress/test_shutdown_stress: sockets that close in the middle of connecting end, over ${kind}`, async (t) => {
      const use = sockets(t);
      for (let round = 0; round < 3; round++) {
        const binder = use(new Router());
        binder.bindSync(fresh(kind));
        const dialers: Socket[] = Array.from({ length: 30 }, () => use(new Dealer({ linger: 0 })));
        for (const [index, dialer] of dialers.entries()) {
          dialer.connect(binder.lastEndpoint ?? "");
          if (index % 3 === 0) dialer.close();
          if (index % 3 === 1) setImmediate(() => dialer.close());
        }
        binder.close();
        for (const dialer of dialers) dialer.close();
        await Promise.all([binder, ...dialers].map((socket) => socket.ended()));
      }
    });
  }

  test("lets a closed socket go when its messages are out, and not before", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull({ receiveHighWaterMark: 1 }))];
    await meet(pull, push, "tcp");
    const body = Buffer.alloc(200_000);
    for (let count = 0; count < 100; count++) await push.send(body);
    push.close();
    let over = false;
    const ended = push.ended().then(() => (over = true));
    assert.equal(over, false);
    for (let count = 0; count < 100; count++) await pull.receive({ timeout: 5000 });
    await ended;
    assert.equal(push.stats().messagesDelivered, 100);
  });

  test("lets a socket go that nobody answers when its linger time is over", async (t) => {
    const push = sockets(t)(new Push({ linger: 20 }));
    push.connect(nobody("tcp"));
    await push.send("never");
    push.close();
    let over = false;
    void push.ended().then(() => (over = true));
    await until("its end", () => over);
    assert.equal(push.stats().drops["linger-expired"], 1);
  });
});

function failure(run: () => unknown): Error & { code?: string; errno?: number } {
  try {
    run();
  } catch (error) {
    return error as Error; // whatever is thrown here is one
  }
  return assert.fail("nothing was thrown");
}
