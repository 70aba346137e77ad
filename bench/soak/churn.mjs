/**
 * The crowd of a soak: `node churn.mjs ENTRY ADDRESSES`. Does one thing after the other with sockets that come and go, some
 * at once, until it is killed.
 */
import net from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { clientKeys } from "../peers/curve.mjs";

const AT_ONCE = 8;
const [entry, given] = process.argv.slice(2);
const { Dealer, Push, Request, Subscriber, XSubscriber } = await import(pathToFileURL(entry).href);
const addresses = JSON.parse(given);

const SMALL = Buffer.alloc(40, "s");
const LARGE = Buffer.alloc(300_000, "l");
const ANSWER_MS = 500;

/** What a peer of this crowd does in its short life. */
const ACTS = [
  () => talk(Dealer, addresses.router),
  () => talk(Dealer, addresses.routerIpc),
  () => talk(Dealer, addresses.routerCurve, clientKeys(1)),
  () => talk(Request, addresses.reply),
  () => pour(addresses.pull),
  () => pour(addresses.pullCurve, clientKeys(1)),
  () => listen(Subscriber, addresses.publisher),
  () => listen(Subscriber, addresses.xpublisher),
  () => shout(addresses.xpublisher),
  () => vanish(addresses.router, Buffer.alloc(0)),
  () => vanish(addresses.routerCurve, Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3])),
  () => vanish(addresses.publisher, Buffer.from("GET / HTTP/1.1\r\n\r\n")),
  () => refused(addresses.routerCurve),
];

await Promise.all(Array.from({ length: AT_ONCE }, act));

async function act() {
  for (;;) {
    await ACTS[Math.floor(Math.random() * ACTS.length)]();
    await pause(1);
  }
}

async function talk(Type, address, keys) {
  const socket = new Type({ linger: 0, receiveTimeout: ANSWER_MS, ...keys });
  socket.connect(address);
  for (const message of [SMALL, LARGE, SMALL]) {
    await socket.send(message);
    const answer = await socket.receive().catch(() => undefined); // it may be too busy
    if (answer === undefined || Math.random() < 0.2) break;
  }
  socket.close();
}

/** Leaves in the middle of a message, as often as not. */
async function pour(address, keys) {
  const socket = new Push({ linger: Math.random() < 0.5 ? 0 : 50, sendTimeout: ANSWER_MS, ...keys });
  socket.connect(address);
  for (let left = 500; left > 0; left--) await socket.send(left % 50 === 0 ? LARGE : SMALL).catch(() => {});
  socket.close();
}

async function listen(Type, address) {
  const socket = new Type({ receiveTimeout: ANSWER_MS });
  socket.connect(address);
  for (let topic = 0; topic < 100; topic++) socket.subscribe(`topic-${topic}`);
  await socket.receive().catch(() => {});
  for (let topic = 0; topic < 50; topic++) socket.unsubscribe(`topic-${topic}`);
  await pause(1);
  socket.close();
}

async function shout(address) {
  const socket = new XSubscriber({ linger: 0, sendTimeout: ANSWER_MS });
  socket.connect(address);
  for (let left = 20; left > 0; left--) await socket.send([SMALL, SMALL]).catch(() => {});
  await pause(5);
  socket.close();
}

/** No ZeroMQ, or half of a handshake. */
async function vanish(address, bytes) {
  const { hostname, port } = new URL(address.replace("tcp:", "http:"));
  const socket = net.connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.write(bytes);
  await pause(Math.random() * 20);
  if (Math.random() < 0.5) socket.resetAndDestroy();
  else socket.destroy();
}

/** NULL, where CURVE is asked for. */
async function refused(address) {
  const socket = new Dealer({ linger: 0 });
  socket.connect(address);
  await pause(10);
  socket.close();
}
