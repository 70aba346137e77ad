import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Context,
  Dealer,
  Pair,
  Poller,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  type Socket,
} from "../src/index.ts";
import { Client, Server } from "../src/draft.ts";
import { coreOf } from "../src/sockets/core-of.ts";
import { until } from "./conformance/recorders.ts";
import { meet } from "./support/meeting.ts";
import { bound, fresh, KINDS } from "./support/places.ts";
import { sockets } from "./support/sockets.ts";
import { zmqError } from "./support/zmq-error.ts";

const PATIENCE = { timeout: 5000 };
const { IN, OUT } = Poller;

describe("a poller's sockets", () => {
  test("test_poller/test_call_poller_add_twice_fails, _size, _remove_unregistered_fails, _modify_unregistered_fails, _invalid_events_fails: EINVAL", (t) => {
    const use = sockets(t);
    const [pull, other] = [use(new Pull()), use(new Pull())];
    const poller = new Poller();
    poller.add(pull);
    assert.equal(poller.size, 1);
    assert.throws(() => poller.add(pull), zmqError("EINVAL", "already"));
    assert.throws(() => poller.modify(other, IN), zmqError("EINVAL", "does not have"));
    assert.throws(() => poller.remove(other), zmqError("EINVAL", "does not have"));
    for (const bad of [-1, 16, 1.5, NaN, "1"]) {
      assert.throws(() => poller.add(other, bad as number), zmqError("EINVAL", "Poller.IN"), String(bad));
      assert.throws(() => poller.modify(pull, bad as number), zmqError("EINVAL", "Poller.IN"), String(bad));
    }
    poller.modify(pull, 0);
    poller.remove(pull);
    assert.equal(poller.size, 0);
    assert.throws(() => poller.remove(pull), zmqError("EINVAL"));
  });

  test("test_poller/test_null_socket_pointers: what is no socket is ENOTSOCK, a closed one EBADF, one of a dead context ETERM", () => {
    const poller = new Poller();
    assert.throws(() => poller.add({} as Socket), zmqError("ENOTSOCK"));
    assert.throws(() => poller.add(null as unknown as Socket), zmqError("ENOTSOCK"));
    const pull = new Pull();
    pull.close();
    assert.throws(() => poller.add(pull), zmqError("EBADF"));
    const context = new Context();
    const dead = new Pull({ context });
    context.shutdown();
    assert.throws(() => poller.add(dead), zmqError("ETERM"));
    dead.close();
    assert.equal(poller.size, 0);
  });
});

