import { Meter } from "./meter.mjs";
import { report, say } from "./report.mjs";

/** Binds, and counts what comes; with `lag`, how long a timer of 0 ms has to wait meanwhile. */
export async function pull({ Pull }, address, { size, seconds, style = "iterate", lag }) {
  const socket = new Pull();
  await socket.bind(address);
  say(socket.lastEndpoint);
  const meter = new Meter(size, seconds);
  const timer = lag === undefined ? undefined : watchTimer(socket);
  await RECEIVING[style](socket, meter);
  report({ perSecond: meter.perSecond, lag: timer?.longest() });
}

export async function push({ Push }, address, { size, style = "send" }) {
  const socket = new Push();
  socket.connect(address);
  await SENDING[style](socket, Buffer.alloc(size, 1));
}

/** Both ends in one process, which for JavaScript is one thread. */
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
