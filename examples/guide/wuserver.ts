/**
 * Guide "wuserver": publishes random weather, as "zip temperature humidity", over tcp and ipc at once.
 *
 *     node wuserver.js [endpoint,endpoint…] [number of zip codes]
 */
import { randomInt } from "node:crypto";
import { Publisher } from "zeromq-ts";

const [endpoints = "tcp://*:5556,ipc://weather.ipc", zips = "100000"] = process.argv.slice(2);

const publisher = new Publisher();
for (const endpoint of endpoints.split(",")) {
  await publisher.bind(endpoint);
  console.log(`Bound to ${publisher.lastEndpoint}`);
}

for (;;) {
  const zip = String(Math.floor(Math.random() * Number(zips))).padStart(5, "0");
  const temperature = randomInt(-80, 135);
  const humidity = randomInt(10, 60);
  await publisher.send(`${zip} ${temperature} ${humidity}`);
}
