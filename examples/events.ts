/** events: what happens to connections, with who it was and why. */
import { Pull, Push } from "zeromq-ts";

const pull = new Pull();
const { events } = pull; // made when first asked for: events before that are not in it
await pull.bind("tcp://127.0.0.1:*");

const push = new Push();
push.connect(pull.lastEndpoint ?? "");
await push.ready();
push.close();

for await (const event of events) {
  if (event.type === "handshake") console.log(`handshake: a ${event.socketType} is here`);
  else if (event.type === "disconnect") console.log(`disconnect: ${event.reason}`);
  else console.log(event.type);
  if (event.type === "disconnect") pull.close();
}
