/**
 * "Stonehouse": all is encrypted, and clients know that the server is the right one (CURVE). The server lets everybody in.
 *
 *     node stonehouse.js [endpoint] [further clients, in other processes]
 */
import { curveKeyPair, Pull, Push } from "zeromq-ts";

const [endpoint = "tcp://127.0.0.1:9000", further = "0"] = process.argv.slice(2);

const serverKeys = curveKeyPair();
const server = new Push({ curveServer: true, curveSecretKey: serverKeys.secretKey });
await server.bind(endpoint);
console.log(`Bound to ${server.lastEndpoint}`);
console.log(`Its public key: ${serverKeys.publicKey}`);

// Who has the server's public key can connect; any pair of keys of its own will do.
const client = new Pull({ curveServerKey: serverKeys.publicKey, curveSecretKey: curveKeyPair().secretKey });
client.connect(server.lastEndpoint ?? endpoint);

// A message for each.
await server.ready({ peers: 1 + Number(further) });
for (let count = 0; count <= Number(further); count++) await server.send("Hello");

const [message] = await client.receive();
if (String(message) === "Hello") console.log("Stonehouse test OK");
server.close();
client.close();
