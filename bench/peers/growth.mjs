import { Meter } from "./meter.mjs";
import { memory, report, say, told } from "./report.mjs";

/** What a subscriber hears until the publisher is told to begin; the last in the order of bytes, so told after the topics. */
const PROBE = "~";
const PROBE_EVERY_MS = 5;

/** From one topic to the next: prime to their number, so that neighbours in the tree are not neighbours in time. */
const STRIDE = 7919;
const TOPIC_MESSAGE = 64;

/** Messages before those that count, while code is being compiled. */
const WARM_UP_MESSAGES = 100_000;

/** Returns messages to a crowd of peers (crowd.mjs); by the first, all of them are there. */
export async function host({ Router }, address, { peers }) {
  const socket = new Router({ backlog: 4096 });
  await socket.bind(address);
  const before = memory("VmRSS");
  say(socket.lastEndpoint);
  let first = true;
  for await (const [id, body] of socket) {
    if (first) report({ bytesPerPeer: (memory("VmRSS") - before) / peers });
    first = false;
    await socket.send([id, body]);
  }
}

/** Publishes to a crowd as fast as its slowest member hears it. */
export async function broadcast({ Publisher }, address, { peers, size }) {
  const socket = new Publisher({ noDrop: true, backlog: 4096 });
  await socket.bind(address);
  const before = memory("VmRSS");
  say(socket.lastEndpoint);
  await told();
  report({ bytesPerPeer: (memory("VmRSS") - before) / peers });
  const message = Buffer.alloc(size, 1);
  for (;;) await socket.send(message);
}

/** Publishes on one topic after the other, once a subscriber has them all. */
export async function announce({ Publisher }, address, { topics }) {
  const socket = new Publisher({ noDrop: true, maxSubscriptions: topics + 1 });
  await socket.bind(address);
  const before = memory("VmRSS");
  say(socket.lastEndpoint);
  const probing = setInterval(() => void socket.send(PROBE), PROBE_EVERY_MS);
  await told();
  clearInterval(probing);
  report({ publisherBytes: (memory("VmRSS") - before) / topics });
  const messages = messagesOf(topics);
  for (let topic = 0; ; topic = (topic + STRIDE) % topics) await socket.send(messages[topic]);
}

/** Subscribes to many topics, and counts. */
export async function listen({ Subscriber }, address, { topics, seconds }) {
  const socket = new Subscriber();
  socket.connect(address);
  const before = memory("VmRSS");
  const began = performance.now();
  for (let topic = 0; topic < topics; topic++) socket.subscribe(nameOf(topic));
  socket.subscribe(PROBE);
  await socket.receive();
  const subscribedPerSecond = (topics / (performance.now() - began)) * 1000;
  const subscriberBytes = (memory("VmRSS") - before) / topics;
  say("ready");
  const meter = new Meter(TOPIC_MESSAGE, seconds);
  for await (const [body] of socket) if (body.length > 1 && meter.took(1)) break;
  report({ perSecond: meter.perSecond, subscribedPerSecond, subscriberBytes });
}

/** Reads what a peer queued while nobody was there, after some that only warm up. */
export async function collect({ Pull }, address, { count }) {
  const go = told();
  const warming = new Pull();
  await warming.bind(address);
  say(warming.lastEndpoint);
  await take(warming, WARM_UP_MESSAGES);
  await go;
  const socket = new Pull();
  await socket.bind(deep(address));
  await take(socket, 1);
  const began = performance.now();
  await take(socket, count - 1);
  report({ drainedPerSecond: ((count - 1) / (performance.now() - began)) * 1000 });
}

/** Queues messages for a peer that comes when all are queued. */
export async function hoard({ Push }, address, { size, count }) {
  const message = Buffer.alloc(size, 1);
  const warming = new Push();
  warming.connect(address);
  for (let left = WARM_UP_MESSAGES; left > 0; left--) await warming.send(message);
  const socket = new Push({ sendHighWaterMark: 0 });
  socket.connect(deep(address));
  const before = memory("VmRSS");
  const began = performance.now();
  for (let left = count; left > 0; left--) await socket.send(message);
  const queuedPerSecond = (count / (performance.now() - began)) * 1000;
  const bytesPerMessage = (memory("VmRSS") - before) / count;
  say("ready");
  report({ queuedPerSecond, bytesPerMessage });
}

async function take(socket, count) {
  let left = count;
  if (left > 0) for await (const _ of socket) if (--left === 0) return;
}

function deep(address) {
  return `${address}-deep`;
}

function nameOf(topic) {
  return `t${String(topic).padStart(7, "0")}.`;
}

/** In one piece of memory, which is quickly made; after memory was measured, as they take some themselves. */
function messagesOf(topics) {
  const all = Buffer.alloc(topics * TOPIC_MESSAGE, "a");
  return Array.from({ length: topics }, (_, topic) => {
    all.write(nameOf(topic), topic * TOPIC_MESSAGE);
    return all.subarray(topic * TOPIC_MESSAGE, (topic + 1) * TOPIC_MESSAGE);
  });
}
