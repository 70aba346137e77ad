/** A socket goes to another thread: with its address, its options, and what nobody has read yet. */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { Pull, Push, type SocketTicket } from "zeromq-ts";

if (isMainThread) await main();
else await rest(workerData as SocketTicket);

async function main(): Promise<void> {
  const pull = new Pull();
  await pull.bind("tcp://127.0.0.1:*");
  const push = new Push();
  push.connect(pull.lastEndpoint ?? "");
  for (const task of ["one", "two", "three"]) await push.send(task);
  while (pull.stats().queuedIn < 3) await new Promise((resolve) => setImmediate(resolve));
  console.log(`the main thread got ${(await pull.receive()).join()}`);

  const worker = new Worker(new URL(import.meta.url), { workerData: await pull.transfer() });
  while (push.stats().peers > 0) await new Promise((resolve) => setImmediate(resolve));
  await push.send("four"); // waits until the worker has bound the address
  worker.on("exit", () => push.close());
}

async function rest(ticket: SocketTicket): Promise<void> {
  const pull = Pull.adopt(ticket);
  for (let count = 0; count < 3; count++) console.log(`the worker got ${(await pull.receive()).join()}`);
  pull.close();
}
