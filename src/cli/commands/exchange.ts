import type { SocketRun } from "../socket-run.ts";
import { printAll } from "./receive.ts";

/** Types that do both in any order: sends what comes in and prints what comes, each at its own pace. */
export async function exchange(run: SocketRun): Promise<void> {
  const { count, echo } = run.values;
  if (echo === true) await printAll(run, (message) => run.send(message));
  else {
    const sending = sendAll(run);
    const receiving = count === 0 ? sending : printAll(run, () => {});
    await Promise.race([receiving, sending.then(() => receiving)]);
  }
  await run.finish();
}

async function sendAll(run: SocketRun): Promise<void> {
  await run.peersThere();
  for await (const message of run.outgoing()) await run.send(message);
}
