import type { SocketRun } from "../socket-run.ts";

/** pull, sub, gather, dish: prints what comes. */
export async function receive(run: SocketRun): Promise<void> {
  await printAll(run, () => {});
  await run.finish();
}

/** Prints each message until --count; `each` may answer it. */
export async function printAll(run: SocketRun, each: (message: Buffer[]) => Promise<void> | void): Promise<void> {
  const { count = Infinity } = run.values;
  let received = 0;
  while (received < count) {
    const message = await run.receive();
    received++;
    await run.print(message);
    await each(message);
  }
}
