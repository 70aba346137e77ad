/**
 * Guide "psenvsub": reads envelopes of one key. Matching looks at the first frame only.
 *
 *     node psenvsub.js [endpoint] [updates; 0 for ever]
 */
import { Subscriber } from "zeromq-ts";

const [endpoint = "tcp://localhost:5563", updates = "0"] = process.argv.slice(2);

const subscriber = new Subscriber();
subscriber.connect(endpoint);
subscriber.subscribe("B");

let count = 0;
for await (const [key, contents] of subscriber) {
  console.log(`[${key}] ${contents}`);
  if (++count === Number(updates)) break;
}
subscriber.close();
