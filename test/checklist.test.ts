import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  capability,
  curveKeyPair,
  Dealer,
  Pair,
  Proxy,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  type Socket,
  Subscriber,
} from "../src/index.ts";
import { until } from "./conformance/recorders.ts";
import { meet, meetAll } from "./support/meeting.ts";
import { bound, fresh, KINDS } from "./support/places.ts";
import { frames, RawHost } from "./support/raw-peer.ts";
import { sockets } from "./support/sockets.ts";
import { next } from "./support/texts.ts";
import { zmqError } from "./support/zmq-error.ts";

/** What docs/conformance.md lists and no other test says: most of it is of its "Checklist of the patterns". */

const PATIENCE = { timeout: 5000 };

/** Dialed again soon, for peers that come before the one they want. */
const EAGER = { reconnectInterval: 10 };

/** An address that nobody has, to connect to before somebody binds it. */
async function unbound(): Promise<string> {
  const socket = new Pair({ linger: 0 });
  const address = bound(socket, "tcp");
  socket.close();
  await socket.ended();
  return address;
}

async function nextOf(socket: Pull | Subscriber, count: number): Promise<string[]> {
  const bodies: string[] = [];
  while (bodies.length < count) bodies.push((await next(socket)).join("|"));
  return bodies;
}

describe("request and reply", () => {
  test("ten REQs that connect before the REP binds get a reply each, and their own", async (t) => {
    const use = sockets(t);
    const address = await unbound();
    const requests = Array.from({ length: 10 }, () => use(new Request(EAGER)));
    for (const [index, request] of requests.entries()) {
      request.connect(address);
      await request.send(`${index}`);
    }
    const reply = use(new Reply());
    await reply.bind(address);
    for (let count = 0; count < 10; count++) await reply.send(`re ${(await next(reply)).join()}`);
    for (const [index, request] of requests.entries()) assert.deepEqual(await next(request), [`re ${index}`]);
  });

  test("a REP with ten requests waiting can't take the second before it has answered the first", async (t) => {
    const use = sockets(t);
    const reply = use(new Reply());
    const requests = Array.from({ length: 10 }, () => use(new Request()));
    await meetAll(reply, requests, "tcp");
    for (const request of requests) await request.send("request");
    await reply.receive(PATIENCE);
    await assert.rejects(reply.receive({ timeout: 0 }), zmqError("EFSM"));
    for (let count = 1; count < 10; count++) {
      await reply.send("reply");
      await reply.receive(PATIENCE);
    }
    await reply.send("reply");
    for (const request of requests) assert.deepEqual(await next(request), ["reply"]);
  });

  test("a REQ's Hello is on the wire an empty frame and one of five bytes, without a zero at its end", async (t) => {
    const request = sockets(t)(new Request({ linger: 0 }));
    const host = await RawHost.listen(t);
    request.connect(host.endpoint);
    const peer = await host.accepts();
    await peer.shake("REP");
    await request.ready(PATIENCE);
    const before = peer.received.length;
    await request.send("Hello");
    const hello = Buffer.from("0100 0005 48656c6c6f".replaceAll(" ", ""), "hex");
    await until("the request", () => peer.received.length >= before + hello.length);
    assert.deepEqual(peer.received.subarray(before), hello);
    peer.send(frames("", "World"));
    assert.deepEqual(await next(request), ["World"]);
  });

  test("a ROUTER answers ten REQs by writing id, delimiter and body itself", async (t) => {
    const use = sockets(t);
    const router = use(new Router());
    const requests = Array.from({ length: 10 }, () => use(new Request()));
    await meetAll(router, requests, "tcp");
    for (const [index, request] of requests.entries()) await request.send(`${index}`);
    const ids = new Set<string>();
    for (let count = 0; count < 10; count++) {
      const [id = "", delimiter = "?", body] = await router.receive(PATIENCE);
      ids.add(id.toString("hex"));
      assert.equal(delimiter.length, 0);
      await router.send([id, "", `re ${String(body)}`]);
    }
    assert.equal(ids.size, 10, "each connection has an id of its own");
    for (const [index, request] of requests.entries()) assert.deepEqual(await next(request), [`re ${index}`]);
  });

  test("ROUTERs in a chain add an id each on the way in, and take it off on the way back", async (t) => {
    const use = sockets(t);
    const [request, reply] = [use(new Request()), use(new Reply())];
    const hops = Array.from({ length: 3 }, () => ({ router: use(new Router()), dealer: use(new Dealer()) }));
    let last: Socket = request;
    for (const { router, dealer } of hops) {
      await meet(router, last, "tcp");
      last = dealer;
    }
    await meet(reply, last, "tcp");
    await request.send("Hello");
    for (const [index, { router, dealer }] of hops.entries()) {
      const message = await router.receive(PATIENCE);
      assert.equal(message.length, index + 3, "an id for each ROUTER, the delimiter and the body");
      await dealer.send(message);
    }
    assert.deepEqual(await next(reply), ["Hello"]);
    await reply.send("World");
    for (const [index, { router, dealer }] of hops.toReversed().entries()) {
      const message = await dealer.receive(PATIENCE);
      assert.equal(message.length, 5 - index);
      await router.send(message);
    }
    assert.deepEqual(await next(request), ["World"]);
  });

  test("a DEALER has many requests under way through a proxy to DEALERs that answer in any order", async (t) => {
    const use = sockets(t);
    const [client, front, back] = [use(new Dealer()), use(new Router()), use(new Dealer())];
    const workers = [use(new Dealer()), use(new Dealer())];
    await meet(front, client, "tcp");
    await meetAll(back, workers, "inproc");
    const proxy = new Proxy(front, back);
    const running = proxy.run();
    for (let count = 0; count < 10; count++) await client.send(`${count}`);
    const work = workers.map(async (worker) => {
      const all: Buffer[][] = [];
      while (all.length < 5) all.push(await worker.receive(PATIENCE));
      for (const [id = "", body = ""] of all.toReversed()) await worker.send([id, `re ${String(body)}`]);
    });
    const replies = new Set<string>();
    for (let count = 0; count < 10; count++) replies.add((await next(client)).join());
    assert.deepEqual([...replies].sort(), Array.from({ length: 10 }, (_, index) => `re ${index}`).sort());
    await Promise.all(work);
    proxy.terminate();
    await running;
  });
});

