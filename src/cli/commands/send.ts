import type { SocketRun } from "../socket-run.ts";

/** push, pub, scatter, radio: sends what comes in. */
export async function send(run: SocketRun): Promise<void> {
  const { count = Infinity } = run.values;
  await run.peersThere();
  let sent = 0;
  if (count > 0) {
    for await (const message of run.outgoing()) {
      await run.send(message);
      if (++sent >= count) break;
    }
  }
  await run.finish();
}
