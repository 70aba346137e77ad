/** `await using`: the socket is closed at the end of the block, whatever happens, and what it sent has gone out. */
import { Pull, Push } from "zeromq-ts";

const pull = new Pull();
await pull.bind("tcp://127.0.0.1:*");

{
  await using push = new Push();
  push.connect(pull.lastEndpoint ?? "");
  await push.send("sent just before the end");
} // close(), and waits until it has ended

console.log(String(await pull.receive()));
pull.close();
