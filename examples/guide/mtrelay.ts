/**
 * Guide "mtrelay": threads that wait for each other. The third step starts the second, which starts the first; the signal
 * comes back over PAIR sockets, which nobody else can join.
 *
 *     node mtrelay.js
 */
import { Worker, workerData } from "node:worker_threads";
import { Pair } from "zeromq-ts";

const steps = { first, second };
if (workerData === null) await third();
else await steps[workerData as keyof typeof steps](); // as start() says

async function first(): Promise<void> {
  const next = new Pair();
  next.connect("inproc://step2");
  console.log("Step 1 ready, signaling step 2");
  await next.send("READY");
  next.close();
}

async function second(): Promise<void> {
  const receiver = new Pair();
  await receiver.bind("inproc://step2"); // before anybody connects to it
  start("first");
  await receiver.receive();
  receiver.close();

  const next = new Pair();
  next.connect("inproc://step3");
  console.log("Step 2 ready, signaling step 3");
  await next.send("READY");
  next.close();
}

async function third(): Promise<void> {
  const receiver = new Pair();
  await receiver.bind("inproc://step3");
  start("second");
  await receiver.receive();
  receiver.close();
  console.log("Test successful!");
}

function start(step: keyof typeof steps): Worker {
  return new Worker(new URL(import.meta.url), { workerData: step });
}
