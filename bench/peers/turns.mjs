import { isMainThread, Worker } from "node:worker_threads";
import { clientKeys, serverKeys } from "./curve.mjs";
import { report, say } from "./report.mjs";

/** A slow peer's message: when it was sent. No flood has messages of this length. */
const STAMP = 8;
const TALK_EVERY_MS = 5;
/** The first were sent while connections were being made. */
const EARLY = 20;
/** Part of the time that does not count, while code is being compiled. */
const WARM_UP = 0.25;

/** Receives a flood as fast as it can, and a slow peer's messages between; how late those and timers are. */
export async function endure({ Pull, Router }, address, { size, seconds, style, routed, curve }) {
  const socket = new (routed ? Router : Pull)(serverKeys(curve));
  await socket.bind(address);
  say(socket.lastEndpoint);
  const watch = new Watch(seconds);
  let flooded = false;
  await RECEIVING[style](socket, (message) => {
    const body = message[message.length - 1];
    if (body.length === STAMP) watch.heard(body);
    else if (!flooded && body.length === size) {
      flooded = true;
      watch.start();
    }
    return watch.over;
  });
  report(watch.results());
}

/** Publishes to all who subscribe, as fast as the slowest hears it. */
export async function publishAll({ Publisher }, address, { size, seconds, sockets }) {
  const socket = new Publisher({ noDrop: true });
  await socket.bind(address);
  say(socket.lastEndpoint);
  await socket.ready({ peers: sockets });
  const watch = new Watch(seconds);
  watch.start();
  const message = Buffer.alloc(size, 1);
  while (!watch.over) await socket.send(message);
  report(watch.results());
}

export async function hearAll({ Subscriber }, address, { sockets }) {
  await Promise.all(
    Array.from({ length: sockets }, async () => {
      const socket = new Subscriber();
      socket.connect(address);
      socket.subscribe();
      for await (const _ of socket);
    }),
  );
}

/** Sends without a pause; in another thread, so that it is not late itself, a peer says when it is, now and then. */
export async function flood({ Push, Dealer }, address, { size, routed, curve }) {
  const socket = new (routed ? Dealer : Push)(clientKeys(curve));
  socket.connect(address);
  if (!isMainThread) {
    setInterval(() => void socket.send(stamp()), TALK_EVERY_MS);
    return;
  }
  const talker = new Worker(process.argv[1], { argv: process.argv.slice(2) });
  talker.on("error", (error) => {
    throw error;
  });
  const message = Buffer.alloc(size, 1);
  for (;;) await socket.send(message);
}

const RECEIVING = {
  async iterate(socket, took) {
    for await (const message of socket) if (took(message)) return;
  },

  onMessage(socket, took) {
    return new Promise((resolve) => {
      const stop = socket.onMessage((message) => {
        if (!took(message)) return;
        stop();
        resolve();
      });
    });
  },
};

/** Gaps between two firings of a timer of 0 ms, and ages of messages. */
class Watch {
  over = false;
  #gaps = [];
  #ages = [];
  #early = EARLY;
  #counts = false;
  #seconds;
  #last = 0;

  constructor(seconds) {
    this.#seconds = seconds;
  }

  start() {
    this.#last = performance.now();
    this.#look();
    setTimeout(() => (this.#counts = true), this.#seconds * WARM_UP * 1000);
    setTimeout(() => (this.over = true), this.#seconds * 1000);
  }

  heard(body) {
    if (--this.#early < 0) this.#ages.push(Number(process.hrtime.bigint() - body.readBigUInt64LE()) / 1e6);
  }

  results() {
    const [gap99, gapMost] = of(this.#gaps);
    const [age99, ageMost] = of(this.#ages);
    return { gap99, gapMost, age99, ageMost };
  }

  #look = () => {
    const now = performance.now();
    if (this.#counts) this.#gaps.push(now - this.#last);
    this.#last = now;
    setTimeout(this.#look, 0);
  };
}

/** The 99th of a hundred, and the worst. */
function of(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return [sorted[Math.floor(sorted.length * 0.99)], sorted.at(-1)];
}

function stamp() {
  const body = Buffer.alloc(STAMP);
  body.writeBigUInt64LE(process.hrtime.bigint());
  return body;
}
