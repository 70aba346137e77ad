/**
 * Guide "syncsub": tells the publisher that it is there, and counts what it gets until "END".
 *
 *     node syncsub.js [endpoint] [endpoint for requests]
 */
import { Request, Subscriber } from "zeromq-ts";

const [endpoint = "tcp://localhost:5561", syncEndpoint = "tcp://localhost:5562"] = process.argv.slice(2);

const subscriber = new Subscriber();
subscriber.connect(endpoint);
subscriber.subscribe("");
await subscriber.ready();

const syncClient = new Request();
syncClient.connect(syncEndpoint);
await syncClient.send("");
await syncClient.receive();
syncClient.close();

let updates = 0;
receiving: for await (const batch of subscriber.batches()) {
  for (const [frame] of batch) {
    if (frame?.length === 3 && String(frame) === "END") break receiving;
    updates++;
  }
}
console.log(`Received ${updates} updates`);
subscriber.close();
