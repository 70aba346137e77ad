import { isMainThread, Worker, workerData } from "node:worker_threads";
import { clientKeys, serverKeys } from "./curve.mjs";
import { Meter } from "./meter.mjs";
import { report, say } from "./report.mjs";

/** Binds, and counts what comes. */
export async function pull({ Pull, release }, address, { size, seconds, mark = 1000, style = "iterate", curve }) {
  const socket = new Pull({ receiveHighWaterMark: mark, ...serverKeys(curve) });
  await socket.bind(address);
  say(socket.lastEndpoint);
  const meter = new Meter(size, seconds);
  await RECEIVING[style](socket, meter, release);
  report({ perSecond: meter.perSecond });
}

export async function push({ Push }, address, { size, mark = 1000, style = "send", connections = 1, curve }) {
  const socket = new Push({ sendHighWaterMark: mark, ...clientKeys(curve) });
  for (let count = 0; count < connections; count++) socket.connect(address);
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

  async release(socket, meter, release) {
    for await (const message of socket) {
      release(message);
      if (meter.took(1)) return;
    }
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

function startThread(end) {
  return new Worker(process.argv[1], { argv: process.argv.slice(2), workerData: end });
}
