/** RADIO: what it sends goes to a group; who has not joined exactly that one does not get it. */
import { Dish, Radio } from "zeromq-ts/draft";

const radio = new Radio();
await radio.bind("tcp://127.0.0.1:*");

const listeners = [["news"], ["news", "sport"], ["sports"]].map((groups) => {
  const dish = new Dish();
  dish.join(...groups);
  dish.connect(radio.lastEndpoint ?? "");
  return dish;
});
await radio.ready({ subscribers: 2, topic: "news" });
await radio.ready({ subscribers: 1, topic: "sport" });
await radio.ready({ subscribers: 1, topic: "sports" });

await radio.send("rain tomorrow", { group: "news" });
await radio.send("two to one", { group: "sport" });
await radio.send("nobody is there", { group: "new" });

const [first, second, third] = listeners as [Dish, Dish, Dish];
for (const dish of [first, second, second]) {
  const [body, { group }] = await dish.receive();
  console.log(`${group}: ${body}`);
}
console.log(`the third got ${third.stats().messagesReceived} messages`);
console.log(`dropped, as nobody was in the group: ${radio.stats().drops["no-subscriber"]}`);
for (const socket of [radio, ...listeners]) socket.close();
