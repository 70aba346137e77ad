import { context } from "../../src/index.ts";

/** From now on the default context, which tests use, has two I/O threads. */
export function useIoThreads(): void {
  context.background = true;
  context.ioThreads = 2;
}
