/** Time limits and AbortSignals, for each call: nothing has to be closed to stop waiting. */
import { Pull, ZmqError } from "zeromq-ts";

const pull = new Pull();
await pull.bind("inproc://nobody-sends");

try {
  await pull.receive({ timeout: 20 });
} catch (error) {
  if (error instanceof ZmqError) console.log(`${error.code}: nothing came in 20 ms`);
}

const stop = new AbortController();
const stopped = pull.receive({ signal: stop.signal }).catch((reason: unknown) => console.log(String(reason)));
stop.abort(new Error("no longer interested"));
await stopped;

try {
  for await (const message of pull.messages({ signal: AbortSignal.timeout(20) })) console.log(String(message));
} catch (error) {
  console.log(`iteration: ${(error as Error).name}`); // the signal's reason, a DOMException
}
pull.close();
