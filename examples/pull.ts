/** PULL: reads from each of its peers in turn, however much one of them sends. */
import { Pull, Push } from "zeromq-ts";

const pull = new Pull();
await pull.bind("tcp://127.0.0.1:*");

const loud = new Push();
loud.connect(pull.lastEndpoint ?? "");
for (let number = 0; number < 100; number++) await loud.send("loud");

const quiet = new Push();
quiet.connect(pull.lastEndpoint ?? "");
await quiet.send("quiet");
await Promise.all([loud.drain(), quiet.drain()]);
// Both have said all they have to say: from here on it is this side that chooses.
while (pull.stats().queuedIn < 101) await new Promise((resolve) => setImmediate(resolve));

let before = 0;
for await (const [text] of pull) {
  if (String(text) === "quiet") break;
  before++;
}
console.log(before < 100 ? "quiet was heard while loud still spoke" : "quiet had to wait");
for (const socket of [loud, quiet, pull]) socket.close();
