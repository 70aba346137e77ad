import { parentPort, workerData } from "node:worker_threads";
import { platform } from "#platform";
import { runIoThread } from "../background/run.ts";
import type { SharedMemory } from "../background/runtime.ts";
import type { Acquaintance } from "../background/siblings.ts";
import { SOCKETS } from "../sockets/index.ts";

// What an I/O thread of a background context runs: see platform/node.ts, which starts it.

const memory = workerData as SharedMemory; // platform/node.ts gave it

platform.becomeIoThread();
const meet = runIoThread(memory, platform, (name) => {
  const type = SOCKETS.find((each) => each.name === name);
  if (type === undefined) throw new Error(`bug: no socket type ${name}`);
  return type;
});

// Which also keeps the thread from ending for want of work.
parentPort?.on("message", (other) => meet(other as Acquaintance)); // platform/node.ts says nothing else
