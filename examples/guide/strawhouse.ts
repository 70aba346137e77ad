/**
 * "Strawhouse": only some addresses may connect. Nobody proves who it is, and nothing is encrypted.
 *
 *     node strawhouse.js [endpoint] [further clients, in other processes] [addresses that may connect, comma-separated]
 */
import { Pull, Push } from "zeromq-ts";

const [endpoint = "tcp://127.0.0.1:9000", further = "0", addresses = "127.0.0.1"] = process.argv.slice(2);

// Without a domain, nobody is asked about peers that have no security.
const server = new Push({ zapDomain: "global" });
const allowed = addresses.split(",");
server.authenticate(({ address }) => allowed.includes(address));
server.events.on("handshake:error:auth", ({ peerAddress }) => console.log(`Refused ${peerAddress}`));
await server.bind(endpoint);
console.log(`Bound to ${server.lastEndpoint}`);

const client = new Pull();
client.connect(server.lastEndpoint ?? endpoint);

// A message for each.
await server.ready({ peers: 1 + Number(further) });
for (let count = 0; count <= Number(further); count++) await server.send("Hello");

const [message] = await client.receive();
if (String(message) === "Hello") console.log("Strawhouse test OK");
server.close();
client.close();
