/**
 * Guide, "Signaling Between Threads", with more steps: each hands its work to the next over PAIR. Unlike mtrelay's, they
 * start in any order: what is sent to a name that nobody has bound yet waits.
 *
 *     node pipeline.js [steps]
 */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { Pair } from "zeromq-ts";

const [steps = "4"] = process.argv.slice(2);

if (isMainThread) await run();
else await step(workerData as number); // as run() says

async function run(): Promise<void> {
  const first = new Pair();
  first.connect("inproc://step1");
  await first.send("begin");

  const done = new Pair();
  await done.bind(`inproc://step${Number(steps) + 1}`);
  for (let number = 1; number <= Number(steps); number++) start(number);
  const [trace] = await done.receive();
  console.log(String(trace));
  first.close();
  done.close();
}

function start(number: number): Worker {
  return new Worker(new URL(import.meta.url), { workerData: number });
}

async function step(number: number): Promise<void> {
  const next = new Pair();
  next.connect(`inproc://step${number + 1}`);
  const previous = new Pair();
  await previous.bind(`inproc://step${number}`);

  const [trace] = await previous.receive();
  await next.send(`${trace} ${number}`);
  await next.drain(); // a thread takes with it what nobody has come for
  previous.close();
  next.close();
}
