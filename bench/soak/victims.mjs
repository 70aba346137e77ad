import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { serverKeys } from "../peers/curve.mjs";

const PUBLISH_EVERY_MS = 1;
const LARGE_EVERY = 100;
const LARGE = Buffer.alloc(200_000, "n");

/** What stays: a socket of each kind, over which transport, with which options, and what it does with what it hears. */
const VICTIMS = {
  router: { type: "Router", transport: "tcp", hear: echo },
  routerIpc: { type: "Router", transport: "ipc", hear: echo },
  routerCurve: { type: "Router", transport: "tcp", options: serverKeys(1), hear: echo },
  reply: { type: "Reply", transport: "ipc", hear: echo },
  pull: { type: "Pull", transport: "tcp", hear: () => {} },
  pullCurve: { type: "Pull", transport: "ipc", options: serverKeys(1), hear: () => {} },
  publisher: { type: "Publisher", transport: "tcp" },
  xpublisher: { type: "XPublisher", transport: "ipc", hear: () => {} },
};

/** Short: those who say nothing must be gone when a round is over. */
const HANDSHAKE_MS = 1000;

/** Opens all, and keeps them answering. */
export async function openVictims(zmq, folder) {
  const sockets = {};
  const addresses = {};
  let messages = 0;
  for (const [name, { type, transport, options, hear }] of Object.entries(VICTIMS)) {
    const socket = new zmq[type]({ handshakeInterval: HANDSHAKE_MS, linger: 0, ...options });
    await socket.bind(transport === "tcp" ? "tcp://127.0.0.1:*" : `ipc://${path.join(folder, name)}`);
    sockets[name] = socket;
    addresses[name] = socket.lastEndpoint;
    if (hear === undefined) continue;
    void each(socket, async (message) => {
      messages++;
      await hear(socket, message);
    });
  }
  return {
    addresses,
    messages: () => messages,
    peers: () => Object.values(sockets).reduce((sum, socket) => sum + socket.stats().peers, 0),
    churn: (milliseconds) => churn(zmq, sockets, addresses, milliseconds),
  };
}

/** Publishes, and opens and closes sockets of its own, which is the other half of what may be left behind. */
async function churn({ Dealer, Subscriber, Push, Pull }, { publisher, xpublisher }, addresses, milliseconds) {
  const end = performance.now() + milliseconds;
  for (let round = 0; performance.now() < end; round++) {
    const topic = `topic-${round % 100}`;
    for (const socket of [publisher, xpublisher])
      await socket.send([topic, round % LARGE_EVERY === 0 ? LARGE : "news"]);
    const dealer = new Dealer({ linger: 0, immediate: round % 2 === 0 });
    dealer.connect(round % 3 === 0 ? addresses.routerIpc : addresses.router);
    const subscriber = new Subscriber();
    subscriber.connect(addresses.publisher);
    subscriber.subscribe(topic);
    const [push, pull] = [new Push({ linger: 0 }), new Pull()];
    await pull.bind(`inproc://round-${round}`);
    push.connect(`inproc://round-${round}`);
    await push.send(topic);
    await pull.receive();
    await pause(PUBLISH_EVERY_MS);
    for (const socket of [dealer, subscriber, push, pull]) socket.close();
  }
}

async function each(socket, hear) {
  for await (const message of socket) await hear(message);
}

/** To whoever it came from, if it is still there. */
async function echo(socket, message) {
  await socket.send(message).catch(() => {});
}
