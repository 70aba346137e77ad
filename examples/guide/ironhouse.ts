/**
 * "Ironhouse": as stonehouse, and only clients whose certificates are in a folder may come in.
 *
 *     node ironhouse.js [endpoint] [further clients, in other processes] [folder of certificates]
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { curveKeys, Pull, Push } from "zeromq-ts";
import { createCertificate, readCertificates, writeCertificate } from "zeromq-ts/certificates";

const [endpoint = "tcp://127.0.0.1:9000", further = "0", folder = ".curve"] = process.argv.slice(2);

// A client makes its certificate, keeps the secret key to itself, and hands on the rest.
const mine = createCertificate({ metadata: { name: "Client test certificate" } });
mkdirSync(folder, { recursive: true });
writeCertificate(path.join(folder, "testcert.txt"), { ...mine, secretKey: null }, { overwrite: true });

const serverCertificate = createCertificate();
const server = new Push({ curveServer: true, curveSecretKey: serverCertificate.secretKey });
server.authenticate(curveKeys(readCertificates(folder).map(({ publicKey }) => publicKey)));
server.events.on("handshake:error:auth", ({ peerAddress }) => console.log(`Refused ${peerAddress}`));
await server.bind(endpoint);
console.log(`Bound to ${server.lastEndpoint}`);
console.log(`Its public key: ${serverCertificate.publicKey}`);

const client = new Pull({ curveServerKey: serverCertificate.publicKey, curveSecretKey: mine.secretKey });
client.connect(server.lastEndpoint ?? endpoint);

// A message for each.
await server.ready({ peers: 1 + Number(further) });
for (let count = 0; count <= Number(further); count++) await server.send("Hello");

const [message] = await client.receive();
if (String(message) === "Hello") console.log("Ironhouse test OK");
server.close();
client.close();
