/** drain(): waits until what was sent has left, and says what did not. */
import { Pull, Push } from "zeromq-ts";

const push = new Push({ linger: 0 });
const pull = new Pull();
await pull.bind("tcp://127.0.0.1:*");
push.connect(pull.lastEndpoint ?? "");
for (let number = 0; number < 1000; number++) await push.send(`message ${number}`);

const sent = await push.drain({ timeout: 5000 });
console.log(`complete: ${sent.complete}, delivered: ${sent.delivered}, still queued: ${sent.queued}`);

push.disconnect(pull.lastEndpoint ?? "");
push.connect("tcp://127.0.0.1:1"); // nobody listens there
await push.send("for nobody");
const unsent = await push.drain({ timeout: 50 });
for (const peer of unsent.peers) {
  if (peer.queuedOut > 0)
    console.log(`${peer.queuedOut} message waits for ${peer.endpoint}, connected: ${peer.connected}`);
}
push.close();
pull.close();
