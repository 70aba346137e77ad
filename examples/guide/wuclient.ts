/**
 * Guide "wuclient": collects weather updates of one zip code and finds the average temperature.
 *
 *     node wuclient.js [zip code] [endpoint] [updates]
 */
import { Subscriber } from "zeromq-ts";

const [zip = "10001", endpoint = "tcp://localhost:5556", updates = "100"] = process.argv.slice(2);

const subscriber = new Subscriber();
subscriber.connect(endpoint);
subscriber.subscribe(`${zip} `);

let sum = 0;
let count = 0;
for await (const [update] of subscriber) {
  const [, temperature] = String(update).split(" ");
  sum += Number(temperature);
  if (++count === Number(updates)) break;
}
console.log(`Average temperature for zipcode ${zip} was ${Math.round(sum / count)} F (${count} updates)`);
subscriber.close();
