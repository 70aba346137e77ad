import { isMainThread, Worker, workerData } from "node:worker_threads";
import { clientKeys, serverKeys } from "./curve.mjs";
import { Meter } from "./meter.mjs";
import { report, say } from "./report.mjs";

/** Binds, and counts what comes; with `lag`, how long a timer of 0 ms has to wait meanwhile. */
export async function pull({ Pull }, address, { size, seconds, style = "iterate", lag, curve }) {
  const socket = new Pull(serverKeys(curve));
  await socket.bind(address);
  say(socket.lastEndpoint);
  const meter = new Meter(size, seconds);
  const timer = lag === undefined ? undefined : watchTimer(socket);
  await RECEIVING[style](socket, meter);
  report({ perSecond: meter.perSecond, lag: timer?.longest() });
}

export async function push({ Push }, address, { size, style = "send", curve }) {
  const socket = new Push(clientKeys(curve));
  socket.connect(address);
  await SENDING[style](socket, Buffer.alloc(size, 1));
}

/** Both ends in one process and one thread, which is what JavaScript has without more ado. */
export async function inproc({ Pull, Push }, address, { size, seconds }) {
  const pull = new Pull();
  const push = new Push();
  await pull.bind(address);
  push.connect(address);
  const meter = new Meter(size, seconds);
  const sending = SENDING.send(push, Buffer.alloc(size, 1));
  await Promise.race([sending, RECEIVING.iterate(pull, meter)]);
  report({ perSecond: meter.perSecond });
  process.exit();
}

/** Both ends in one process, each in a thread of its own, which runs this role again. */
export async function threads({ Pull, Push }, address, { size, seconds }) {
  if (isMainThread) {
    for (const end of ["pull", "push"]) startThread(end);
  } else if (workerData === "pull") {
    const pull = new Pull();
    await pull.bind(address);
    const meter = new Meter(size, seconds);
    await RECEIVING.iterate(pull, meter);
    report({ perSecond: meter.perSecond });
  } else {
    await push({ Push }, address, { size });
  }
}

const SENDING = {
  async send(socket, message) {
    for (;;) await socket.send(message);
  },

  async trySend(socket, message) {
    for (;;) if (!socket.trySend(message)) await socket.send(message);
  },
};

const RECEIVING = {
  async iterate(socket, meter) {
    for await (const _ of socket) if (meter.took(1)) return;
  },

  async batches(socket, meter) {
    for await (const batch of socket.batches()) if (meter.took(batch.length)) return;
  },

  async tryReceive(socket, meter) {
    for (;;) {
      await socket.receive();
      if (meter.took(1)) return;
      while (socket.tryReceive() !== undefined) if (meter.took(1)) return;
    }
  },

  onMessage(socket, meter) {
    return new Promise((resolve) => {
      const stop = socket.onMessage(() => {
        if (!meter.took(1)) return;
        stop();
        resolve();
      });
    });
  },
};

/** Sets a timer of 0 ms again and again, from when a peer is there: `longest` is the longest time between two of them. */
function watchTimer(socket) {
  let last;
  let longest = 0;
  const look = () => {
    const now = performance.now();
    if (last !== undefined) longest = Math.max(longest, now - last);
    last = now;
    setTimeout(look, 0);
  };
  socket.events.on("accept", () => setTimeout(look, 0));
  // A timer that never fired waited for ever; one that is due now has waited until now.
  return { longest: () => Math.max(longest, performance.now() - (last ?? -Infinity)) };
}

function startThread(end) {
  return new Worker(process.argv[1], { argv: process.argv.slice(2), workerData: end });
}
