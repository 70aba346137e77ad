/** RADIO and DISH over udp multicast: one sender, any number of receivers, nobody connected to anybody. */
import { Dish, Radio } from "zeromq-ts/draft";

// The interface is said for this example to run anywhere; without "127.0.0.1;" the system chooses one.
const one = new Dish();
one.join("weather");
await one.bind("udp://127.0.0.1;239.192.1.1:*");
const group = one.lastEndpoint ?? "";

const other = new Dish();
other.join("weather", "news");
await other.bind(group);

const radio = new Radio({ multicastHops: 1 });
radio.connect(group);
await radio.send("too long for a datagram".repeat(1000), { group: "weather" });
await radio.send("nothing new", { group: "news" });
await radio.send("rain", { group: "weather" });

for (const dish of [one, other]) {
  const [body, { group }] = await dish.receive();
  console.log(`${group}: ${body}`);
}
// Nobody hears of loss over udp but who looks at the counters.
console.log(`too big: ${radio.stats().drops["too-big"]}, not wanted: ${one.stats().drops.filtered}`);
for (const socket of [radio, one, other]) socket.close();
