import { availableParallelism, cpus, release, totalmem, type } from "node:os";

/** Where and when figures were taken: they mean nothing without it. */
export function thisMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().replace(/-.*/, "")}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}