describe("publish and subscribe", () => {
  test("one PUB serves five subscribers at once", async (t) => {
    const use = sockets(t);
    const pub = use(new Publisher());
    const subs = Array.from({ length: 5 }, () => use(new Subscriber()));
    for (const sub of subs) sub.subscribe();
    await meetAll(pub, subs, "tcp");
    await pub.ready({ ...PATIENCE, subscribers: 5 });
    for (let count = 0; count < 100; count++) await pub.send(`${count}`);
    const expected = Array.from({ length: 100 }, (_, index) => `${index}`);
    for (const sub of subs) assert.deepEqual(await nextOf(sub, 100), expected);
  });

  test("a SUB without a subscription gets nothing, and PUB's books say why", async (t) => {
    const use = sockets(t);
    const [pub, sub] = [use(new Publisher()), use(new Subscriber())];
    await meet(pub, sub, "tcp");
    await pub.send("to nobody");
    assert.equal(pub.stats().drops["no-subscriber"], 1);
    sub.subscribe();
    await pub.ready({ ...PATIENCE, subscribers: 1 });
    await pub.send("to all");
    assert.deepEqual(await next(sub), ["to all"]);
  });

  for (const kind of KINDS) {
    test(`a topic matches as the beginning of the first frame, and of no other, over ${kind}`, async (t) => {
      const use = sockets(t);
      const [pub, sub] = [use(new Publisher()), use(new Subscriber())];
      sub.subscribe("B");
      await meet(pub, sub, kind);
      await pub.ready({ ...PATIENCE, subscribers: 1, topic: "B" });
      await pub.send(["A", "B", "B"]);
      await pub.send(["", "B"]);
      await pub.send("AB");
      await pub.send(["B", "tcp://publisher", "We would like to see this"]);
      await pub.send("BA");
      assert.deepEqual(await nextOf(sub, 2), ["B|tcp://publisher|We would like to see this", "BA"]);
    });
  }

  test("a space at the end of a topic counts, and a topic may be any bytes", async (t) => {
    const use = sockets(t);
    const pub = use(new Publisher());
    const subs = [use(new Subscriber()), use(new Subscriber())] as const;
    subs[0].subscribe("10001 ");
    subs[1].subscribe(Buffer.from("00ff80", "hex"));
    await meetAll(pub, subs, "tcp");
    await pub.ready({ ...PATIENCE, subscribers: 1, topic: "10001 " });
    await pub.ready({ ...PATIENCE, subscribers: 1, topic: Buffer.from("00ff80", "hex") });
    for (const body of ["10001", "100012 9", "10001 7"]) await pub.send(body);
    for (const bytes of ["00ff", "00ff7f", "00ff8001"]) await pub.send(Buffer.from(bytes, "hex"));
    assert.deepEqual(await next(subs[0]), ["10001 7"]);
    assert.deepEqual(await subs[1].receive(PATIENCE), [Buffer.from("00ff8001", "hex")]);
  });

  test("subscriptions merge: what any of them wants comes once; one can be ended alone", async (t) => {
    const use = sockets(t);
    const [pub, sub] = [use(new Publisher()), use(new Subscriber())];
    sub.subscribe("a", "ab", "c");
    await meet(pub, sub, "tcp");
    for (const topic of ["a", "ab", "c"]) await pub.ready({ ...PATIENCE, subscribers: 1, topic });
    for (const body of ["abc", "b", "c1"]) await pub.send(body);
    assert.deepEqual(await nextOf(sub, 2), ["abc", "c1"]);
    sub.unsubscribe("a");
    sub.subscribe("z");
    await pub.ready({ ...PATIENCE, subscribers: 1, topic: "z" });
    for (const body of ["a1", "ab1", "c2"]) await pub.send(body);
    assert.deepEqual(await nextOf(sub, 2), ["ab1", "c2"]);
  });
});

