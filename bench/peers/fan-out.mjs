import { setTimeout as pause } from "node:timers/promises";
import { Meter } from "./meter.mjs";
import { report, say, told } from "./report.mjs";

/** What is sent until every subscriber has heard one, and what ends it all; other messages are longer. */
const PROBE = "?";
const END = "!";
const PROBE_EVERY_MS = 5;

const LOOK_EVERY = 64;

/** From one topic to the next: prime to their number, so that each comes once before one comes again. */
const STRIDE = 7919;

/** Publishes as fast as it can, once it is told that all subscribers are there. Nothing is dropped (no mark). */
export async function publish({ Publisher }, address, { size, seconds, topics = 1 }) {
  const socket = new Publisher({ sendHighWaterMark: 0 });
  await socket.bind(address);
  say(socket.lastEndpoint);
  const messages = Array.from({ length: topics }, (_, topic) => messageOf(topic, size));
  let probing = true;
  void told().then(() => (probing = false));
  while (probing) {
    await socket.send(PROBE);
    await pause(PROBE_EVERY_MS);
  }
  const end = performance.now() + seconds * 1000;
  for (let topic = 0; performance.now() < end;) {
    for (let left = LOOK_EVERY; left > 0; left--) {
      await socket.send(messages[topic]);
      topic = (topic + STRIDE) % topics;
    }
  }
  await socket.send(END);
}

/** Counts what all its sockets receive: everything, or their share of the topics. */
export async function subscribe({ Subscriber }, address, { size, seconds, sockets, topics }) {
  const meter = new Meter(size, seconds);
  let missing = sockets;
  const heard = () => {
    if (--missing === 0) say("ready");
  };
  const reading = Array.from({ length: sockets }, (_, first) => {
    const socket = new Subscriber({ receiveHighWaterMark: 0 });
    socket.connect(address);
    if (topics === undefined) socket.subscribe();
    else for (let topic = first; topic < topics; topic += sockets) socket.subscribe(nameOf(topic));
    // The last subscriptions: who hears a probe is known with all the others.
    if (topics !== undefined) socket.subscribe(PROBE, END);
    return read(socket, meter, heard);
  });
  await Promise.all(reading);
  meter.look();
  report({ perSecond: meter.perSecond });
}

async function read(socket, meter, heard) {
  let probed = false;
  for await (const [body] of socket) {
    if (body.length > 1) meter.took(1);
    else if (body[0] === END.charCodeAt(0)) return;
    else if (!probed) {
      probed = true;
      heard();
    }
  }
}

function nameOf(topic) {
  return `t${String(topic).padStart(5, "0")}.`;
}

function messageOf(topic, size) {
  const message = Buffer.alloc(size, "a");
  message.write(nameOf(topic));
  return message;
}
