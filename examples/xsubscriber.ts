/** XSUB: subscribes by sending 1 and the topic, ends it by sending 0 and the topic; drops nothing of what comes. */
import { Publisher, XSubscriber } from "zeromq-ts";

const publisher = new Publisher();
await publisher.bind("tcp://127.0.0.1:*");

const subscriber = new XSubscriber();
subscriber.connect(publisher.lastEndpoint ?? "");
await subscriber.ready();
await subscriber.send(Buffer.from("\u0001news"));
await publisher.ready({ subscribers: 1, topic: "news" });

await publisher.send("news of the day");
const [text] = await subscriber.receive();
console.log(String(text));
subscriber.close();
publisher.close();
