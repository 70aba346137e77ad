/** DISH: joins and leaves groups while it is connected; what is still on its way from one it left is dropped. */
import { Dish, Radio } from "zeromq-ts/draft";

const radio = new Radio();
await radio.bind("tcp://127.0.0.1:*");

const dish = new Dish();
dish.join("weather");
dish.connect(radio.lastEndpoint ?? "");
await radio.ready({ subscribers: 1, topic: "weather" });

await radio.send("sun", { group: "weather" });
console.log(String((await dish.receive())[0]));

dish.join("traffic");
await radio.ready({ subscribers: 1, topic: "traffic" });
await radio.send("a jam", { group: "traffic" });
console.log(String((await dish.receive())[0]));

await radio.send("rain", { group: "weather" });
await radio.send("free again", { group: "traffic" });
dish.leave("weather");
const [body, { group }] = await dish.receive();
console.log(`${group}: ${body}; dropped here: ${dish.stats().drops.filtered}`);
for (const socket of [radio, dish]) socket.close();
