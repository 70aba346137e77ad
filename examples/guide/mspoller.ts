/**
 * Guide "mspoller": reads tasks and weather as they come, through a poller. (A `for await` for each socket does it, too.)
 *
 *     node mspoller.js [ventilator's endpoint] [weather server's endpoint] [zip code]
 */
import { Poller, Pull, Subscriber } from "zeromq-ts";

const [ventilator = "tcp://localhost:5557", weather = "tcp://localhost:5556", zip = "10001"] = process.argv.slice(2);

const receiver = new Pull();
receiver.connect(ventilator);
const subscriber = new Subscriber();
subscriber.connect(weather);
subscriber.subscribe(`${zip} `);

const poller = new Poller();
poller.add(receiver, Poller.IN);
poller.add(subscriber, Poller.IN);

for (;;) {
  for (const { socket } of await poller.waitAll()) {
    if (socket === receiver) console.log(`Task of ${receiver.tryReceive()?.[0]} ms`);
    if (socket === subscriber) console.log(`Weather: ${subscriber.tryReceive()?.[0]}`);
  }
}
