/**
 * Guide "rrbroker": passes requests of any number of clients to any number of services, and the replies back. A message
 * carries the way back in its first frames, so that the broker has nothing to remember.
 *
 *     node rrbroker.js [clients' endpoint] [services' endpoint]
 */
import { Dealer, Router } from "zeromq-ts";

const [front = "tcp://*:5559", back = "tcp://*:5560"] = process.argv.slice(2);

const frontend = new Router();
const backend = new Dealer();
await frontend.bind(front);
await backend.bind(back);
console.log(`Bound to ${frontend.lastEndpoint} and ${backend.lastEndpoint}`);

await Promise.all([forward(frontend, backend), forward(backend, frontend)]);

async function forward(from: Router | Dealer, to: Router | Dealer): Promise<void> {
  for await (const message of from) await to.send(message);
}
