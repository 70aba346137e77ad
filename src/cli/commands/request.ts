import type { SocketRun } from "../socket-run.ts";

/** req: sends each request and prints its reply. */
export async function request(run: SocketRun): Promise<void> {
  const { count = Infinity } = run.values;
  await run.peersThere();
  let done = 0;
  if (count > 0) {
    for await (const message of run.outgoing()) {
      await run.socket.send(message, run.limit);
      await run.print(await run.socket.receive(run.limit));
      if (++done >= count) break;
    }
  }
  await run.finish();
}
