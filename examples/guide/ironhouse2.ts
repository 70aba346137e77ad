/**
 * "Ironhouse2": ironhouse with its server and its client apart, in threads that share nothing but certificates on disk.
 *
 *     node ironhouse2.js [endpoint] [further clients, in other processes] [folder of certificates]
 */
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { curveKeys, Pull, Push } from "zeromq-ts";
import { createCertificate, readCertificate, readCertificates, writeCertificate } from "zeromq-ts/certificates";

const [endpoint = "tcp://127.0.0.1:9000", further = "0", folder = ".curve2"] = process.argv.slice(2);
const clients = path.join(folder, "clients");
const serverFile = path.join(folder, "server.key"); // and server.key_secret, as CZMQ and pyzmq name them
const clientFile = path.join(clients, "client.key");

if (isMainThread) await serve();
else await receive(workerData as string); // as serve() says

async function serve(): Promise<void> {
  mkdirSync(clients, { recursive: true });
  for (const file of [serverFile, clientFile]) if (!existsSync(file)) writeCertificate(file, createCertificate());

  const server = new Push({ curveServer: true, curveSecretKey: readCertificate(serverFile).secretKey });
  server.authenticate(curveKeys(readCertificates(clients).map(({ publicKey }) => publicKey)));
  await server.bind(endpoint);
  console.log(`Bound to ${server.lastEndpoint}`);
  const client = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2), workerData: server.lastEndpoint });

  // A message for each.
  await server.ready({ peers: 1 + Number(further) });
  for (let count = 0; count <= Number(further); count++) await server.send("Hello");
  await once(client, "exit");
  server.close();
}

async function receive(address: string): Promise<void> {
  const { secretKey } = readCertificate(clientFile);
  const [server] = readCertificates(folder); // public keys only
  const client = new Pull({ curveServerKey: server?.publicKey ?? null, curveSecretKey: secretKey });
  client.connect(address);
  const [message] = await client.receive();
  if (String(message) === "Hello") console.log("Ironhouse test OK");
  client.close();
}
