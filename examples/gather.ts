/** GATHER: reads from each of its peers in turn, in messages of one part; the end of a pipeline. */
import { Gather, Scatter } from "zeromq-ts/draft";

const gather = new Gather();
await gather.bind("tcp://127.0.0.1:*");

const workers = ["a", "b", "c"].map((name) => ({ name, socket: new Scatter() }));
for (const { name, socket } of workers) {
  socket.connect(gather.lastEndpoint ?? "");
  for (let part = 1; part <= 2; part++) await socket.send(`${name}${part}`);
}

const results: string[] = [];
for await (const [result] of gather) {
  results.push(String(result));
  if (results.length === 6) break;
}
console.log(results.sort().join(" "));
for (const socket of [gather, ...workers.map((worker) => worker.socket)]) socket.close();
