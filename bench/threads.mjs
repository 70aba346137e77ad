/**
 * Times inproc between two workers, PUSH to PULL, in the ordinary way: `await send` and `for await`.
 *
 *     npm run build && node bench/threads.mjs [--size 64] [--count 3000000] [--mark 1000] [--rounds 5]
 *
 * Prints messages per second of each round, best last; the first 10 % of a round are warm-up and do not count.
 */
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Pull, Push } from "zeromq-ts";

const ADDRESS = "inproc://bench";

if (!isMainThread) await (workerData.role === "pull" ? pull : push)(workerData);
else {
  const { values } = parseArgs({
    options: {
      size: { type: "string", default: "64" },
      count: { type: "string", default: "3000000" },
      mark: { type: "string", default: "1000" },
      rounds: { type: "string", default: "5" },
    },
  });
  const { size, count, mark, rounds } = Object.fromEntries(Object.entries(values).map(([name, text]) => [name, +text]));
  const rates = [];
  for (let round = 0; round < rounds; round++) rates.push(await once({ size, count, mark }));
  for (const rate of rates.sort((a, b) => a - b)) console.log(`${(rate / 1e6).toFixed(3)} M msg/s of ${size} B`);
}

function once(task) {
  const start = (role) => new Worker(new URL(import.meta.url), { workerData: { ...task, role } });
  const receiver = start("pull");
  start("push");
  return new Promise((resolve, reject) => receiver.on("message", resolve).on("error", reject));
}

async function pull({ count, mark }) {
  const socket = new Pull({ receiveHighWaterMark: mark });
  await socket.bind(ADDRESS);
  const warm = Math.floor(count / 10);
  let begin = 0;
  let got = 0;
  for await (const _message of socket) {
    if (++got === warm) begin = performance.now();
    if (got === count) break;
  }
  parentPort.postMessage(((count - warm) / (performance.now() - begin)) * 1000);
  socket.close();
}

async function push({ count, mark, size }) {
  const socket = new Push({ sendHighWaterMark: mark });
  socket.connect(ADDRESS);
  const body = Buffer.alloc(size);
  for (let left = count; left > 0; left--) await socket.send(body);
}
