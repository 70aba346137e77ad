/**
 * "Grasslands", the first of five programs, each more secure than the one before: no security at all. Everybody may
 * connect, and everybody on the way may read and change.
 *
 *     node grasslands.js [endpoint] [further clients, in other processes]
 */
import { Pull, Push } from "zeromq-ts";

const [endpoint = "tcp://127.0.0.1:9000", further = "0"] = process.argv.slice(2);

const server = new Push();
await server.bind(endpoint);
console.log(`Bound to ${server.lastEndpoint}`);

const client = new Pull();
client.connect(server.lastEndpoint ?? endpoint);

// A message for each.
await server.ready({ peers: 1 + Number(further) });
for (let count = 0; count <= Number(further); count++) await server.send("Hello");

const [message] = await client.receive();
if (String(message) === "Hello") console.log("Grasslands test OK");
server.close();
client.close();
