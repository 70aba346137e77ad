import type { SocketRun } from "../socket-run.ts";
import { exchange } from "./exchange.ts";

/** stream: raw TCP. As bytes (--format raw) it serves one connection after the other; else it is as router is. */
export async function stream(run: SocketRun): Promise<void> {
  if (!run.format.whole) return exchange(run);
  const peer = await firstPeer(run);
  const sending = sendBytes(run, peer);
  await Promise.race([printBytes(run, peer), sending.then(() => new Promise<never>(() => {}))]);
  await run.finish();
}

/** A message of [id, empty] says that a peer came. */
async function firstPeer(run: SocketRun): Promise<Buffer> {
  const [id] = await run.socket.receive(run.limit);
  if (id === undefined) throw new Error("a message came without a peer");
  return id;
}

async function sendBytes(run: SocketRun, peer: Buffer): Promise<void> {
  const input: AsyncIterable<Buffer> = process.stdin;
  for await (const bytes of input) if (!run.socket.closed) await run.socket.send([peer, bytes], run.limit);
}

/** Until the peer closes: [id, empty] again. */
async function printBytes(run: SocketRun, peer: Buffer): Promise<void> {
  const { count = Infinity } = run.values;
  for (let received = 0; received < count;) {
    const [id, bytes] = await run.socket.receive(run.limit);
    if (id === undefined || bytes === undefined || !id.equals(peer)) continue;
    if (bytes.length === 0) return;
    received++;
    await run.print([bytes]);
  }
}
