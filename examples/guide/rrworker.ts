/**
 * Guide "rrworker": a service behind the broker.
 *
 *     node rrworker.js [endpoint] [ms of work for each request]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Reply } from "zeromq-ts";

const [endpoint = "tcp://localhost:5560", work = "1000"] = process.argv.slice(2);

const responder = new Reply();
responder.connect(endpoint);

for await (const [request] of responder) {
  console.log(`Received request: [${request}]`);
  await sleep(Number(work));
  await responder.send("World");
}
