/**
 * Guide "psenvpub": the first frame is the key that subscriptions match, the second the data.
 *
 *     node psenvpub.js [endpoint] [ms between updates]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Publisher } from "zeromq-ts";

const [endpoint = "tcp://*:5563", interval = "1000"] = process.argv.slice(2);

const publisher = new Publisher();
await publisher.bind(endpoint);
console.log(`Bound to ${publisher.lastEndpoint}`);

for (;;) {
  await publisher.send(["A", "We don't want to see this"]);
  await publisher.send(["B", "We would like to see this"]);
  await sleep(Number(interval));
}
