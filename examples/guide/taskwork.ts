/**
 * Guide "taskwork": takes tasks from the ventilator, works for as many ms as each says, and tells the sink.
 *
 *     node taskwork.js [ventilator's endpoint] [sink's endpoint]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Pull, Push } from "zeromq-ts";

const [ventilator = "tcp://localhost:5557", sink = "tcp://localhost:5558"] = process.argv.slice(2);

const receiver = new Pull();
receiver.connect(ventilator);
const sender = new Push();
sender.connect(sink);

for await (const [task] of receiver) {
  process.stdout.write(`${task}.`);
  await sleep(Number(task));
  await sender.send("");
}
