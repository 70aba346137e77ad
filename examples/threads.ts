/** Worker threads: a ventilator in the main thread, and workers that find it by name. Nothing is passed to them. */
import { isMainThread, threadId, Worker } from "node:worker_threads";
import { Pull, Push } from "zeromq-ts";

const WORKERS = 3;
const TASKS = 9;

if (isMainThread) await main();
else await work();

async function main(): Promise<void> {
  const tasks = new Push();
  const results = new Pull();
  await tasks.bind("inproc://tasks");
  await results.bind("inproc://results");
  const workers = Array.from({ length: WORKERS }, () => new Worker(new URL(import.meta.url)));
  await tasks.ready({ peers: WORKERS });

  for (let task = 1; task <= TASKS; task++) await tasks.send(`${task}`);
  let sum = 0;
  const by = new Set<string>();
  for (let count = 0; count < TASKS; count++) {
    const [thread, square] = await results.receive();
    by.add(String(thread));
    sum += Number(square);
  }
  console.log(`the squares of 1 to ${TASKS} add up to ${sum}; ${by.size} threads found them`);

  await Promise.all(workers.map((worker) => worker.terminate()));
  while (tasks.stats().peers > 0) await new Promise((resolve) => setImmediate(resolve));
  console.log("the workers are gone, and their connections with them");
  tasks.close();
  results.close();
}

async function work(): Promise<void> {
  const tasks = new Pull();
  const results = new Push();
  tasks.connect("inproc://tasks");
  results.connect("inproc://results");
  for await (const [task] of tasks) await results.send([`${threadId}`, `${Number(task) ** 2}`]);
}
