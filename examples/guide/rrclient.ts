/**
 * Guide "rrclient": asks the broker ten times, as a client that knows none of the services.
 *
 *     node rrclient.js [endpoint] [requests]
 */
import { Request } from "zeromq-ts";

const [endpoint = "tcp://localhost:5559", requests = "10"] = process.argv.slice(2);

const requester = new Request();
requester.connect(endpoint);

for (let number = 0; number < Number(requests); number++) {
  await requester.send("Hello");
  const [reply] = await requester.receive();
  console.log(`Received reply ${number} [${reply}]`);
}
requester.close();
