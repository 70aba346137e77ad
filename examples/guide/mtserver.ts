/**
 * Guide "mtserver": hwserver with five threads. Requests reach them over inproc, which joins the threads of a process: they
 * share the default context.
 *
 *     node mtserver.js [endpoint] [threads] [ms of work for each request]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, threadId, Worker } from "node:worker_threads";
import { Dealer, Proxy, Reply, Router } from "zeromq-ts";

const [endpoint = "tcp://*:5555", threads = "5", work = "1000"] = process.argv.slice(2);

if (isMainThread) await serve();
else await answer();

async function serve(): Promise<void> {
  const workers = new Dealer();
  await workers.bind("inproc://workers");
  for (let count = 0; count < Number(threads); count++) start();
  await workers.ready({ peers: Number(threads) });

  const clients = new Router();
  await clients.bind(endpoint);
  console.log(`Bound to ${clients.lastEndpoint}`);
  await new Proxy(clients, workers).run();
}

function start(): Worker {
  return new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
}

async function answer(): Promise<void> {
  const receiver = new Reply();
  receiver.connect("inproc://workers");
  for await (const [request] of receiver) {
    console.log(`Thread ${threadId} received request: [${request}]`);
    await sleep(Number(work));
    await receiver.send("World");
  }
}
