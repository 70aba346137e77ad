/** onMessage(): the callback form, for programs made of event handlers. */
import { Pull, Push } from "zeromq-ts";

const pull = new Pull();
await pull.bind("inproc://handler");
const push = new Push();
push.connect("inproc://handler");

const stop = pull.onMessage(([text]) => {
  console.log(`got ${text}`);
  if (String(text) !== "last") return;
  stop(); // no more calls; the process may end
  push.close();
  pull.close();
});

for (const text of ["first", "second", "last"]) push.trySend(text);
