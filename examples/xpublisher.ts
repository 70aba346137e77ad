/** XPUB: sees its peers' subscriptions. Here a cache sends each newcomer the last value of what it subscribes to. */
import { Subscriber, XPublisher } from "zeromq-ts";

const last = new Map([
  ["rain", "3 mm"],
  ["wind", "5 m/s"],
]);

const publisher = new XPublisher({ manualLastValue: true });
await publisher.bind("tcp://127.0.0.1:*");
void cache();

const subscriber = new Subscriber();
subscriber.connect(publisher.lastEndpoint ?? "");
subscriber.subscribe("wind");
const [topic, value] = await subscriber.receive();
console.log(`${topic}: ${value}`);
subscriber.close();
publisher.close();

async function cache(): Promise<void> {
  for await (const [request] of publisher) {
    if (request?.[0] !== 1) continue; // 1 subscribes, 0 ends it; then the topic
    const wanted = request.subarray(1).toString();
    publisher.subscribe(wanted);
    const value = last.get(wanted);
    if (value !== undefined) await publisher.send([wanted, value]); // only to the one who asked
  }
}
