/** DGRAM: plain UDP with programs that know nothing of ZeroMQ; here, a server that tells how long its datagrams were. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { Datagram } from "zeromq-ts/draft";

const server = new Datagram();
await server.bind("udp://127.0.0.1:*");
void serve();

const client = createSocket("udp4");
const port = Number((server.lastEndpoint ?? "").split(":").at(-1));
for (const text of ["hello", "", "x".repeat(1000)]) {
  client.send(text, port, "127.0.0.1");
  const [answer] = await once(client, "message");
  console.log(String(answer));
}
client.close();
server.close();

async function serve(): Promise<void> {
  for await (const [sender = null, bytes] of server) {
    await server.send([sender, `${bytes?.length} bytes`]); // the address goes back as it came
  }
}
