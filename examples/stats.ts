/** stats() and peers(): where every message is. What was sent is delivered, queued, or dropped for a reason. */
import { Publisher, Subscriber } from "zeromq-ts";

const publisher = new Publisher();
await publisher.bind("tcp://127.0.0.1:*");
const subscriber = new Subscriber();
subscriber.connect(publisher.lastEndpoint ?? "");
subscriber.subscribe("a");
await publisher.ready({ subscribers: 1, topic: "a" });

for (let number = 0; number < 10; number++) await publisher.send(number % 2 === 0 ? "apple" : "pear");
for (let number = 0; number < 5; number++) await subscriber.receive();
await publisher.drain();

const { messagesSent, messagesDelivered, queuedOut, drops } = publisher.stats();
console.log(
  `sent ${messagesSent} = delivered ${messagesDelivered} + queued ${queuedOut} + dropped ${drops["no-subscriber"]}`,
);

for (const peer of publisher.peers()) {
  console.log(
    `${peer.socketType} speaks ZMTP ${peer.protocol} with ${peer.mechanism}; ${peer.messagesDelivered} messages`,
  );
}
subscriber.close();
publisher.close();
