import { report, say } from "./report.mjs";

/** Round trips before the measured ones. */
const WARM_UP = 500;

export async function reply({ Reply }, address) {
  const socket = new Reply();
  await socket.bind(address);
  say(socket.lastEndpoint);
  for await (const message of socket) await socket.send(message);
}

export async function request({ Request }, address, { size, count }) {
  const socket = new Request();
  socket.connect(address);
  const message = Buffer.alloc(size, 1);
  const times = new Float64Array(count);
  for (let at = -WARM_UP; at < count; at++) {
    const began = performance.now();
    await socket.send(message);
    await socket.receive();
    if (at >= 0) times[at] = (performance.now() - began) * 1000;
  }
  times.sort();
  report({ p50: times[Math.floor(count * 0.5)], p99: times[Math.floor(count * 0.99)] });
}
