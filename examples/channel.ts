/** CHANNEL: two parts of a program that talk with each other and nobody else, in messages of one part. */
import { Channel } from "zeromq-ts/draft";

const main = new Channel();
await main.bind("inproc://worker");

async function work(): Promise<void> {
  const channel = new Channel();
  channel.connect("inproc://worker");
  await channel.send("READY");
  const [answer] = await channel.receive();
  console.log(`worker got ${answer}`);
  await channel.send("DONE");
  channel.close();
}

const working = work();
console.log(`main got ${(await main.receive()).join()}`);
await main.send("thanks");
console.log(`main got ${(await main.receive()).join()}`);
await working;
main.close();
