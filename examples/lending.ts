/** Large messages without new memory for each: a sender with two buffers, and a receiver that gives back what it used. */
import { Pull, Push, release } from "zeromq-ts";

const SIZE = 1024 * 1024;
const COUNT = 50;

const pull = new Pull({ linger: 0 });
const push = new Push();
await pull.bind("tcp://127.0.0.1:*");
push.connect(pull.lastEndpoint ?? "");

/** Waits for a buffer that is free, fills it, and sends it; it is free again once the kernel has it. */
async function film(): Promise<void> {
  const free: Buffer[] = [Buffer.alloc(SIZE), Buffer.alloc(SIZE)];
  let wake = (): void => {};
  for (let picture = 0; picture < COUNT; picture++) {
    if (free.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    const buffer = free.pop() as Buffer; // there is one now
    buffer.fill(picture);
    await push.send(buffer, {
      released: () => {
        free.push(buffer);
        wake();
      },
    });
  }
}

const sent = film();
let [right, returned] = [0, 0];
for (let picture = 0; picture < COUNT; picture++) {
  const message = await pull.receive();
  if (message[0]?.every((byte) => byte === picture)) right++;
  returned += release(message);
}
await sent;
console.log(`${right} of ${COUNT} pictures are right`);
console.log(`most of their memory was used again: ${returned >= COUNT - 10}`);
push.close();
pull.close();
