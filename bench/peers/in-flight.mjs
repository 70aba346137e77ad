import { Meter } from "./meter.mjs";
import { report, say } from "./report.mjs";

/** Returns each message to whom it came from. */
export async function router({ Router }, address) {
  const socket = new Router();
  await socket.bind(address);
  say(socket.lastEndpoint);
  for await (const [id, body] of socket) await socket.send([id, body]);
}

/** Keeps a number of messages on their way. */
export async function dealer({ Dealer }, address, { size, seconds, inflight }) {
  const socket = new Dealer();
  socket.connect(address);
  const message = Buffer.alloc(size, 1);
  const meter = new Meter(size, seconds);
  for (let sent = 0; sent < inflight; sent++) await socket.send(message);
  for await (const _ of socket) {
    if (meter.took(1)) break;
    await socket.send(message);
  }
  report({ perSecond: meter.perSecond });
}
