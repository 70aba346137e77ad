import { EXIT } from "./failure.ts";

const cleanups: Set<() => void> = new Set();

/** Runs before the process ends by SIGINT (Ctrl-C) or SIGTERM. Returns how to take it back. */
export function onInterrupt(run: () => void): () => void {
  cleanups.add(run);
  return () => cleanups.delete(run);
}

/** Makes SIGINT and SIGTERM end the process by way of what `onInterrupt` was given. */
export function watchInterrupts(): void {
  const end = (): never => {
    for (const run of cleanups) run();
    process.exit(EXIT.interrupted);
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}
