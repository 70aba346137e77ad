import { parentPort, workerData } from "node:worker_threads";
import { platform } from "#platform";
import { runIoThread } from "../background/run.ts";
import type { SharedMemory } from "../background/runtime.ts";
import { SOCKETS } from "../sockets/index.ts";

// What an I/O thread of a background context runs: see platform/node.ts, which starts it.

// Else the thread would end for want of work.
parentPort?.on("message", () => {});

platform.becomeIoThread();
runIoThread(workerData as SharedMemory, platform, (name) => {
  // platform/node.ts gave it
  const type = SOCKETS.find((each) => each.name === name);
  if (type === undefined) throw new Error(`bug: no socket type ${name}`);
  return type;
});
