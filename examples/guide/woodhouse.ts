/**
 * "Woodhouse": clients show a name and a password (PLAIN). Everybody on the way can read them, and all the rest.
 *
 *     node woodhouse.js [endpoint] [further clients, in other processes]
 */
import { plainUsers, Pull, Push } from "zeromq-ts";

const [endpoint = "tcp://127.0.0.1:9000", further = "0"] = process.argv.slice(2);

const server = new Push({ plainServer: true });
server.authenticate(plainUsers({ admin: "Password", guest: "Ask me" }));
server.events.on("handshake:error:auth", ({ peerAddress }) => console.log(`Refused ${peerAddress}`));
await server.bind(endpoint);
console.log(`Bound to ${server.lastEndpoint}`);

const client = new Pull({ plainUsername: "admin", plainPassword: "Password" });
client.connect(server.lastEndpoint ?? endpoint);

// A message for each.
await server.ready({ peers: 1 + Number(further) });
for (let count = 0; count <= Number(further); count++) await server.send("Hello");

const [message] = await client.receive();
if (String(message) === "Hello") console.log("Woodhouse test OK");
server.close();
client.close();
