/** PUB: sends to whoever subscribed, and never waits: what nobody wants is dropped, and counted. */
import { Publisher, Subscriber } from "zeromq-ts";

const publisher = new Publisher();
await publisher.bind("tcp://127.0.0.1:*");
await publisher.send(["news", "too early: nobody is there"]);

const subscriber = new Subscriber();
subscriber.subscribe("news");
subscriber.connect(publisher.lastEndpoint ?? "");

// No sleeping until the subscription has arrived.
await publisher.ready({ subscribers: 1, topic: "news" });
await publisher.send(["sport", "not subscribed"]);
await publisher.send(["news", "hello"]);

const [topic, text] = await subscriber.receive();
console.log(`${topic}: ${text}`);

const { drops } = publisher.stats();
console.log(`dropped: ${drops["no-peer"]} without a peer, ${drops["no-subscriber"]} without a subscriber`);
subscriber.close();
publisher.close();
