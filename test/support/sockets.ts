import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Socket } from "../../src/index.ts";
import { unaccounted } from "../../src/observe/metrics.ts";

/** How long a closed socket may take to end, in ms. */
const PATIENCE = 5000;

/**
 * What a test opens its sockets with: `use(new Push())`. When the test ends they are closed, and the books of each must
 * balance before, and after it has wholly ended.
 */
export type Use = <S extends Socket>(socket: S) => S;

export function sockets(t: TestContext): Use {
  const all: Socket[] = [];
  t.after(async () => {
    for (const socket of all) assertBalanced(socket);
    await Promise.all(all.map((socket) => closed(socket)));
    for (const socket of all) assertSettled(socket);
  });
  return (socket) => {
    all.push(socket);
    return socket;
  };
}

/** Every message is delivered, queued, or dropped for a reason. */
export function assertBalanced(socket: Socket): void {
  const stats = socket.stats();
  assert.equal(unaccounted(stats), 0, `the books of ${socket.constructor.name}: ${JSON.stringify(stats)}`);
}

/** The same of a socket that has ended, which holds nothing any more. */
export function assertSettled(socket: Socket): void {
  assertBalanced(socket);
  const { queuedOut, queuedIn, peers } = socket.stats();
  assert.deepEqual({ queuedOut, queuedIn, peers }, { queuedOut: 0, queuedIn: 0, peers: 0 });
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) Object.assign(socket, { linger: 0 });
  socket.close();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const what = `${socket.constructor.name} did not end within ${PATIENCE} ms of close()`;
    timer = setTimeout(() => reject(new Error(what)), PATIENCE);
  });
  await Promise.race([socket.ended(), late]).finally(() => clearTimeout(timer));
}
