import assert from "node:assert/strict";
import { test } from "node:test";
import { Pull, Reply } from "../../src/index.ts";
import { bound, fresh } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { endsWell, Thread, type ThreadProgram } from "../support/thread.ts";

/** libzmq's test_inproc_connect, those of its cases that have threads. */

const THREADS = 8;
const NAMES = 50;

/** Connects a socket of its own, and sends. */
const pusher: ThreadProgram = async ({ data, zmq, say, told }) => {
  const { Push } = await zmq();
  const { address, body } = data as { address: string; body: string };
  const push = new Push();
  push.connect(address);
  await push.send(body);
  say("sent");
  await told();
};

/** Asks over tcp, and says the answer. */
const asker: ThreadProgram = async ({ data, zmq, say }) => {
  const { Request } = await zmq();
  const { address, body } = data as { address: string; body: string };
  const request = new Request({ receiveTimeout: 20_000, reconnectInterval: 10 });
  request.connect(address);
  await request.send(body);
  say("asked");
  say(String((await request.receive())[0]));
};

/** On a signal, connects a socket for each name and sends. */
const connector: ThreadProgram = async ({ data, zmq, say, told }) => {
  const { Push } = await zmq();
  const { address, count } = data as { address: string; count: number };
  say("here");
  await told();
  for (let at = 0; at < count; at++) {
    const push = new Push();
    push.connect(`${address}-${at}`);
    await push.send(`${at}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  say("sent");
  await told();
};

/** On a signal, binds a socket for each name and receives. */
const binder: ThreadProgram = async ({ data, zmq, say, told }) => {
  const { Pull: Theirs } = await zmq();
  const { address, count } = data as { address: string; count: number };
  say("here");
  await told();
  const pulls = [];
  for (let at = 0; at < count; at++) {
    const pull = new Theirs({ receiveTimeout: 20_000 });
    pull.bindSync(`${address}-${at}`);
    pulls.push(pull);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const bodies = [];
  for (const pull of pulls) bodies.push(String((await pull.receive())[0]));
  say(bodies);
};

test("test_inproc_connect/test_multiple_threads: what several threads send to a name arrives once it is bound", async (t) => {
  const address = fresh("inproc");
  const bodies = Array.from({ length: THREADS }, (_, at) => `of thread ${at}`);
  const threads = bodies.map((body) => new Thread(t, pusher, { address, body }));
  for (const thread of threads) await thread.says("sent");
  const pull = sockets(t)(new Pull({ receiveTimeout: 20_000 }));
  pull.bindSync(address);
  const received: string[] = [];
  while (received.length < THREADS) received.push(String((await pull.receive())[0]));
  assert.deepEqual(received.toSorted(), bodies);
  assert.equal(pull.stats().peers, THREADS);
  for (const thread of threads) thread.tell("end");
  for (const thread of threads) await endsWell(thread);
});

test("test_inproc_connect/test_simultaneous_connect_bind_threads: one thread connects while another binds, many times", async (t) => {
  const data = { address: fresh("inproc"), count: NAMES };
  const [binding, connecting] = [new Thread(t, binder, data), new Thread(t, connector, data)];
  for (const thread of [binding, connecting]) await thread.says("here");
  for (const thread of [binding, connecting]) thread.tell("go");
  await connecting.says("sent");
  await binding.says(Array.from({ length: NAMES }, (_, at) => `${at}`));
  connecting.tell("end");
  for (const thread of [binding, connecting]) await endsWell(thread);
});

test("ten threads that ask over tcp before the REP is bound get an answer each, and their own", async (t) => {
  const use = sockets(t);
  const first = use(new Reply());
  const address = bound(first, "tcp");
  await first.unbind(address);
  const bodies = Array.from({ length: 10 }, (_, at) => `${at}`);
  const threads = bodies.map((body) => new Thread(t, asker, { address, body }));
  for (const thread of threads) await thread.says("asked");
  const reply = use(new Reply({ receiveTimeout: 20_000 }));
  await reply.bind(address);
  for (const _ of bodies) await reply.send(`re ${String((await reply.receive())[0])}`);
  for (const [at, thread] of threads.entries()) await thread.says(`re ${bodies[at]}`);
  for (const thread of threads) await endsWell(thread);
});
