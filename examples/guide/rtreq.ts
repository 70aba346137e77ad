/**
 * Guide "rtreq": a ROUTER hands work to REQ workers, each when it asks: the least recently used one is next.
 *
 *     node rtreq.js [endpoint] [workers] [ms] [further workers, in other processes]
 */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Request, Router } from "zeromq-ts";

const [endpoint = "tcp://127.0.0.1:5671", workers = "10", duration = "5000", further = "0"] = process.argv.slice(2);

const broker = new Router();
await broker.bind(endpoint);
const running = Array.from({ length: Number(workers) }, () => work(broker.lastEndpoint ?? endpoint));

const end = performance.now() + Number(duration);
for (let fired = 0; fired < Number(workers) + Number(further);) {
  const [id = null] = await broker.receive(); // [id, empty, "Hi Boss"]
  if (performance.now() < end) await broker.send([id, "", "Work harder"]);
  else {
    await broker.send([id, "", "Fired!"]);
    fired++;
  }
}
await Promise.all(running);
broker.close();

async function work(address: string): Promise<void> {
  const worker = new Request();
  worker.connect(address);
  let total = 0;
  for (;;) {
    await worker.send("Hi Boss");
    const [workload] = await worker.receive();
    if (String(workload) === "Fired!") break;
    total++;
    await sleep(randomInt(1, 500)); // some work
  }
  console.log(`Completed: ${total} tasks`);
  worker.close();
}
