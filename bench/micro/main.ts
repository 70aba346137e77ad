/** Times the structures that every message goes through, each by itself: `npm run bench -- --micro [TEXT …]`. */
import { Bench } from "tinybench";
import { dequeTasks } from "./deque.ts";
import { frameTasks } from "./frame.ts";
import { pipeTasks } from "./pipe.ts";
import type { Task } from "./task.ts";
import { trieTasks } from "./trie.ts";

const TIME_MS = 300;
const WARM_UP_MS = 100;
const NANOSECONDS = 1e6;

const texts = process.argv.slice(2);
const tasks = [...frameTasks(), ...trieTasks(), ...pipeTasks(), ...dequeTasks()];
for (const task of tasks.filter(({ name }) => texts.length === 0 || texts.some((text) => name.includes(text)))) {
  console.log(await timed(task));
}

/** One after the other, each in a bench of its own, so that a line is there when it is known. */
async function timed({ name, each, run }: Task): Promise<string> {
  const bench = new Bench({ time: TIME_MS, warmupTime: WARM_UP_MS });
  bench.add(name, run);
  const [task] = await bench.run();
  const result = task?.result;
  if (result === undefined || !("latency" in result)) return `${name.padEnd(50)} failed`;
  const { p50, rme } = result.latency;
  return `${name.padEnd(50)} ${((p50 * NANOSECONDS) / each).toFixed(1).padStart(9)} ns  ±${rme.toFixed(1)} %`;
}
