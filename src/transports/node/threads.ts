import * as workers from "node:worker_threads";
import type { Threads, Turns } from "../threads.ts";
import { CAN_SLEEP } from "../threads/bell.ts";
import { Neighbours } from "../threads/neighbours.ts";
import type { Outlet, Post } from "../threads/outlet.ts";
import { LAYOUT } from "../threads/registry.ts";

/** Copies of the package with another layout of shared memory have another name, and don't meet. */
const NAME = `zeromq-ts/threads/${LAYOUT}`;

/** What `postMessageToThread` says when there is no such thread. */
const NO_SUCH_THREAD = "ERR_WORKER_MESSAGING_FAILED";

/** Ports by which others learn that this thread has ended: they close with it, and must not be collected before. */
const lifelines: Set<workers.MessagePort> = new Set();

interface Hail {
  readonly [NAME]: workers.MessagePort | null;
}

/** The other threads of a Node.js process, by worker_threads; null where it lacks what that takes. */
export function nodeThreads(turns: Turns): Threads | null {
  return CAN_SLEEP ? new Neighbours(outlet, turns) : null;
}

const outlet: Outlet = {
  thread: workers.threadId,
  isMain: workers.isMainThread,

  inherited() {
    const memory = workers.getEnvironmentData(NAME);
    return memory instanceof SharedArrayBuffer ? memory : undefined;
  },

  bequeath: (memory) => workers.setEnvironmentData(NAME, memory),

  listen(received) {
    channel = new workers.BroadcastChannel(NAME);
    hear = received;
    channel.addEventListener("message", (event) => received((event as unknown as { data: Post }).data)); // we post there
    channel.unref();
    process.on("workerMessage", hailed);
  },

  post: (post) => channel?.postMessage(post),

  catchUp,

  watch(thread, gone) {
    if (thread === workers.threadId) return;
    const { port1, port2 } = new workers.MessageChannel();
    port1.on("close", gone);
    port1.unref();
    void hail(thread, port2).then((there) => there || port1.close());
  },

  isThere: (thread) => hail(thread, null),

  onThreadEnd(ended) {
    process.on("worker", (worker) => {
      const { threadId } = worker;
      worker.prependListener("exit", () => ended(threadId));
    });
  },

  now: () => Number(process.hrtime.bigint() / 1000n),
  // Only has to differ from other threads'; to be asked for a secret one, crypto would be loaded with the package (1 ms).
  random32: () => (Math.random() * 2 ** 32) | 0,
};

let channel: workers.BroadcastChannel | undefined;
let hear: (post: Post) => void = () => {};

/** What was posted before something else was said, which comes another way, is heard before it. */
function catchUp(): void {
  if (channel === undefined) return;
  for (let next = receive(channel); next !== undefined; next = receive(channel)) hear(next.message);
}

/** Takes a BroadcastChannel too, since Node.js 15.12. */
function receive(from: workers.BroadcastChannel): { message: Post } | undefined {
  return workers.receiveMessageOnPort(from as unknown as workers.MessagePort); // see above
}

/** Somebody watches this thread, or asks whether it is there, to which the delivery is the answer. */
function hailed(value: unknown): void {
  const port = (value as Partial<Hail> | null | undefined)?.[NAME]; // anybody may send anything
  if (port !== undefined) catchUp();
  if (!(port instanceof workers.MessagePort)) return;
  lifelines.add(port);
  port.on("close", () => lifelines.delete(port));
  port.unref();
}

/** Whether a thread is there. One of this runtime's that can't be asked is taken to be. */
async function hail(thread: number, port: workers.MessagePort | null): Promise<boolean> {
  try {
    const value: Hail = { [NAME]: port };
    await workers.postMessageToThread(thread, value, port === null ? [] : [port]);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code !== NO_SUCH_THREAD; // any thrown value may be asked for a code
  }
}
