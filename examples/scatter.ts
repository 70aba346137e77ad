/** SCATTER: each message goes to one of its peers, in turn; a message has one part. */
import { ZmqError } from "zeromq-ts";
import { Gather, Scatter } from "zeromq-ts/draft";

const scatter = new Scatter();
await scatter.bind("tcp://127.0.0.1:*");

const workers = [new Gather(), new Gather()];
for (const worker of workers) worker.connect(scatter.lastEndpoint ?? "");
await scatter.ready({ peers: workers.length });

for (let task = 0; task < 4; task++) await scatter.send(`task ${task}`);
for (const worker of workers) {
  const tasks = [await worker.receive(), await worker.receive()];
  console.log(`a worker got ${tasks.length} tasks`);
}

try {
  await scatter.send(["two", "parts"] as never); // its type forbids it too
} catch (error) {
  if (!(error instanceof ZmqError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
for (const socket of [scatter, ...workers]) socket.close();
