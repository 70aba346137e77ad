import { Batch, recycle } from "../../src/base/batch.ts";
import { Packed } from "../../src/pipe/packed.ts";
import { Pipe } from "../../src/pipe/pipe.ts";
import type { PipeSettings } from "../../src/pipe/settings.ts";
import { MANY, type Task } from "./task.ts";

const SIZE = 64;

/** Enough for all that is waiting. */
const EVERYTHING = Number.MAX_SAFE_INTEGER;

/** Pipes of each kind: messages written and read again, one by one, or by the block as sessions do. */
export function pipeTasks(): Task[] {
  const out = pair("session");
  const into = pair("session").far;
  const across = pair("socket");
  return [
    passing("packed (to a session)", out),
    passing("deque (from a session)", into),
    passing("handover (inproc)", across),
    draining(),
  ];
}

function pair(far: PipeSettings["far"]): Pipe {
  return Pipe.pair({ outLimit: 0, inLimit: 0, conflate: false, far });
}

function passing(kind: string, pipe: Pipe): Task {
  const body = new Uint8Array(SIZE);
  const run = (): void => {
    for (let left = MANY; left > 0; left--) pipe.write([body]);
    for (let left = MANY; left > 0; left--) pipe.far.read();
  };
  return { name: `pipe: ${kind}, write and read ${SIZE} B`, each: MANY, run };
}

function draining(): Task {
  const body = new Uint8Array(SIZE);
  const queue = new Packed();
  const batch = new Batch();
  const run = (): void => {
    for (let left = MANY; left > 0; left--) queue.push([body]);
    queue.drain(batch, EVERYTHING);
    recycle(batch.take());
  };
  return { name: `pipe: packed, write and drain ${SIZE} B`, each: MANY, run };
}