describe("pipeline", () => {
  test("two PULLs get half each when PUSH has waited for both, where the first would take what comes early", async (t) => {
    const use = sockets(t);
    const push = use(new Push());
    const pulls = [use(new Pull()), use(new Pull())] as const;
    const address = await meet(push, pulls[0], "tcp");
    for (let count = 0; count < 10; count++) await push.send("early");
    pulls[1].connect(address);
    await push.ready({ ...PATIENCE, peers: 2 });
    for (let count = 0; count < 100; count++) await push.send(`${count}`);
    assert.equal((await nextOf(pulls[0], 60)).filter((body) => body !== "early").length, 50);
    assert.ok(!(await nextOf(pulls[1], 50)).includes("early"));
  });

  test("ventilator, workers and sink may start in any order", async (t) => {
    const use = sockets(t);
    const [tasks, results] = [fresh("ipc"), fresh("ipc")];
    const sources = Array.from({ length: 2 }, () => use(new Pull(EAGER)));
    for (const source of sources) {
      const onward = use(new Push(EAGER));
      source.connect(tasks);
      onward.connect(results);
      source.onMessage((message) => void onward.send(message));
    }
    const ventilator = use(new Push());
    await ventilator.bind(tasks);
    await ventilator.ready({ ...PATIENCE, peers: 2 });
    for (let count = 0; count < 10; count++) await ventilator.send(`${count}`);
    const sink = use(new Pull());
    await sink.bind(results);
    assert.deepEqual(
      (await nextOf(sink, 10)).sort(),
      Array.from({ length: 10 }, (_, index) => `${index}`),
    );
  });

  for (const kind of KINDS) {
    test(`what goes in comes out: a message of 10,000 bytes, none or three empty frames, over ${kind}`, async (t) => {
      const use = sockets(t);
      const [push, pull] = [use(new Push()), use(new Pull())];
      await meet(pull, push, kind);
      const large = Buffer.from(Array.from({ length: 10_000 }, (_, index) => index % 251));
      await push.send(large);
      await push.send("");
      await push.send(["", "", ""]);
      assert.deepEqual(await pull.receive(PATIENCE), [large]);
      assert.deepEqual(await next(pull), [""]);
      assert.deepEqual(await next(pull), ["", "", ""]);
    });
  }
});

describe("sockets", () => {
  test("PAIRs in a row over inproc pass a signal on, though each connects before the next binds", async (t) => {
    const use = sockets(t);
    const names = Array.from({ length: 3 }, () => fresh("inproc"));
    for (const [index, name] of names.entries()) {
      const sender = use(new Pair());
      sender.connect(name);
      if (index === 0) await sender.send("READY");
      else relay(use(new Pair()), names[index - 1] ?? "", sender);
    }
    const end = use(new Pair());
    end.bindSync(names[2] ?? "");
    assert.deepEqual(await next(end), ["READY"]);
  });

  test("one REP is bound to two tcp ports and a name in the process; a port twice is EADDRINUSE", async (t) => {
    const use = sockets(t);
    const reply = use(new Reply());
    const addresses = (["tcp", "tcp", "inproc"] as const).map((kind) => bound(reply, kind));
    assert.throws(() => reply.bindSync(addresses[0] ?? ""), zmqError("EADDRINUSE"));
    reply.onMessage(([body]) => void reply.send(`re ${String(body)}`));
    for (const address of addresses) {
      const request = use(new Request());
      request.connect(address);
      await request.send(address);
      assert.deepEqual(await next(request), [`re ${address}`]);
    }
  });

  test("several sockets are read together, each as its messages come", async (t) => {
    const use = sockets(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    const [pub, sub] = [use(new Publisher()), use(new Subscriber())];
    sub.subscribe("10001 ");
    await meet(push, pull, "tcp");
    await meet(pub, sub, "tcp");
    await pub.ready({ ...PATIENCE, subscribers: 1, topic: "10001 " });
    const seen: string[] = [];
    pull.onMessage(([body]) => seen.push(`task ${String(body)}`));
    sub.onMessage(([body]) => seen.push(`weather ${String(body)}`));
    await push.send("1");
    await until("the task", () => seen.length === 1);
    await pub.send("10001 21");
    await until("the weather", () => seen.length === 2);
    await push.send("2");
    await until("the second task", () => seen.length === 3);
    assert.deepEqual(seen, ["task 1", "weather 10001 21", "task 2"]);
  });
});

test("test_capabilities/test_capabilities: says what is not here, and what is called all the same says so", () => {
  const { ipc, ...others } = capability;
  assert.equal(ipc, true);
  assert.deepEqual(others, { pgm: false, tipc: false, norm: false, curve: true, gssapi: false, draft: true });
  assert.match(curveKeyPair().publicKey, /^.{40}$/);
});

/** Passes on what comes to a name. */
function relay(from: Pair, name: string, to: Pair): void {
  from.bindSync(name);
  from.onMessage((message) => void to.send(message));
}