describe("Poller.wait", () => {
  for (const kind of KINDS) {
    test(`test_poller/test_poll_basic: over ${kind} gives the socket that has a message, until it is received`, async (t) => {
      const use = sockets(t);
      const [push, pull] = [use(new Push()), use(new Pull())];
      await meet(pull, push, kind);
      const poller = new Poller();
      poller.add(pull, IN);
      poller.add(push, IN);
      assert.equal(await poller.wait({ timeout: 0 }), undefined);
      const waiting = poller.wait(PATIENCE);
      await push.send("hi");
      assert.deepEqual(await waiting, { socket: pull, events: IN });
      assert.deepEqual(await poller.wait(PATIENCE), { socket: pull, events: IN }, "as long as it is there");
      assert.equal(String(pull.tryReceive()), "hi");
      assert.equal(await poller.wait({ timeout: 0 }), undefined);
    });
  }

  test("test_poller/test_poll_client_server: a SERVER's message, and the room that its CLIENT has", async (t) => {
    const use = sockets(t);
    const [server, client] = [use(new Server()), use(new Client())];
    await meet(server, client, "tcp");
    const poller = new Poller();
    poller.add(server, IN);
    await client.send("I");
    assert.deepEqual(await poller.wait(PATIENCE), { socket: server, events: IN });
    const [body, from] = await server.receive();
    assert.equal(String(body), "I");
    poller.modify(server, OUT);
    assert.deepEqual(await poller.wait({ timeout: 0 }), { socket: server, events: OUT });
    poller.modify(server, IN);
    poller.add(client, IN);
    await server.send("you", from);
    assert.deepEqual(await poller.wait(PATIENCE), { socket: client, events: IN });
    poller.remove(server);
    assert.deepEqual(await poller.wait(PATIENCE), { socket: client, events: IN });
  });

  test("a time-out is no error: undefined from wait, nothing from waitAll", async (t) => {
    const poller = new Poller();
    poller.add(sockets(t)(new Pull()));
    for (const timeout of [0, 5]) {
      assert.equal(await poller.wait({ timeout }), undefined);
      assert.deepEqual(await poller.waitAll({ timeout }), []);
    }
  });

  test("test_poller/test_call_poller_wait_empty_without_timeout_fails, _with_timeout_fails: without sockets waiting for ever is EFAULT, and with a time-out it is a sleep", async () => {
    const poller = new Poller();
    await assert.rejects(poller.wait(), zmqError("EFAULT", "nothing to wait for"));
    await assert.rejects(poller.waitAll({ timeout: -1 }), zmqError("EFAULT"));
    const before = performance.now();
    assert.equal(await poller.wait({ timeout: 20 }), undefined);
    assert.ok(performance.now() - before >= 15);
  });

  test("test_poller/test_call_poller_wait_all_inf_disabled_fails, _add_no_events, _modify_no_events: nor is there anything to wait for without events", async (t) => {
    const poller = new Poller();
    const pull = sockets(t)(new Pull());
    poller.add(pull, 0);
    await assert.rejects(poller.waitAll(), zmqError("EFAULT"));
    assert.deepEqual(await poller.waitAll({ timeout: 5 }), []);
    poller.modify(pull, IN);
    const waiting = poller.wait();
    poller.modify(pull, 0);
    await assert.rejects(waiting, zmqError("EFAULT"));
  });

  test("removing the last socket ends a wait that has no time-out", async (t) => {
    const poller = new Poller();
    const pull = sockets(t)(new Pull());
    poller.add(pull);
    const waiting = poller.wait();
    poller.remove(pull);
    await assert.rejects(waiting, zmqError("EFAULT"));
  });

  test("a signal ends it with its reason", async (t) => {
    const poller = new Poller();
    poller.add(sockets(t)(new Pull()));
    const controller = new AbortController();
    const waiting = poller.wait({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(waiting, /enough/);
    await assert.rejects(poller.wait({ signal: controller.signal }), /enough/);
    assert.throws(() => poller.wait({ timeout: "1" as unknown as number }), { name: "TypeError" });
  });

  test("POLLOUT: comes when the first peer is there, and again when a full queue has room", async (t) => {
    const use = sockets(t);
    const push = use(new Push({ sendHighWaterMark: 1 }));
    const poller = new Poller();
    poller.add(push, OUT);
    assert.equal(await poller.wait({ timeout: 0 }), undefined);
    const first = poller.wait(PATIENCE);
    const pull = use(new Pull({ receiveHighWaterMark: 1 }));
    pull.connect(bound(push, "inproc"));
    assert.deepEqual(await first, { socket: push, events: OUT });
    while (push.trySend("x")) assert.equal(push.closed, false);
    assert.equal(await poller.wait({ timeout: 0 }), undefined);
    const room = poller.wait(PATIENCE);
    while (pull.tryReceive() !== undefined) assert.equal(pull.closed, false);
    assert.deepEqual(await room, { socket: push, events: OUT });
  });

  test("a REQ and a REP change between POLLOUT and POLLIN, also when another part of the program moves them on", async (t) => {
    const use = sockets(t);
    const [request, reply] = [use(new Request()), use(new Reply())];
    await meet(reply, request, "inproc");
    const poller = new Poller();
    poller.add(request, IN | OUT);
    assert.deepEqual(await poller.wait(PATIENCE), { socket: request, events: OUT });
    await request.send("?");
    poller.modify(request, OUT);
    const again = poller.wait(PATIENCE);
    const onReply = new Poller();
    onReply.add(reply, OUT);
    const toReply = onReply.wait(PATIENCE);
    await reply.receive();
    assert.deepEqual(await toReply, { socket: reply, events: OUT });
    await reply.send("!");
    await request.receive();
    assert.deepEqual(await again, { socket: request, events: OUT });
  });

  test("modify and add act on a wait under way", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    await meet(pull, push, "inproc");
    await push.send("x");
    const poller = new Poller();
    poller.add(pull, 0);
    const waiting = poller.wait(PATIENCE);
    poller.modify(pull, IN);
    assert.equal((await waiting)?.socket, pull);
    poller.modify(pull, 0);
    const later = poller.wait(PATIENCE);
    poller.add(push, OUT);
    assert.equal((await later)?.socket, push);
  });

  test("a busy socket does not hide the others", async (t) => {
    const use = sockets(t);
    const publishers = [use(new Publisher()), use(new Publisher()), use(new Publisher())];
    const poller = new Poller();
    for (const publisher of publishers) poller.add(publisher, OUT);
    const seen: Socket[] = [];
    for (let count = 0; count < 6; count++) seen.push((await poller.wait())?.socket as Socket); // always writable
    assert.deepEqual(seen, [...publishers, ...publishers]);
  });

  test("a loop over what is always ready lets timers and I/O run", async (t) => {
    const poller = new Poller();
    poller.add(sockets(t)(new Publisher()), OUT);
    let fired = false;
    setTimeout(() => (fired = true), 1);
    for (let count = 0; !fired; count++) {
      await poller.wait();
      assert.ok(count < 1_000_000, "the timer never ran");
    }
  });

  test("several calls may wait at once", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    await meet(pull, push, "tcp");
    const poller = new Poller();
    poller.add(pull);
    const all = [poller.wait(PATIENCE), poller.wait(PATIENCE), poller.waitAll(PATIENCE)];
    await push.send("x");
    assert.deepEqual(await Promise.all(all), [
      { socket: pull, events: IN },
      { socket: pull, events: IN },
      [{ socket: pull, events: IN }],
    ]);
  });

  test("closing a socket ends the wait with EBADF until it is removed", async (t) => {
    const use = sockets(t);
    const [pull, other] = [use(new Pull()), use(new Pull())];
    const poller = new Poller();
    poller.add(pull);
    poller.add(other);
    const waiting = poller.wait();
    pull.close();
    await assert.rejects(waiting, zmqError("EBADF"));
    await assert.rejects(poller.wait(PATIENCE), zmqError("EBADF"));
    poller.remove(pull);
    assert.equal(await poller.wait({ timeout: 0 }), undefined);
  });

  test("test_ctx_destroy/test_poller_exists_with_socket_on_zmq_ctx_term: the end of a context ends the wait with ETERM", async () => {
    const context = new Context();
    const pull = new Pull({ context });
    const poller = new Poller();
    poller.add(pull);
    const waiting = poller.wait();
    const ended = context.terminate();
    await assert.rejects(waiting, zmqError("ETERM"));
    await assert.rejects(poller.waitAll({ timeout: 0 }), zmqError("ETERM"));
    pull.close();
    await ended;
    poller.remove(pull);
  });

  test("it leaves nothing behind in the sockets", async (t) => {
    const pull = sockets(t)(new Pull());
    const { movers } = coreOf(pull);
    const poller = new Poller();
    poller.add(pull);
    assert.equal(movers.size, 0);
    const waiting = poller.wait({ timeout: 5 });
    assert.equal(movers.size, 1);
    await waiting;
    assert.equal(movers.size, 0);
    const last = poller.wait(PATIENCE);
    poller.remove(pull);
    assert.equal(movers.size, 0);
    poller.add(pull, 0);
    assert.equal(movers.size, 1);
    pull.close();
    await assert.rejects(last, zmqError("EBADF"));
  });
});

describe("Poller.waitAll", () => {
  test("gives all that are ready, in the order they were added", async (t) => {
    const use = sockets(t);
    const [router, dealer, idle] = [use(new Router()), use(new Dealer()), use(new Pair())];
    idle.bindSync(fresh("inproc"));
    await meet(router, dealer, "tcp");
    await dealer.send("x");
    const poller = new Poller();
    for (const socket of [idle, dealer, router]) poller.add(socket, IN | OUT);
    await until("the message", () => router.readable);
    assert.deepEqual(await poller.waitAll(PATIENCE), [
      { socket: dealer, events: OUT },
      { socket: router, events: IN | OUT },
    ]);
  });
});
