/**
 * Guide "taskvent": sends a batch of tasks to workers. A task is the number of ms that it takes.
 *
 * The Guide waits for somebody to press Enter when the workers are up; here `ready` knows when they are.
 *
 *     node taskvent.js [workers to wait for] [endpoint] [sink's endpoint] [tasks] [most ms of a task]
 */
import { randomInt } from "node:crypto";
import { Push } from "zeromq-ts";

const [workers = "1", endpoint = "tcp://*:5557", sinkEndpoint = "tcp://localhost:5558", tasks = "100", most = "100"] =
  process.argv.slice(2);

const sender = new Push();
await sender.bind(endpoint);
const sink = new Push();
sink.connect(sinkEndpoint);

console.log(`Waiting for ${workers} workers`);
await Promise.all([sender.ready({ peers: Number(workers) }), sink.ready()]);
await sink.send("0"); // the batch begins

let total = 0;
for (let task = 0; task < Number(tasks); task++) {
  const workload = randomInt(1, Number(most) + 1);
  total += workload;
  await sender.send(String(workload));
}
console.log(`Total expected cost: ${total} ms`);
sender.close(); // what is queued still goes out: linger is -1
sink.close();
