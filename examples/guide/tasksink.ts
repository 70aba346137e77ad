/**
 * Guide "tasksink": collects the results of all workers and measures how long the batch took.
 *
 *     node tasksink.js [endpoint] [tasks]
 */
import { Pull } from "zeromq-ts";

const [endpoint = "tcp://*:5558", tasks = "100"] = process.argv.slice(2);

const receiver = new Pull();
await receiver.bind(endpoint);

await receiver.receive(); // the ventilator's "0": the batch begins
const began = performance.now();

for (let task = 0; task < Number(tasks); task++) {
  await receiver.receive();
  process.stdout.write(task % 10 === 0 ? ":" : ".");
}
console.log(`\nTotal elapsed time: ${Math.round(performance.now() - began)} ms`);
receiver.close();
