/**
 * Guide "hwclient": sends "Hello" to the server ten times and expects "World" each time.
 *
 *     node hwclient.js [endpoint] [requests]
 */
import { Request } from "zeromq-ts";

const [endpoint = "tcp://localhost:5555", requests = "10"] = process.argv.slice(2);

const client = new Request();
client.connect(endpoint);

for (let number = 0; number < Number(requests); number++) {
  await client.send("Hello");
  const [reply] = await client.receive();
  console.log(`Received ${reply} ${number}`);
}
client.close();
