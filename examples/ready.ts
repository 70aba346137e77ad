/** ready(): waits until peers or subscribers are there, instead of sleeping and hoping. */
import { Publisher, Subscriber, ZmqError } from "zeromq-ts";

const publisher = new Publisher();
await publisher.bind("tcp://127.0.0.1:*");

try {
  await publisher.ready({ subscribers: 3, topic: "news", timeout: 50 });
} catch (error) {
  if (!(error instanceof ZmqError)) throw error;
  console.log(error.message);
}

const subscribers = [new Subscriber(), new Subscriber(), new Subscriber()];
for (const subscriber of subscribers) {
  subscriber.connect(publisher.lastEndpoint ?? "");
  subscriber.subscribe("news");
}
await publisher.ready({ subscribers: 3, topic: "news" });
await publisher.send("news for all");
for (const subscriber of subscribers) console.log(String(await subscriber.receive()));
for (const socket of [publisher, ...subscribers]) socket.close();
