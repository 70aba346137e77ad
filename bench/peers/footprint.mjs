import { clientKeys, serverKeys } from "./curve.mjs";
import { memory, report, say } from "./report.mjs";

/** Sockets that one context has to hold, with room to spare. */
const MANY = 8192;

/** Queues messages for a peer that is not there: what each of them takes. */
export async function queue({ Push }, address, { size, count }) {
  const socket = new Push({ sendHighWaterMark: 0, linger: 0 });
  const before = memory("VmRSS");
  socket.connect(address);
  for (let sent = 0; sent < count; sent++) await socket.send(Buffer.alloc(size, 1));
  report({ bytesPerMessage: (memory("VmHWM") - before) / count });
}

/** Returns one message to each of many peers; with the processor time that took, in whichever thread. */
export async function accept({ Router }, address, { count, curve }) {
  const socket = new Router({ backlog: 4096, ...serverKeys(curve) });
  await socket.bind(address);
  const before = memory("VmRSS");
  const cpu = process.cpuUsage();
  say(socket.lastEndpoint);
  let missing = count;
  for await (const [id, body] of socket) {
    await socket.send([id, body]);
    if (--missing === 0) break;
  }
  const { user, system } = process.cpuUsage(cpu);
  report({ routerBytes: (memory("VmRSS") - before) / count, perCpuSecond: (count * 1e6) / (user + system) });
}

/** Connects many sockets and waits until each had an answer. */
export async function dial({ Context, Dealer }, address, { count, curve }) {
  const context = new Context({ maxSockets: MANY });
  const sockets = [];
  const before = memory("VmRSS");
  const began = performance.now();
  for (let made = 0; made < count; made++) {
    const socket = new Dealer({ context, ...clientKeys(curve) });
    socket.connect(address);
    await socket.send("hello");
    sockets.push(socket);
  }
  await Promise.all(sockets.map((socket) => socket.receive()));
  const milliseconds = performance.now() - began;
  report({ milliseconds, dealerBytes: (memory("VmRSS") - before) / count });
}
