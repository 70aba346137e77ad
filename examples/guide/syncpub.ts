/**
 * Guide "syncpub": publishes when all subscribers are there, and loses nothing.
 *
 * The Guide's publisher counts requests, and its subscribers sleep for a second, hoping that their subscription has
 * arrived. `ready` knows; the requests stay, for subscribers written in other languages.
 *
 *     node syncpub.js [endpoint] [endpoint for requests] [subscribers] [messages]
 */
import { Publisher, Reply } from "zeromq-ts";

const [endpoint = "tcp://*:5561", syncEndpoint = "tcp://*:5562", expected = "10", messages = "1000000"] =
  process.argv.slice(2);
const subscribers = Number(expected);

// noDrop: send() waits for the slowest subscriber instead of dropping its messages.
const publisher = new Publisher({ noDrop: true, sendHighWaterMark: 50_000 });
await publisher.bind(endpoint);
const syncService = new Reply();
await syncService.bind(syncEndpoint);

console.log("Waiting for subscribers");
for (let there = 0; there < subscribers; there++) {
  await syncService.receive();
  await syncService.send("");
}
await publisher.ready({ subscribers });

console.log("Broadcasting messages");
for (let number = 0; number < Number(messages); number++) {
  // Synchronous while there is room, and only then a promise.
  if (!publisher.trySend("Rhubarb")) await publisher.send("Rhubarb");
}
await publisher.send("END");

const { drops } = publisher.stats();
console.log(`Dropped: ${drops.hwm + drops["no-subscriber"]}`);
publisher.close();
syncService.close();
