/**
 * Guide "interrupt": ends cleanly on Ctrl-C, in the middle of a receive. libzmq returns EINTR there; here an AbortSignal
 * ends the wait.
 *
 *     node interrupt.js [endpoint]
 */
import { Reply } from "zeromq-ts";

const [endpoint = "tcp://*:5555"] = process.argv.slice(2);

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());

const server = new Reply();
await server.bind(endpoint);
console.log(`Bound to ${server.lastEndpoint}`);

try {
  for await (const [request] of server.messages({ signal: interrupt.signal })) await server.send(request ?? "");
} catch (error) {
  if (!interrupt.signal.aborted) throw error;
  console.log("Interrupt received, ending");
}
server.close();
await server.ended();
console.log("Ended");
