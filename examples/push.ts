/** PUSH: each message goes to one of its peers, in turn; while all of them are full, send() waits. */
import { Pull, Push } from "zeromq-ts";

const push = new Push();
await push.bind("tcp://127.0.0.1:*");

const workers = [new Pull(), new Pull(), new Pull()];
for (const worker of workers) worker.connect(push.lastEndpoint ?? "");
await push.ready({ peers: workers.length }); // else the first to come gets all that is there

for (let task = 0; task < 9; task++) await push.send(`task ${task}`);

for (const worker of workers) {
  const tasks = [await worker.receive(), await worker.receive(), await worker.receive()];
  console.log(`a worker got ${tasks.length} tasks`);
}
for (const socket of [push, ...workers]) socket.close();
