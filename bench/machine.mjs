import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

/** Where and when figures are taken, and how busy it is there beforehand: they mean nothing without it. */
export function thisMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().replace(/-.*/, "")}`,
    node: process.version,
    load: Number(loadavg()[0]?.toFixed(1)),
    date: new Date().toISOString().slice(0, 10),
  };
}
