import type { TypeName } from "../../src/options/socket-types.ts";
import { unaccounted } from "../../src/observe/metrics.ts";
import { Subscriber, XPublisher } from "../../src/index.ts";
import { serve } from "./service.ts";
import { make } from "./victim.ts";

/**
 * The program of a `VictimProcess`: a bound socket at its ordinary work, in a process with little memory. It is asked
 * and answers through the channel that fork() gives.
 */
const [type = "", options = "{}"] = process.argv.slice(2);

const socket = make(type as TypeName, JSON.parse(options) as object);
if (socket instanceof Subscriber) socket.subscribe();
await socket.bind("tcp://127.0.0.1:*");
// An XPUB here publishes and never looks at what its subscribers say.
serve(socket, socket instanceof XPublisher ? "PUB" : (type as TypeName), (token) => process.send?.({ heard: token }));

process.on("message", () => void report());

/** What was freed is only known to be so a while after it was collected. */
async function report(): Promise<void> {
  for (let times = 0; times < 3; times++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const stats = socket.stats();
  process.send?.({ report: { rss, heapUsed, arrayBuffers, stats, unaccounted: unaccounted(stats) } });
}
process.on("disconnect", () => process.exit());
process.send?.({ endpoint: socket.lastEndpoint });
