/**
 * Guide "hwserver": expects "Hello" from clients and replies with "World".
 *
 *     node hwserver.js [endpoint] [ms of work for each request]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Reply } from "zeromq-ts";

const [endpoint = "tcp://*:5555", work = "1000"] = process.argv.slice(2);

const server = new Reply();
await server.bind(endpoint);
console.log(`Bound to ${server.lastEndpoint}`);

for await (const [request] of server) {
  console.log(`Received ${request}`);
  await sleep(Number(work));
  await server.send("World");
}
