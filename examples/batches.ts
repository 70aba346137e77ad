/** batches(): all messages that are there at once, up to 512: the fastest way to receive. trySend() never waits. */
import { Pull, Push } from "zeromq-ts";

const COUNT = 100_000;
const pull = new Pull();
await pull.bind("tcp://127.0.0.1:*");
const push = new Push();
push.connect(pull.lastEndpoint ?? "");
void send();

let messages = 0;
let batches = 0;
for await (const batch of pull.batches()) {
  batches++;
  messages += batch.length;
  if (messages === COUNT) break;
}
console.log(`${messages} messages in ${batches < COUNT / 10 ? "few" : "many"} batches`);
pull.close();
push.close();

async function send(): Promise<void> {
  const body = Buffer.from("message");
  for (let number = 0; number < COUNT; number++) {
    if (!push.trySend(body)) await push.send(body); // false: the queue is full
  }
}
