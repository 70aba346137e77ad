/** PAIR: two parts of a program signal to each other, and nobody else can join. */
import { Pair } from "zeromq-ts";

const main = new Pair();
await main.bind("inproc://step");

void work();
const [signal] = await main.receive();
console.log(`main got ${signal}`);
await main.send("thanks");
const [last] = await main.receive();
console.log(`main got ${last}`);
main.close();

async function work(): Promise<void> {
  const worker = new Pair();
  worker.connect("inproc://step");
  await worker.send("READY");
  const [answer] = await worker.receive();
  console.log(`worker got ${answer}`);
  await worker.send("DONE");
  worker.close();
}
