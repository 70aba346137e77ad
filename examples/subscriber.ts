/** SUB: reads several publishers in turn, and only what begins with one of its topics. */
import { Publisher, Subscriber } from "zeromq-ts";

const [london, paris] = [new Publisher(), new Publisher()];
const subscriber = new Subscriber();
for (const publisher of [london, paris]) {
  await publisher.bind("tcp://127.0.0.1:*");
  subscriber.connect(publisher.lastEndpoint ?? "");
}

subscriber.subscribe("rain", "snow");
subscriber.unsubscribe("snow");
await Promise.all([london, paris].map((publisher) => publisher.ready({ subscribers: 1, topic: "rain" })));

await london.send("rainbow over London"); // a topic is a prefix
await paris.send("snow in Paris");
await paris.send("rain in Paris");

const heard = [await subscriber.receive(), await subscriber.receive()].map(String);
console.log(heard.sort().join("\n"));
for (const socket of [subscriber, london, paris]) socket.close();
