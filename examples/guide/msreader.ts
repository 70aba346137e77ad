/**
 * Guide "msreader": reads tasks and weather without a poller: whatever is there, tasks first, and then a rest of 1 ms.
 *
 *     node msreader.js [ventilator's endpoint] [weather server's endpoint] [zip code]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Pull, Subscriber } from "zeromq-ts";

const [ventilator = "tcp://localhost:5557", weather = "tcp://localhost:5556", zip = "10001"] = process.argv.slice(2);

const receiver = new Pull();
receiver.connect(ventilator);
const subscriber = new Subscriber();
subscriber.connect(weather);
subscriber.subscribe(`${zip} `);

for (;;) {
  // Weather waits until no task does.
  for (let task = receiver.tryReceive(); task !== undefined; task = receiver.tryReceive()) {
    console.log(`Task of ${task[0]} ms`);
  }
  for (let update = subscriber.tryReceive(); update !== undefined; update = subscriber.tryReceive()) {
    console.log(`Weather: ${update[0]}`);
  }
  await sleep(1); // nothing is read meanwhile: mspoller does without
}
